"""One generator that two callers draw from, directly and through another.

A generator's frame comes and goes with every number. A profiler that reads the stack in
the wrong moment drops such samples, or shows the generator under the wrong caller.
"""

from .pace import function


def produce_numbers(count):
    value = 1
    for step in range(count):
        value = (value * 69069 + step) & 0xFFFFFFFF
        yield value


def relay_numbers(count):
    yield from produce_numbers(count)


def drain_directly(n_units):
    for _ in range(n_units):
        total = 0
        for number in produce_numbers(40):
            total ^= number


def drain_through_relay(n_units):
    for _ in range(n_units):
        total = 0
        for number in relay_numbers(40):
            total += number


def loop_plainly(n_units):
    for _ in range(n_units):
        total = 0
        for number in range(120):
            total += number * 3


def functions(task):
    return [
        function(drain_directly, 0.45, 5_400.0),
        function(drain_through_relay, 0.30, 6_000.0),
        function(loop_plainly, 0.25, 4_000.0),
    ]
