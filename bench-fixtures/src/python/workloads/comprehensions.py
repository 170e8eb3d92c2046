"""Lists, dictionaries and sets made by comprehension.

Until Python 3.12 each is a function of its own, `<listcomp>` and the like, afterwards it
is part of its caller. A profiler must charge the caller either way.
"""

from .pace import function


def build_lists(n_units):
    for _ in range(n_units):
        [number * number for number in range(60) if number % 3]


def build_dictionaries(n_units):
    for _ in range(n_units):
        {number: number * 5 for number in range(50)}


def build_sets(n_units):
    for _ in range(n_units):
        {number % 17 for number in range(60)}


def functions(task):
    return [
        function(build_lists, 0.50, 2_200.0),
        function(build_dictionaries, 0.30, 1_850.0),
        function(build_sets, 0.20, 1_750.0),
    ]
