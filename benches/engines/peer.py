"""What every peer's script shares: the work, the data, and how a run is timed.

A script imports this module before its package, hands `main` a function that makes its
data of the files and one function a case, and prints what `main` measured as JSON.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

BEGAN = time.perf_counter()

CASH = 100_000.0
COMMISSION = 0.001
FAST, SLOW = 24, 72
# What is invested where an order is sized before its price is known.
ALLOCATION = 0.99
# S2: an asset that is rising is held at WEIGHT / number of assets of the equity, and is
# ordered to its weight when it crosses and when it is off by more than DRIFT.
WEIGHT, DRIFT = 0.98, 0.01

COLUMNS = ["open", "high", "low", "close", "volume"]

# Quick runs are repeated for so many seconds at least, and no run begins after so many.
AT_LEAST, AT_MOST = 0.3, 15.0


class Ran(NamedTuple):
    """What a run ended with."""

    value: float
    fills: int | None = None
    # Of a sweep, the final value of each pair of windows.
    values: dict[str, float] | None = None


def sweep_windows(tenth: bool = False) -> list[tuple[int, int]]:
    """Return the (fast, slow) pairs of the sweep, or every tenth of them."""
    pairs = [(fast, slow) for fast in range(2, 42) for slow in range(50, 300, 10)]
    return pairs[::10] if tenth else pairs


def frames(files: Sequence[Path]) -> list[Any]:
    """Read the files as pandas frames with times as the index."""
    import pandas as pd

    read = []
    for file in files:
        frame = pd.read_csv(file, usecols=["unix", *COLUMNS])
        frame.index = pd.to_datetime(frame.pop("unix"), unit="s", utc=True).dt.tz_localize(None)
        frame.index.name = "date"
        read.append(frame[COLUMNS].astype(float))
    return read


def main(
    package: str,
    prepare: Callable[[list[Path]], Any],
    cases: dict[str, Callable[[Any], Ran]],
) -> None:
    """Run the case of the command line, first cold and then while the budget lasts."""
    import_s = time.perf_counter() - BEGAN
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=cases)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--repeats", type=int, default=0)
    options = parser.parse_args()

    began = time.perf_counter()
    data = prepare(options.files)
    load_s = time.perf_counter() - began

    def timed() -> tuple[float, Ran]:
        began = time.perf_counter()
        ran = cases[options.case](data)
        return time.perf_counter() - began, ran

    # The first run compiles, in some.
    first_s, ran = timed()
    times: list[float] = []
    # A case that is not to be repeated is one for the costs of a whole process.
    while options.repeats and sum(times) < AT_MOST:
        if len(times) >= options.repeats and sum(times) >= AT_LEAST:
            break
        seconds, ran = timed()
        times.append(seconds)
    print(
        json.dumps(
            {
                "version": version(package),
                "import_s": import_s,
                "load_s": load_s,
                "first_s": first_s,
                "run_s": times,
                "value": float(ran.value),
                "fills": ran.fills,
                "values": ran.values,
            }
        )
    )
