"""A function that is remembered, one that is remembered in vain, and one that is not.

`functools.lru_cache` is in C and has no frame of Python's. A hit must be charged to the
caller, and under a miss the function must be seen below its caller, without one between.
"""

import functools

from .pace import function


def parse_pair(text):
    left, _, right = text.partition("_")
    return left.upper() + "/" + right.upper()


parse_and_remember = functools.lru_cache(maxsize=1)(parse_pair)
parse_and_forget = functools.lru_cache(maxsize=64)(parse_pair)
parse_and_remember("eth_btc")


def ask_remembered(n_units):
    for _ in range(30 * n_units):
        parse_and_remember("eth_btc")


def ask_in_vain(n_units):
    # Each name is asked for once in 1,000 times, and forgotten before the next.
    for at in range(4 * n_units):
        parse_and_forget(f"eth_{at % 1_000}")


def ask_anew(n_units):
    for _ in range(6 * n_units):
        parse_pair("eth_btc")


def functions(task):
    return [
        function(ask_remembered, 0.30, 1_650.0),
        function(ask_in_vain, 0.30, 2_100.0),
        function(ask_anew, 0.40, 1_150.0),
    ]
