"""A recursion 250 deep against a shallow function, 60 to 40.

Profilers that cut stacks short lose the root of the deep ones. Nearly all the work is at
the bottom, so a sample in `hash_at_the_bottom` should have as many frames of `descend`.
"""

import sys

from .pace import Function, function, random_rounds

OPTIONS = ("depth",)


def deep(n_units, depth):
    for unit in range(n_units):
        descend(depth, unit)


def descend(n_left, value):
    if n_left <= 1:
        return hash_at_the_bottom(value)
    return descend(n_left - 1, value)


def hash_at_the_bottom(value):
    for at in range(2_000):
        value = (value ^ at) * 0x9E3779B1 & 0xFFFFFFFF
    return value


def shallow(n_units):
    for _ in range(n_units):
        for start in range(1, 20):
            number = start
            while number != 1:
                number = number // 2 if number % 2 == 0 else 3 * number + 1


def functions(task):
    depth = task.depth or 250
    return [
        Function("deep", lambda n_units: deep(n_units, depth), 0.60, 200_000.0),
        function(shallow, 0.40, 8_000.0),
    ]


def run(task):
    sys.setrecursionlimit((task.depth or 250) + 1_000)
    return random_rounds(functions(task), task)
