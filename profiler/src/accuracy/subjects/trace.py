"""Runs a script under a profiler that is a Python package, and writes what that notes.

Usage: trace.py PROFILER[:INTERVAL_US] OUT INTERPRETER SCRIPT ARGS...
       trace.py scalene-functions FILE

Of a profiler that notes every call, each function becomes a folded stack of its own, with
its time from call to return (callees included) in nanoseconds. `scalene-functions` prints
the functions of scalene's file as folded stacks, in microseconds.
"""

import json
import os
import runpy
import subprocess
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


def write_totals(out, trace):
    totals = {}
    for name, seconds in trace:
        name = name.replace(";", ",").replace(" ", "_")
        totals[name] = totals.get(name, 0.0) + seconds
    with open(out, "w") as file:
        for name, seconds in sorted(totals.items()):
            if seconds > 0:
                file.write(f"{name} {round(seconds * 1e9)}\n")


def run_pyinstrument(out, interval_us, arguments):
    import pyinstrument
    from pyinstrument.renderers import SpeedscopeRenderer

    profiler = pyinstrument.Profiler(interval=interval_us / 1e6)
    profiler.start()
    try:
        run_script(arguments)
    except SystemExit:
        pass
    profiler.stop()
    with open(out, "w") as file:
        file.write(profiler.output(SpeedscopeRenderer()))


def run_scalene(out, interval_us, arguments):
    # It wants a name that ends in .json.
    file = f"{out}.json"
    rate = ["--cpu-sampling-rate", str(interval_us / 1e6)]
    options = ["run", "--cpu-only", *rate, "-o", file]
    scalene = [sys.executable, "-m", "scalene"]
    subprocess.run([*scalene, *options, *arguments], check=True)
    os.replace(file, out)


def print_scalene_functions(out):
    with open(out) as file:
        profile = json.load(file)
    seconds = profile["elapsed_time_sec"]
    for source in profile["files"].values():
        for function in source["functions"]:
            kinds = ["n_cpu_percent_c", "n_cpu_percent_python", "n_sys_percent"]
            percent = sum(function[kind] for kind in kinds)
            if percent > 0:
                print(f"{function['line']} {round(percent / 100 * seconds * 1e6)}")


def main():
    profiler, out, *words = sys.argv[1:]
    profiler, _, interval_us = profiler.partition(":")
    arguments = words[1:]
    if profiler == "cprofile":
        write_totals(out, trace_with_cprofile(arguments))
    elif profiler == "yappi":
        write_totals(out, trace_with_yappi(arguments))
    elif profiler == "pyinstrument":
        run_pyinstrument(out, float(interval_us), arguments)
    elif profiler == "scalene":
        run_scalene(out, float(interval_us), arguments)
    elif profiler == "scalene-functions":
        print_scalene_functions(out)
    else:
        sys.exit(f"trace.py knows no {profiler}")


if __name__ == "__main__":
    main()
