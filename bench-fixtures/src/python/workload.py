"""Programs in Python whose profile is known in advance.

The same idea and the same JSON as the command `workload`: four functions at 50, 30, 15
and 5 %, in phases of random length (`split`) or in step with a period (`lockstep-1000`
and `lockstep-10000`, in microseconds). The truth is the thread's CPU time around each
phase. The functions never look at a clock; the pace learns how long a unit lasts, and
what it takes itself, a few microseconds a phase, is no function's.
"""

import argparse
import json
import random
import sys
import time

ROUND_NANOS = 8e6


def sieve_primes(n_units):
    for _ in range(n_units):
        composite = bytearray(64)
        for number in range(2, 64):
            if not composite[number]:
                for multiple in range(number * number, 64, number):
                    composite[multiple] = 1


def hash_text(n_units):
    value = 0xCBF29CE484222325
    for _ in range(60 * n_units):
        value = (value ^ 104) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF


def edit_distance(n_units):
    left, right = "backd", "flame"
    for _ in range(n_units):
        row = [0, 1, 2, 3, 4, 5]
        for letter in left:
            diagonal, row[0] = row[0], row[0] + 1
            for at in range(5):
                replaced = diagonal + (letter != right[at])
                diagonal = row[at + 1]
                row[at + 1] = min(replaced, row[at] + 1, diagonal + 1)


def multiply_matrices(n_units):
    left, right = [1.5, 0.5, 2.5], [0.25, 4.0, 8.0]
    for _ in range(n_units):
        product = 0.0
        for x in left:
            for y in right:
                product += x * y


# Name, share, and what a unit takes on a machine of 2.6 GHz, in nanoseconds.
FUNCTIONS = [
    (sieve_primes, 0.50, 8_000.0),
    (hash_text, 0.30, 5_000.0),
    (edit_distance, 0.15, 7_000.0),
    (multiply_matrices, 0.05, 700.0),
]


class Pace:
    """Runs functions for wanted lengths of CPU time and measures what they got."""

    def __init__(self, is_fixed):
        self.is_fixed = is_fixed
        self.cpu = [0] * len(FUNCTIONS)
        self.start = time.thread_time_ns()
        self.unit_nanos = [unit_nanos for _, _, unit_nanos in FUNCTIONS]
        if not is_fixed:
            for at in range(len(FUNCTIONS)):
                self.units(at, 4)
                self.unit_nanos[at] = self.units(at, 16) / 16

    def units(self, at, n_units):
        function = FUNCTIONS[at][0]
        start = time.thread_time_ns()
        function(n_units)
        elapsed = time.thread_time_ns() - start
        self.cpu[at] += elapsed
        return max(elapsed, 1)

    def phase(self, at, nanos):
        n_units = max(round(nanos / self.unit_nanos[at]), 1)
        measured = self.units(at, n_units) / n_units
        if not self.is_fixed:
            self.unit_nanos[at] = 0.8 * self.unit_nanos[at] + 0.2 * measured

    def total(self):
        return time.thread_time_ns() - self.start


def run(period_nanos, seconds, work, seed):
    pace = Pace(work is not None)
    rng = random.Random(seed)
    n_rounds, deadline, round_nanos = 0, pace.total(), period_nanos or ROUND_NANOS
    while n_rounds * round_nanos < work * ROUND_NANOS if work else pace.total() < seconds * 1e9:
        order = list(range(len(FUNCTIONS)))
        if period_nanos is None:
            rng.shuffle(order)
        for at in order:
            length = FUNCTIONS[at][1] * round_nanos
            if period_nanos is None:
                length *= 0.5 + rng.random()
            elif work is None:
                deadline += length
                length = deadline - pace.total()
            pace.phase(at, length)
        n_rounds += 1
    return pace.cpu


def wait_for_go():
    print("ready", file=sys.stderr, flush=True)
    sys.stdin.readline()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    periods = {"split": None, "lockstep-1000": 1e6, "lockstep-10000": 1e7}
    parser.add_argument("name", choices=periods)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--work", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wait", action="store_true")
    args = parser.parse_args()
    if args.wait:
        wait_for_go()
    cpu, wall = time.process_time(), time.monotonic()
    nanos = run(periods[args.name], args.seconds, args.work, args.seed)
    report = {
        "workload": args.name,
        "seed": args.seed,
        "functions": [
            {
                "name": function.__name__,
                "nanoseconds": took,
                "share": took / sum(nanos),
                "cpu_seconds": took / 1e9,
            }
            for (function, _, _), took in zip(FUNCTIONS, nanos)
        ],
        "cpu_seconds": time.process_time() - cpu,
        "wall_seconds": time.monotonic() - wall,
    }
    print(json.dumps(report, separators=(",", ":")))


if __name__ == "__main__":
    main()
