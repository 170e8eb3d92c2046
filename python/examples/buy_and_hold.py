"""Buy once, with nearly everything, and hold."""

from backdraft import run_algorithm
from backdraft.api import order_target_percent, record, symbol


def initialize(context):
    context.asset = symbol("btc_usdt")
    context.has_ordered = False


def handle_data(context, data):
    if not context.has_ordered:
        order_target_percent(context.asset, 0.95)
        context.has_ordered = True
    record(price=data.current(context.asset, "price"))


if __name__ == "__main__":
    print(
        run_algorithm(
            initialize=initialize,
            handle_data=handle_data,
            start="2016-01",
            end="2018-01",
            capital_base=10_000,
            pairs=["btc_usdt"],
        )
    )
