"""Functions behind decorators, whose wrappers all have one name.

A profiler that knows functions by name alone folds all wrappers into one, and what is
under them with it; one that charges calls makes the wrappers dearer than they are.
"""

import functools

from .pace import function


def counted(inner):
    @functools.wraps(inner)
    def wrapper(*args):
        wrapper.n_calls += 1
        return inner(*args)

    wrapper.n_calls = 0
    return wrapper


def checked(inner):
    @functools.wraps(inner)
    def wrapper(*args):
        if not args:
            raise TypeError("there is nothing to work on")
        return inner(*args)

    return wrapper


def compute_price(seed):
    price = seed
    for step in range(20):
        price += (seed - price) * 0.1 + step
    return price


@counted
@checked
def price_left(seed):
    return compute_price(seed)


@checked
@counted
def price_right(seed):
    return compute_price(seed) + 1.0


def call_left(n_units):
    for _ in range(n_units):
        price_left(1.5)


def call_right(n_units):
    for _ in range(n_units):
        price_right(2.5)


def call_plain(n_units):
    for _ in range(n_units):
        compute_price(3.5)


def functions(task):
    return [
        function(call_left, 0.45, 1_330.0),
        function(call_right, 0.30, 1_330.0),
        function(call_plain, 0.25, 1_080.0),
    ]
