"""Runs functions for wanted lengths of CPU time and measures what they got.

No function looks at a clock, since that would show in its profile. Each takes a number of
work units, and the pace learns from every phase how long one lasts. For a fixed amount of
work it learns nothing, and every run does the same units.
"""

import math
import random
from time import perf_counter_ns, thread_time_ns
from typing import Callable, NamedTuple

# Mean length of one round.
ROUND_NANOS = 8e6


class Function(NamedTuple):
    """A function of the truth, its share, and what a unit takes at 2.6 GHz."""

    name: str
    run: Callable
    share: float
    unit_nanos: float


def function(run, share, unit_nanos):
    return Function(run.__name__, run, share, unit_nanos)


class Time:
    """What one function took, with all that it called, in nanoseconds."""

    def __init__(self, name, cpu=0, wall=0, n_units=0, n_phases=0):
        self.name = name
        self.cpu = cpu
        self.wall = wall
        self.n_units = n_units
        self.n_phases = n_phases

    def add(self, other):
        self.cpu += other.cpu
        self.wall += other.wall
        self.n_units += other.n_units
        self.n_phases += other.n_phases


def measure(run, n_units):
    """Runs one phase between two readings of the clocks."""
    wall = perf_counter_ns()
    cpu = thread_time_ns()
    run(n_units)
    cpu = thread_time_ns() - cpu
    return Time("", cpu, perf_counter_ns() - wall, n_units, 1)


class Pace:
    def __init__(self, functions, task, measure_phase=measure):
        self.functions = functions
        self.times = [Time(f.name) for f in functions]
        self.is_fixed = task.is_fixed
        self.unit_nanos = [f.unit_nanos for f in functions]
        self.factors = [task.factor(f.name) for f in functions]
        self.carried = [0.0] * len(functions)
        if not self.is_fixed:
            for at, f in enumerate(functions):
                # The first run warms caches and tells little.
                self.times[at].add(measure_phase(f.run, 4))
                learned = measure_phase(f.run, 16)
                self.times[at].add(learned)
                self.unit_nanos[at] = max(learned.cpu, 1) / 16

    def phase(self, at, nanos):
        """Runs one function for about so much CPU time."""
        time = measure(self.functions[at].run, self.due(at, nanos))
        self.add(at, time)

    def due(self, at, nanos):
        """The units for about so much CPU time, or a multiple for one that is slowed."""
        units = max(round(nanos / self.unit_nanos[at]), 1) * self.factors[at]
        units += self.carried[at]
        whole = math.floor(units)
        self.carried[at] = units - whole
        return whole

    def add(self, at, time):
        """Counts a phase; a running mean follows changes of clock speed."""
        self.times[at].add(time)
        if not self.is_fixed:
            measured = max(time.cpu, 1) / max(time.n_units, 1)
            self.unit_nanos[at] = 0.8 * self.unit_nanos[at] + 0.2 * measured

    def total(self):
        return sum(time.cpu for time in self.times)


class Truth:
    """What each function took; by thread as well where there are several."""

    def __init__(self, times, threads=()):
        self.times = times
        self.threads = threads


def random_rounds(functions, task):
    """Runs the functions in rounds of random order and random lengths."""
    rng = random.Random(task.seed)
    pace = Pace(functions, task)
    order = list(range(len(functions)))
    n_rounds = 0
    while task.has_more(n_rounds, ROUND_NANOS, pace.total()):
        rng.shuffle(order)
        for at in order:
            pace.phase(at, functions[at].share * (0.5 + rng.random()) * ROUND_NANOS)
        n_rounds += 1
    return Truth(pace.times)
