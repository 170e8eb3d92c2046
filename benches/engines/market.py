"""The data of the comparison: our own synthetic market, in cents, without ties.

Where two averages are exactly equal, a peer's rounding decides what its strategy does,
and final values differ for a reason that has nothing to do with the engines. So each
asset is the first next seed of the market in which the averages are never equal.
"""

import csv
import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path

from peer import FAST, SLOW

FIRST, END = "2016-01-01", "2018-01-01"
N_HOURS = 17_544
HEADER = ["unix", "date", "symbol", "open", "high", "low", "close", "volume"]


def write(program: Path, folder: Path, n_assets: int) -> list[Path]:
    """Write the files of the first so many assets, where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"asset{idx:02}.csv" for idx in range(n_assets)]
    if all(file.exists() for file in files):
        return files
    for idx, (file, rows) in enumerate(zip(files, without_ties(program), strict=False)):
        partial = file.with_suffix(".part")
        with partial.open("w", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows([*row[:2], f"A{idx:02}/USDT", *row[3:]] for row in rows)
        partial.rename(file)
    return files


def without_ties(program: Path) -> Iterator[list[list[str]]]:
    """Yield the market's first pair, seed by seed, where averages never tie."""
    for seed in itertools.count(1):
        command = [program, "--pair", "BTC/USDT", "--seed", str(seed)]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows = [row for row in csv.reader(text.splitlines()) if row and row[0].isdigit()]
        rows = [in_cents(row) for row in rows if FIRST <= row[1] < END]
        if len(rows) != N_HOURS:
            raise SystemExit(f"seed {seed}: {len(rows)} hours instead of {N_HOURS}")
        if 0 not in crosses(closes(rows), FAST, SLOW):
            yield rows


def in_cents(row: list[str]) -> list[str]:
    """Round the prices of a row to two decimals, which keeps their order."""
    return [*row[:3], *(f"{float(price):.2f}" for price in row[3:7]), row[7]]


def closes(rows: list[list[str]]) -> list[int]:
    """Return the closing prices in cents."""
    return [cents(row[6]) for row in rows]


def cents(price: str) -> int:
    """Read a price of two decimals exactly."""
    return int(price.replace(".", ""))


def crosses(prices: list[int], fast: int, slow: int) -> Iterator[int]:
    """Yield 1, 0 or -1 for the fast average above, at or below the slow one."""
    fast_sum, slow_sum = sum(prices[slow - fast : slow]), sum(prices[:slow])
    for hour in range(slow - 1, len(prices)):
        if hour >= slow:
            fast_sum += prices[hour] - prices[hour - fast]
            slow_sum += prices[hour] - prices[hour - slow]
        difference = fast_sum * slow - slow_sum * fast
        yield (difference > 0) - (difference < 0)
