"""Backdraft's Python package: the strategy in Python, its averages the engine's."""

import peer

# isort: split
import backdraft
from backdraft.api import order_target, order_target_percent


def cross(context, data):
    """Hold while the fast average is above the slow one."""
    asset = context.asset
    fast, slow = data.sma(asset, peer.FAST), data.sma(asset, peer.SLOW)
    if fast > slow:
        if not context.is_in:
            order_target_percent(asset, peer.ALLOCATION)
            context.is_in = True
    elif fast < slow and context.is_in:
        order_target(asset, 0.0)
        context.is_in = False


def idle(context, data):
    """Do nothing."""


def run(data, handle_data):
    """Run one strategy."""

    def initialize(context):
        context.asset = data.assets[0]
        context.is_in = False

    ran = backdraft.run_algorithm(
        initialize,
        handle_data,
        data=data,
        start="2016-01",
        end="2018-01",
        capital_base=peer.CASH,
        commission=peer.COMMISSION,
        fill="next-open",
        size="on-decision",
    )
    return peer.Ran(ran.final_value, len(ran.fills))


if __name__ == "__main__":
    peer.main(
        "backdraft",
        lambda files: backdraft.market(data=[str(file) for file in files]),
        {"S1": lambda data: run(data, cross), "S3": lambda data: run(data, idle)},
    )
