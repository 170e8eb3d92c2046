"""Profiles of programs that know their own: the sampler inside a Python process.

Each program takes its functions' CPU time with the thread's clock and prints it; the
sampler is told nothing of that. By default each runs once, for less than a second.
`REPEATS=10` runs each ten times, for two seconds, with other seeds, and prints a table:

    REPEATS=10 python -m pytest tests/test_truth.py -s
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parents[2] / "bench-fixtures/src/python"
REPEATS = int(os.environ.get("REPEATS", "1"))
SECONDS = "2" if REPEATS > 1 else "0.7"

#: A correct sampler is further off by chance once in 500,000,000 times, and there are some
#: forty functions. In step with its period, a program's variance is half as much again,
#: and each sample lengthens the phase that it hits: once in 200,000 times for these.
MAX_Z = 6.0

WORKLOADS = [
    "split",
    "lockstep-1000",
    "lockstep-10000",
    "c-keeps-gil",
    "c-drops-gil",
    "recursion",
    "threads",
    "generators",
    "comprehensions",
    "asyncio",
    "exceptions",
    "eager-logging",
    "decorators",
    "lru-cache",
    "sleep",
    "sub-interpreters",
]

DRIVER = """
import runpy, sys
from backdraft import profile
folder, out, seed, *sys.argv[1:] = sys.argv[1:]
sys.argv[0] = folder + "/workload.py"
sys.path.insert(0, folder)
with profile(rate=1000, seed=int(seed)) as p:
    runpy.run_path(sys.argv[0], run_name="__main__")
p.save(out)
"""


def record(workload, seed, out):
    """Run a workload and return its report, and its stacks with their weights."""
    command = [sys.executable, "-c", DRIVER, PROGRAMS, out, str(seed)]
    command += [workload, "--seconds", SECONDS, "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = (line.rpartition(" ") for line in out.read_text().splitlines())
    stacks = [
        ([frame.partition(" (")[0] for frame in stack.split(";")], int(weight))
        for stack, _, weight in lines
    ]
    return json.loads(done.stdout), stacks


def errors(report, stacks):
    """Return how many standard errors each function's share is from its truth."""
    functions = report["functions"]
    names = [function["name"] for function in functions]
    samples = dict.fromkeys(names, 0)
    for stack, weight in stacks:
        # The innermost, should one have called another.
        name = next((frame for frame in reversed(stack) if frame in samples), None)
        if name is not None:
            samples[name] += weight
    n = sum(samples.values())
    assert n > 0, stacks
    for function in functions:
        share = function["share"]
        # One that took next to nothing is not expected at all.
        standard = math.sqrt(max(share * (1 - share), 1 / n) / n)
        error = samples[function["name"]] / n - share
        beyond = max(abs(error) - function["share_uncertainty"], 0.0)
        yield function["name"], math.copysign(beyond, error) / standard


@pytest.mark.parametrize("workload", WORKLOADS)
def test_shares_are_those_that_the_program_measures(workload, tmp_path):
    sums: dict[str, float] = {}
    for seed in range(1, REPEATS + 1):
        report, stacks = record(workload, seed, tmp_path / "out.folded")
        if "skipped" in report:
            pytest.skip(report["skipped"])
        z = dict(errors(report, stacks))
        for name, value in z.items():
            sums[name] = sums.get(name, 0.0) + value
        worst = max(z, key=lambda name: abs(z[name]))
        if REPEATS > 1:
            print(f"{workload:<18} seed {seed:>2}: {z[worst]:+.2f} ({worst})")
        assert abs(z[worst]) < MAX_Z, (workload, seed, z)
        cut = ("[truncated]", "[unreadable]")
        broken = sum(weight for stack, weight in stacks if stack[0] in cut)
        assert broken <= 0.02 * sum(weight for _, weight in stacks), stacks
    if REPEATS > 1:
        means = {name: total / math.sqrt(REPEATS) for name, total in sums.items()}
        worst = max(means, key=lambda name: abs(means[name]))
        print(f"{workload:<18} mean of {REPEATS}: {means[worst]:+.2f} ({worst})")


def test_a_deep_recursion_is_seen_to_its_root(tmp_path):
    _, stacks = record("recursion", 1, tmp_path / "out.folded")
    at_the_bottom = [it for it in stacks if "hash_at_the_bottom" in it[0]]
    n = sum(weight for _, weight in at_the_bottom)
    n_whole = sum(
        weight
        for stack, weight in at_the_bottom
        if stack.count("descend") == 250 and "random_rounds" in stack
    )
    assert n_whole >= 0.98 * n > 0
