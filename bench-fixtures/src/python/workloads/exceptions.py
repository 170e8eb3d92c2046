"""Exceptions that are raised near, raised far below, and avoided.

While an exception passes, frames are left without returning. A profiler that counts calls
and returns loses its place, and one that is told of returns alone charges the wrong one.
"""

from .pace import function


def descend_and_raise(n_left):
    if n_left == 0:
        raise ValueError("the bottom")
    descend_and_raise(n_left - 1)


def catch_near(n_units):
    table = {}
    for key in range(8 * n_units):
        try:
            table[key]
        except KeyError:
            pass


def catch_from_below(n_units):
    for _ in range(n_units):
        try:
            descend_and_raise(20)
        except ValueError:
            pass


def look_before(n_units):
    table = {}
    for key in range(32 * n_units):
        if key in table:
            table[key]


def functions(task):
    return [
        function(catch_near, 0.40, 1_300.0),
        function(catch_from_below, 0.40, 2_900.0),
        function(look_before, 0.20, 820.0),
    ]
