"""Buy what fell too fast and sell what rose too fast, at most one trade a day."""

from backdraft import run_algorithm
from backdraft.api import get_open_orders, order_target_percent, record, symbol

OVERSOLD, OVERBOUGHT = 30, 75


def initialize(context):
    context.asset = symbol("ltc_usdt")
    context.today = None


def strength(prices, period=14):
    """Return the relative strength index of a series, by simple means."""
    changes = prices.diff().iloc[-period:]
    gains = changes.clip(lower=0).mean()
    losses = -changes.clip(upper=0).mean()
    return 100.0 if losses == 0 else 100 - 100 / (1 + gains / losses)


def handle_data(context, data):
    today = data.current_dt.floor("1D")
    if today != context.today:
        context.today, context.has_traded = today, False
    prices = data.history(context.asset, fields="close", bar_count=50, frequency="1h")
    rsi = strength(prices)
    record(rsi=rsi, cash=context.portfolio.cash)
    if context.has_traded or get_open_orders(context.asset):
        return
    if not data.can_trade(context.asset):
        return
    amount = context.portfolio.positions[context.asset].amount
    if rsi <= OVERSOLD and amount == 0:
        order_target_percent(context.asset, 1)
        context.has_traded = True
    elif rsi >= OVERBOUGHT and amount > 0:
        order_target_percent(context.asset, 0)
        context.has_traded = True


if __name__ == "__main__":
    print(
        run_algorithm(
            initialize=initialize,
            handle_data=handle_data,
            start="2017-10-01",
            end="2017-12-01",
            capital_base=10_000,
            data_frequency="hourly",
            pairs=["ltc_usdt"],
        )
    )
