"""The talk's program: buy some coins, and then do nothing, for two years of hours.

python backtest.py --start=2016-01 --end=2018-01
"""

import argparse
import json
import sys
import time

from backdraft import Error, market, run_algorithm
from backdraft.api import order_target_percent
from backdraft.case_study import FOLDER_CHECKS, LOGGINGS, Path
from backdraft.case_study.rounds import measure, report

CAPITAL = 100_000.0


def initialize(context):
    context.has_bought = False


def handle_data(context, data):
    """Buy every pair at the first tick. There is nothing more to do."""
    if not context.has_bought:
        context.has_bought = True
        for asset in context.assets:
            order_target_percent(asset, 0.99 / len(context.assets))


def simulate(options):
    """Run the strategy within catalyst's path; return its result and its CPU seconds."""
    prices = market(pairs=options.pairs, seed=options.seed)
    path = Path(prices, CAPITAL, options.logging, options.folder_check)

    def prepare(context):
        context.assets = prices.assets
        initialize(context)

    began = time.process_time()
    result = run_algorithm(
        initialize=prepare,
        handle_data=path.around(handle_data),
        start=options.start,
        end=options.end,
        capital_base=CAPITAL,
        data=prices,
    )
    return result, time.process_time() - began


def compare(options):
    """Measure all variants in interleaved rounds."""
    arguments = [f"--start={options.start}", f"--end={options.end}"]
    arguments.append(f"--pairs={options.pairs}")
    if options.seed is not None:
        arguments.append(f"--seed={options.seed}")
    tell = print if sys.stderr.isatty() else lambda *_, **__: None
    seconds = measure(__file__, arguments, options.rounds, lambda text: tell(text, file=sys.stderr))
    result, _ = simulate(options)
    print(f"{options.pairs} held pairs, {result.ticks:,} hourly ticks, {options.rounds} rounds")
    print(report(seconds, result.ticks))
    print(
        "The right column is catalyst before its fix: minute bars, ten held pairs, Python 3.6. It "
        "does more\nin a tick than this, and its pandas costs more again: the same calls are "
        "a smaller part of it."
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--start", default="2016-01", help="first hour, UTC")
    parser.add_argument("--end", default="2018-01", help="hour after the last, UTC")
    parser.add_argument("--logging", choices=LOGGINGS, default="eager")
    parser.add_argument("--folder-check", choices=FOLDER_CHECKS, default="every-call")
    parser.add_argument("--pairs", type=int, default=10, help="how many are held")
    parser.add_argument("--seed", type=int, default=None, help="of the market")
    parser.add_argument("--rounds", type=int, help="measure all variants so many times")
    parser.add_argument("--seconds", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        if options.rounds:
            compare(options)
            return
        result, seconds = simulate(options)
    except Error as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        sys.exit(f"error: {error}{hint}")
    if options.seconds:
        print(json.dumps({"seconds": seconds, "final_value": result.final_value}))
    else:
        print(result, end="")
        print(f"{seconds:.2f} s of CPU, {1e6 * seconds / result.ticks:.0f} us a tick")


if __name__ == "__main__":
    main()
