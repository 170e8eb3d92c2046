"""The final values in exact fractions: what each convention comes to, without an engine."""

from fractions import Fraction
from pathlib import Path

from market import cents, crosses
from peer import ALLOCATION, CASH, COMMISSION, FAST, SLOW


def sma_cross(file: Path, fill: str, size: str) -> tuple[Fraction, int]:
    """Return the final value of S1 and its number of fills."""
    rows = [line.split(",") for line in file.read_text().splitlines()[1:]]
    opens = [Fraction(cents(row[3]), 100) for row in rows]
    closes = [cents(row[6]) for row in rows]
    exact = [Fraction(price, 100) for price in closes]
    rate, share = Fraction(str(COMMISSION)), Fraction(str(ALLOCATION))

    cash, coins, fills = Fraction(CASH), Fraction(0), 0
    for hour, order in enumerate(crosses(closes, FAST, SLOW), start=SLOW - 1):
        is_held = coins != 0
        if order == 0 or (order > 0) == is_held:
            continue
        if fill == "close":
            price = exact[hour]
        elif hour + 1 == len(rows):
            break
        else:
            price = opens[hour + 1] if fill == "next-open" else exact[hour + 1]
        if is_held:
            cash += coins * price * (1 - rate)
            coins = Fraction(0)
        else:
            affordable = cash / (price * (1 + rate))
            wanted = share * cash / exact[hour] if size == "on-decision" else affordable
            coins = min(wanted, affordable)
            cash -= coins * price * (1 + rate)
        fills += 1
    return cash + coins * exact[-1], fills
