"""A thread that runs 30 % of the time and sleeps for the rest.

By its CPU time the sleep is next to nothing, by the wall's it is 70 %. A profiler that
guesses whether a thread runs counts sleep as work, or work as sleep.
"""

import random
import time

from .pace import Pace, Truth, function, measure

# Long, as in Rust: a part of what falling asleep costs, some 30 us of CPU time in a virtual
# machine, is spent with interrupts off, where no timer samples it.
ROUND_NANOS = 48e6
SLEEP_PER_RUN = 0.70 / 0.30


def parse_digits(n_units):
    for _ in range(n_units):
        total = 0
        for digit in "141592653589793238":
            total = total * 10 + ord(digit) - 48


def rotate_words(n_units):
    value = 1
    for step in range(20 * n_units):
        value = ((value << 7 | value >> 25) ^ step) & 0xFFFFFFFF


def nap(n_micros):
    time.sleep(n_micros / 1e6)


def functions(task):
    return [
        function(parse_digits, 0.70, 1_200.0),
        function(rotate_words, 0.30, 2_500.0),
        function(nap, 0.0, 1_000.0),
    ]


def run(task):
    rng = random.Random(task.seed)
    pace = Pace(functions(task), task)
    n_rounds = 0
    while task.has_more(n_rounds, ROUND_NANOS, pace.total()):
        before = sum(t.wall for t in pace.times)
        for at in (0, 1):
            pace.phase(at, pace.functions[at].share * (0.5 + rng.random()) * ROUND_NANOS)
        # On a busy machine a run takes longer, and so must the sleep; unless the work is
        # to be the same in every run.
        ran = sum(t.wall for t in pace.times) - before
        length = ROUND_NANOS if task.is_fixed else ran
        micros = round(length * SLEEP_PER_RUN / 1e3 * pace.factors[2])
        pace.times[2].add(measure(nap, micros))
        n_rounds += 1
    return Truth(pace.times)
