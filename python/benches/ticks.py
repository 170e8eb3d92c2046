"""Ticks a second of strategies written in Python, beside the same loop without an engine.

Each case is run several times in turn with the others; the best of each is shown.
"""

import argparse
import time

import backdraft
from backdraft.api import order_target, order_target_percent

SPAN = {"start": "2016-01", "end": "2018-01"}


def idle(context, data):
    pass


def sma(context, data):
    asset = context.asset
    fast, slow = data.sma(asset, 24), data.sma(asset, 72)
    if fast > slow:
        if not context.is_in:
            order_target_percent(asset, 0.99)
            context.is_in = True
    elif fast < slow and context.is_in:
        order_target(asset, 0.0)
        context.is_in = False


def window(context, data):
    asset = context.asset
    fast = data.history(asset, "close", 24, "1h").mean()
    slow = data.history(asset, "close", 72, "1h").mean()
    if fast > slow:
        if not context.is_in:
            order_target_percent(asset, 0.99)
            context.is_in = True
    elif fast < slow and context.is_in:
        order_target(asset, 0.0)
        context.is_in = False


def one_window(context, data):
    data.history(context.asset, "close", 72, "1h").mean()


def twenty(context, data):
    positions = context.portfolio.positions
    value = context.portfolio.portfolio_value
    for asset in context.assets:
        target = 0.98 / 20 if data.sma(asset, 24) > data.sma(asset, 72) else 0.0
        position = positions[asset]
        weight = position.amount * position.last_sale_price / value
        if abs(weight - target) > 0.01:
            order_target_percent(asset, target)


def prepare(context):
    context.assets = [context.symbol(f"{name}_usdt") for name in context.names]
    context.asset = context.assets[0]
    context.is_in = False


CASES = [
    ("idle handle_data", idle, 1, 8.0e6),
    ("SMA cross, data.sma", sma, 1, 2.5e6),
    ("history of 72, mean()", one_window, 1, 1.0e6),
    ("SMA cross, two windows", window, 1, 0.2e6),
    ("20 pairs in a Python loop", twenty, 20, 40e3),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    markets = {n_pairs: backdraft.market(pairs=n_pairs) for _, _, n_pairs, _ in CASES}
    best = {name: float("inf") for name, *_ in CASES}
    plain = float("inf")
    for _ in range(options.repeats):
        began = time.perf_counter()
        for _ in range(17_544):
            idle(None, None)
        plain = min(plain, time.perf_counter() - began)
        for name, handle_data, n_pairs, _ in CASES:
            best[name] = min(best[name], run(handle_data, markets[n_pairs]))
    print(f"{'a Python loop that calls it':<28}{17_544 / plain:>14,.0f} ticks/s")
    for name, _, _, target in CASES:
        rate = 17_544 / best[name]
        print(f"{name:<28}{rate:>14,.0f} ticks/s   {rate / target:.2f} x the target")


def run(handle_data, market):
    """Return the seconds of one run, from prepared data to the outcome."""

    def initialize(context):
        context.names = [asset.symbol.split("_")[0] for asset in market.assets]
        prepare(context)

    began = time.perf_counter()
    backdraft.run_algorithm(initialize, handle_data, data=market, **SPAN)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
