"""Hold while the mean of the last 20 days is above that of the last 50."""

from backdraft import run_algorithm
from backdraft.api import order_target_percent, record, symbol


def initialize(context):
    context.asset = symbol("eth_usdt")
    context.n_days = 0


def handle_data(context, data):
    context.n_days += 1
    if context.n_days < 50:
        return
    short = data.history(context.asset, "price", 20, "1d").mean()
    long = data.history(context.asset, "price", 50, "1d").mean()
    held = context.portfolio.positions[context.asset].amount
    if short > long and held == 0:
        order_target_percent(context.asset, 0.99)
    elif short < long and held > 0:
        order_target_percent(context.asset, 0)
    record(price=data.current(context.asset, "price"), short=short, long=long)


def analyze(context, perf):
    print(perf[["portfolio_value", "price", "short", "long"]].iloc[-5:])


if __name__ == "__main__":
    run_algorithm(
        initialize=initialize,
        handle_data=handle_data,
        analyze=analyze,
        start="2016-01",
        end="2018-01",
        capital_base=10_000,
        data_frequency="daily",
        pairs=["eth_usdt"],
    )
