"""Threads of unequal load that contend for the interpreter's lock.

All are runnable at once and one runs, so a profiler that asks which thread holds the lock,
which is on a processor, or which is merely alive gets three answers. By CPU time the
threads are as unequal as their work; by the wall clock all wait for one another. Threads
meet after each round, so that each thread's part stays as designed.
"""

import random
import threading

from .pace import Pace, Time, Truth, function

OPTIONS = ("threads",)

# Mean CPU time of one round over all threads.
ROUND_NANOS = 24e6


def load_1(n_units):
    value = 1
    for step in range(40 * n_units):
        value = value * 69069 + step & 0xFFFFFFFF


def load_2(n_units):
    value = 2
    for step in range(40 * n_units):
        value = (value * 1664525 ^ step) & 0xFFFFFFFF


def load_3(n_units):
    value = 3
    for step in range(40 * n_units):
        value = (value + step) * 22695477 & 0xFFFFFFFF


def load_4(n_units):
    value = 4
    for step in range(40 * n_units):
        value = (value ^ step) * 214013 & 0xFFFFFFFF


def load_5(n_units):
    value = 5
    for step in range(40 * n_units):
        value = value * 134775813 - step & 0xFFFFFFFF


def load_6(n_units):
    value = 6
    for step in range(40 * n_units):
        value = (value - step) * 16807 & 0x7FFFFFFF


def load_7(n_units):
    value = 7
    for step in range(40 * n_units):
        value = value * 48271 + 3 * step & 0x7FFFFFFF


def load_8(n_units):
    value = 8
    for step in range(40 * n_units):
        value = (value >> 1) * 1103515245 + step & 0xFFFFFFFF


LOADS = [load_1, load_2, load_3, load_4, load_5, load_6, load_7, load_8]


def functions(task):
    """Three to one, or one part, two parts and so on."""
    parts = [3, 1] if task.threads is None else range(1, task.threads + 1)
    return [function(run, part / sum(parts), 3_000.0) for run, part in zip(LOADS, parts)]


class Rounds:
    """Where threads meet; whoever comes last decides on another round."""

    def __init__(self, paces, task):
        self.paces = paces
        self.task = task
        self.n_rounds = 0
        self.goes_on = True
        self.barrier = threading.Barrier(len(paces), self.decide)

    def decide(self):
        self.n_rounds += 1
        spent = sum(pace.total() for pace in self.paces)
        self.goes_on = self.task.has_more(self.n_rounds, ROUND_NANOS, spent)


def work(pace, rounds):
    # Every thread draws the same lengths.
    rng = random.Random(rounds.task.seed)
    while rounds.goes_on:
        pace.phase(0, pace.functions[0].share * (0.5 + rng.random()) * ROUND_NANOS)
        rounds.barrier.wait()


def run(task):
    # What the paces learn is this thread's.
    paces = [Pace([listed], task) for listed in functions(task)]
    learned = [Time(pace.times[0].name, *values(pace.times[0])) for pace in paces]
    rounds = Rounds(paces, task)
    threads = [
        threading.Thread(target=work, args=(pace, rounds), name=pace.times[0].name)
        for pace in paces
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [pace.times[0] for pace in paces]
    on_threads = []
    for time, before in zip(times, learned):
        after = [now - then for now, then in zip(values(time), values(before))]
        on_threads.append((time.name, [Time(time.name, *after)]))
    if not task.is_fixed:
        on_threads.insert(0, ("main", learned))
    return Truth(times, on_threads)


def values(time):
    return time.cpu, time.wall, time.n_units, time.n_phases
