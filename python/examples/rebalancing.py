"""Every Monday: weights by the inverse of each coin's volatility over a month."""

from backdraft import run_algorithm
from backdraft.api import (
    date_rules,
    order_target_percent,
    record,
    schedule_function,
    set_commission,
    symbols,
    time_rules,
)
from backdraft.finance import commission


def initialize(context):
    context.assets = symbols("btc_usdt", "eth_usdt", "ltc_usdt", "dash_usdt", "xmr_usdt")
    set_commission(commission.PerDollar(cost=0.0015))
    schedule_function(rebalance, date_rules.week_start(), time_rules.market_open(hours=1))


def rebalance(context, data):
    prices = data.history(context.assets, "price", 31, "1d")
    calm = 1 / prices.pct_change().std()
    weights = 0.98 * calm / calm.sum()
    for asset in context.assets:
        if data.can_trade(asset):
            order_target_percent(asset, weights[asset])
    record(leverage=context.account.leverage, heaviest=weights.max())


if __name__ == "__main__":
    print(
        run_algorithm(initialize=initialize, start="2016-02", end="2018-01", capital_base=100_000)
    )
