"""One run of a workload, and its shape as JSON: that of the workloads in Rust.

A phase is measured too long by something between nothing and the cost of one bracket. How
far that can move a share is derived in `bracket.rs`, beside the workloads in Rust.
"""

import time

from .pace import measure


def report(run, task, seen_from):
    bracket = measure_bracket()
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    start = cpu - seen_from
    truth = run(task)
    cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    result = task.head()
    result["functions"] = shape(truth.times, bracket)
    result["cpu_seconds"] = cpu / 1e9
    result["start_cpu_seconds"] = start / 1e9
    result["wall_seconds"] = wall / 1e9
    result["bracket_nanoseconds"], result["wall_bracket_nanoseconds"] = bracket
    if task.is_fixed:
        result["work"] = task.work
    if task.slow:
        result["slow"] = {"function": task.slow[0], "factor": task.slow[1]}
    if truth.threads:
        result["threads"] = [
            {
                "name": name,
                "n_threads": 1,
                "cpu_seconds": sum(t.cpu for t in times) / 1e9,
                "functions": shape(times, bracket),
            }
            for name, times in truth.threads
        ]
    return result


def measure_bracket():
    """What measuring a phase costs, at most in nine of ten, by both clocks."""
    other = bytes(8 << 10)
    empty = []
    for _ in range(256):
        sum(other)
        empty.append(measure(abs, 0))
    ninth = len(empty) * 9 // 10
    return sorted(t.cpu for t in empty)[ninth], sorted(t.wall for t in empty)[ninth]


def half_widths(times, cost, clock):
    """Bounds how far each share may be off."""
    step = time.get_clock_info(clock).resolution * 1e9
    total = max(sum(nanos for nanos, _ in times), 1)
    n_phases = sum(n for _, n in times)
    for nanos, n in times:
        share = nanos / total
        own, others = (1 - share) * n, share * (n_phases - n)
        yield (cost * max(own, others) + step * (own + others)) / total


def shape(times, bracket):
    total = max(sum(t.cpu for t in times), 1)
    wall_total = max(sum(t.wall for t in times), 1)
    by_cpu = half_widths([(t.cpu, t.n_phases) for t in times], bracket[0], "thread_time")
    by_wall = half_widths([(t.wall, t.n_phases) for t in times], bracket[1], "perf_counter")
    return [
        {
            "name": t.name,
            "nanoseconds": t.cpu,
            "share": t.cpu / total,
            "share_uncertainty": uncertainty,
            "cpu_seconds": t.cpu / 1e9,
            "wall_seconds": t.wall / 1e9,
            "wall_share": t.wall / wall_total,
            "wall_share_uncertainty": wall_uncertainty,
            "tsc_seconds": None,
            "n_units": t.n_units,
            "n_phases": t.n_phases,
        }
        for t, uncertainty, wall_uncertainty in zip(times, by_cpu, by_wall)
    ]
