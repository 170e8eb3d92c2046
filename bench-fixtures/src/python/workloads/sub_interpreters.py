"""Three fifths of the time in another interpreter of the same process.

Its frames belong to a thread state that the first interpreter's list does not have. A
profiler that reads the main interpreter alone sees a call into C that takes long.
"""

import json
import os
import random
import sys

from .pace import ROUND_NANOS, Pace, Time, Truth, function, measure


def work_in_main(n_units):
    value = 1
    for step in range(40 * n_units):
        value = value * 69069 + step & 0xFFFFFFFF


def work_in_other(n_units):
    value = 0.5
    for _ in range(40 * n_units):
        value = 3.7 * value * (1.0 - value)


def functions(task):
    return [
        function(work_in_main, 0.40, 3_400.0),
        function(work_in_other, 0.60, 1_800.0),
    ]


def find_module():
    """Python's own module for it, under the name that it has in this version."""
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            return __import__(name)
        except ImportError:
            pass
    return None


def missing():
    """Why it cannot run here; None where it can."""
    version = "Python " + sys.version.partition(" ")[0]
    if find_module() is None:
        return version + " was built without sub-interpreters"
    return None


class Other:
    """Another interpreter that runs phases and says what they took."""

    def __init__(self):
        self.module = find_module()
        self.id = self.module.create()
        self.reader, self.writer = os.pipe()
        self.run(f"import sys; sys.path[:] = {sys.path!r}")
        self.run("from workloads.sub_interpreters import answer, work_in_other")

    def run(self, source):
        failed = self.module.run_string(self.id, source)
        if failed is not None:
            raise RuntimeError(f"the other interpreter failed: {failed}")

    def measure(self, n_units):
        self.run(f"answer({self.writer}, work_in_other, {n_units})")
        return Time("", *json.loads(os.read(self.reader, 4096)))


def answer(writer, run, n_units):
    """Runs a phase, over there, and writes what it took."""
    time = measure(run, n_units)
    os.write(writer, json.dumps([time.cpu, time.wall, time.n_units, time.n_phases]).encode())


def run(task):
    rng = random.Random(task.seed)
    other = Other()
    pace = Pace(functions(task), task)
    n_rounds = 0
    while task.has_more(n_rounds, ROUND_NANOS, pace.total()):
        length = ROUND_NANOS * (0.5 + rng.random())
        pace.phase(0, 0.40 * length)
        pace.add(1, other.measure(pace.due(1, 0.60 * length)))
        n_rounds += 1
    return Truth(pace.times)
