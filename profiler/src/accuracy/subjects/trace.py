"""Runs a script under a profiler that notes every call, and writes folded stacks.

Usage: trace.py PROFILER OUT INTERPRETER SCRIPT ARGS...

Each function becomes a stack of its own, with its time from call to return (callees
included) in nanoseconds: what such a profiler knows of a function's total.
"""

import runpy
import sys


def run_script(arguments):
    sys.argv = arguments
    sys.path.insert(0, arguments[0].rpartition("/")[0])
    runpy.run_path(arguments[0], run_name="__main__")


def trace_with_cprofile(arguments):
    import cProfile
    import pstats
    import time

    profile = cProfile.Profile(time.thread_time)
    try:
        profile.runcall(run_script, arguments)
    except SystemExit:
        pass
    for (_, _, name), (_, _, _, total, _) in pstats.Stats(profile).stats.items():
        yield name, total


def trace_with_yappi(arguments):
    import yappi

    yappi.set_clock_type("cpu")
    yappi.start()
    try:
        run_script(arguments)
    except SystemExit:
        pass
    yappi.stop()
    for function in yappi.get_func_stats():
        yield function.name, function.ttot


def main():
    profiler, out, _interpreter, *arguments = sys.argv[1:]
    trace = {"cprofile": trace_with_cprofile, "yappi": trace_with_yappi}[profiler]
    totals = {}
    for name, seconds in trace(arguments):
        name = name.replace(";", ",").replace(" ", "_")
        totals[name] = totals.get(name, 0.0) + seconds
    with open(out, "w") as file:
        for name, seconds in sorted(totals.items()):
            if seconds > 0:
                file.write(f"{name} {round(seconds * 1e9)}\n")


if __name__ == "__main__":
    main()
