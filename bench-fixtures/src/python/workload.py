"""Runs a program whose profile is known, and prints that profile as JSON.

The same workloads, options and JSON as the command `workload`, which is written in Rust.
"""

import argparse
import json
import sys
import time

from workloads import NAMES, load
from workloads.pace import random_rounds
from workloads.report import report
from workloads.task import Task

OPTIONS = ("threads", "depth", "period_us", "shares")


def number(low, high, kind=float):
    def parse(text):
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not from {low} to {high}")
        return value

    return parse


def slow(text):
    function, _, factor = text.partition("=")
    return function, number(0.1, 10)(factor)


def shares(text):
    parts = [number(1e-9, 1e6)(part) for part in text.split(",")]
    if len(parts) != 4:
        raise argparse.ArgumentTypeError("there are four functions")
    return parts


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=NAMES, metavar="NAME", nargs="?")
    parser.add_argument("--seconds", type=number(1e-6, 3600), help="CPU time to spend")
    parser.add_argument("--work", type=number(1, 10**6, int), help="do N times about 8 ms")
    parser.add_argument("--seed", type=number(0, 2**64 - 1, int), default=1)
    parser.add_argument("--threads", type=number(2, 8, int))
    parser.add_argument("--depth", type=number(2, 2_000, int))
    parser.add_argument("--period-us", type=number(100, 10**6, int))
    parser.add_argument("--shares", type=shares, metavar="A,B,C,D")
    parser.add_argument("--slow", type=slow, metavar="FUNCTION=FACTOR")
    parser.add_argument("--wait", action="store_true", help="say `ready`, begin on a line")
    parser.add_argument("--list", action="store_true", help="list the workloads")
    args = parser.parse_args()
    if args.list:
        print("\n".join(NAMES))
        sys.exit()
    if args.name is None:
        parser.error("the name of a workload is missing")
    if args.work and args.seconds:
        parser.error("--work cannot be used with --seconds")
    if args.slow and not args.work:
        parser.error("--slow requires --work")
    module = load(args.name)
    for option in OPTIONS:
        if getattr(args, option) is not None and option not in getattr(module, "OPTIONS", ()):
            parser.error(f"`{args.name}` has no {option}")
    task = Task(**{key: value for key, value in vars(args).items() if key not in ("wait", "list")})
    names = [function.name for function in module.functions(task)]
    if args.slow and args.slow[0] not in names:
        parser.error(f"`{args.name}` has no function `{args.slow[0]}`")
    return module, task, args.wait


def main():
    module, task, waits = parse()
    # Who launches it sees its start, who attaches to it does not.
    seen_from = 0
    if waits:
        seen_from = time.process_time_ns()
        print("ready", file=sys.stderr, flush=True)
        sys.stdin.readline()
    skipped = module.missing() if hasattr(module, "missing") else None
    if skipped:
        result = {**task.head(), "skipped": skipped}
    else:
        run = getattr(module, "run", None) or (lambda t: random_rounds(module.functions(t), t))
        result = report(run, task, seen_from)
    print(json.dumps(result, separators=(",", ":")))


if __name__ == "__main__":
    main()
