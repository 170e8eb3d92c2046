"""The functions that algorithms call, under the names of zipline and catalyst.

Amounts are in coins, values in the quote currency, percents are fractions of the
portfolio's value (0.5 is half). Orders are filled at the next hour's open unless the run
says otherwise, or wait for a limit or stop. A target replaces what its asset has on order
at the market, so repeating it never doubles a position.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from backdraft._backdraft import (
    Asset,
    open_orders,
    order,
    order_bracket,
    order_one_cancels_other,
    order_percent,
    order_target,
    order_target_percent,
    order_target_value,
    order_value,
)
from backdraft._backdraft import cancel_order as _cancel
from backdraft._frames import moment
from backdraft._running import algorithm
from backdraft.finance.account import Margin
from backdraft.finance.commission import MakerTaker
from backdraft.finance.rules import TradingRules
from backdraft.schedule import DateRule, HourRule, date_rules, time_rules

__all__ = [
    "Order",
    "cancel_order",
    "date_rules",
    "get_datetime",
    "get_environment",
    "get_open_orders",
    "get_order",
    "order",
    "order_bracket",
    "order_one_cancels_other",
    "order_percent",
    "order_target",
    "order_target_percent",
    "order_target_value",
    "order_value",
    "record",
    "schedule_function",
    "set_account",
    "set_benchmark",
    "set_commission",
    "set_long_only",
    "set_slippage",
    "set_trading_rules",
    "set_volume_limit",
    "sid",
    "symbol",
    "symbols",
    "time_rules",
]


@dataclass(frozen=True)
class Order:
    """An open order.

    Attributes
    ----------
    id : str
        Its name, as `order` returned it.
    asset : Asset
        What to trade.
    amount : float
        Coins; negative for a sale.
    created : datetime
        When it was placed.
    filled : float
        Coins that have been traded.
    limit, stop : float or None
        The prices that it waits for, in the quote currency.
    kind : str
        `market`, `limit`, `stop`, `stop-limit` or `trailing-stop`.
    time_in_force : {'GTC', 'IOC', 'FOK', 'GTD'}
        How long it waits.
    good_till : datetime or None
        The moment at which a `GTD` order ends.
    """

    id: str
    asset: Asset
    amount: float
    created: datetime
    filled: float = 0.0
    limit: float | None = None
    stop: float | None = None
    kind: str = "market"
    time_in_force: str = "GTC"
    good_till: datetime | None = None

    @property
    def sid(self) -> Asset:
        """What to trade."""
        return self.asset

    @property
    def open_amount(self) -> float:
        """Coins that are still to be traded."""
        return self.amount - self.filled

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


def symbol(name: str) -> Asset:
    """Return the asset of that name.

    Parameters
    ----------
    name : str
        As the data has it, or as exchanges spell it (`btc_usdt`, `BTC/USDT`, `XBTUSDT`),
        or a base currency alone (`BTC`).

    Raises
    ------
    UnknownPair
        When the market has no such pair.
    """
    return algorithm().market.asset(name)


def symbols(*names: str) -> list[Asset]:
    """Return the assets of these names."""
    return [symbol(name) for name in names]


def sid(number: int) -> Asset:
    """Return the asset of that place in the market, from 0."""
    return algorithm().market.assets[number]


def record(*pairs: Any, **values: Any) -> None:
    """Keep values of this tick, which are columns of the result by their names."""
    values.update(zip(pairs[::2], pairs[1::2], strict=True))
    algorithm().record(values)


def schedule_function(
    func: Callable[..., Any],
    date_rule: DateRule | None = None,
    time_rule: HourRule | None = None,
    half_days: bool = True,
    calendar: object = None,
) -> None:
    """Call `func(context, data)` on some days, at some hours.

    Parameters
    ----------
    func : callable
        What to call.
    date_rule, time_rule : optional
        From `date_rules` and `time_rules`; every day and its first hour by default.
    half_days, calendar
        For zipline's sake: markets here never close.
    """
    algorithm().scheduler.add(func, date_rule, time_rule)


def set_commission(
    *models: Any, maker: float | None = None, taker: float | None = None, **_: Any
) -> None:
    """Set what trading costs; only in `initialize`.

    Parameters
    ----------
    *models
        A share of a trade's value (0.001 is 0.1 %), or a model of
        `backdraft.finance.commission`; of several the last counts.
    maker, taker : float, optional
        Catalyst's: shares of a trade's value; one stands for both.
    """
    trading = algorithm().trading("set_commission")
    if maker is not None or taker is not None:
        both = [share for share in (maker, taker) if share is not None]
        models = (*models, MakerTaker(both[0], both[-1]))
    for model in models:
        trading.set_commission(model)


def set_slippage(*models: Any, slippage: float | None = None, **_: Any) -> None:
    """Set how much worse than on the chart prices are; only in `initialize`.

    Parameters
    ----------
    *models
        A share of the price, or a model of `backdraft.finance.slippage`; of several the
        last counts.
    slippage : float, optional
        Catalyst's: a share of the price.
    """
    trading = algorithm().trading("set_slippage")
    for model in (*models, slippage):
        if model is not None:
            trading.set_slippage(model)


def set_account(margin: Margin) -> None:
    """Let the account borrow coins and cash, on these terms; only in `initialize`.

    Parameters
    ----------
    margin : backdraft.finance.account.Margin
        How much, and what it costs.
    """
    algorithm().trading("set_account").account = margin


def set_trading_rules(
    asset: Asset,
    *,
    min_quantity: float = 0.0,
    quantity_step: float | None = None,
    price_step: float | None = None,
) -> None:
    """Set what the exchange lets be ordered of an asset; only in `initialize`.

    Parameters
    ----------
    asset : Asset
        The pair that the rules are for.
    min_quantity, quantity_step, price_step
        As for `backdraft.finance.rules.TradingRules`.
    """
    rules = TradingRules(min_quantity, quantity_step, price_step)
    algorithm().trading("set_trading_rules").rules[asset.symbol] = rules


def set_volume_limit(share: float | None) -> None:
    """Set the most of a bar's volume that orders may take; only in `initialize`.

    Parameters
    ----------
    share : float or None
        A fraction, above 0 and at most 1; what is beyond waits for the next bar.
    """
    algorithm().trading("set_volume_limit").volume_limit = share


def get_datetime(tz: str | tzinfo | None = None) -> datetime:
    """Return the time of the tick: when its bar closed, UTC unless told otherwise.

    A pandas Timestamp where pandas is installed.
    """
    now = algorithm().now()
    if tz is None:
        return now
    if isinstance(tz, str):
        from zoneinfo import ZoneInfo

        tz = ZoneInfo(tz)
    return now.astimezone(tz)


def get_open_orders(asset: Asset | None = None) -> Any:
    """Return open orders: a list for an asset, else a mapping of assets to lists."""
    orders: dict[Asset, list[Order]] = {}
    assets: Sequence[Asset] = algorithm().market.assets
    for name, place, kind, amount, filled, prices, placed, (time_in_force, until) in open_orders():
        it = Order(
            name,
            assets[place],
            amount,
            moment(placed),
            filled,
            *prices,
            kind,
            time_in_force,
            None if until is None else moment(until),
        )
        orders.setdefault(it.asset, []).append(it)
    return orders if asset is None else orders.get(asset, [])


def get_order(order_id: str | Order) -> Order | None:
    """Return an order while it is open, then None."""
    name = order_id.id if isinstance(order_id, Order) else order_id
    orders = (it for its in get_open_orders().values() for it in its)
    return next((it for it in orders if it.id == name), None)


def cancel_order(order_param: str | Order) -> None:
    """Withdraw an open order; one that has ended is left as it is."""
    _cancel(order_param.id if isinstance(order_param, Order) else order_param)


def get_environment(field: str = "platform") -> Any:
    """Return what is known of the run under zipline's names, or all of it for `*`."""
    return algorithm().environment(field)


def set_benchmark(asset: Asset) -> None:
    """Do nothing: the benchmark is all pairs of the market in equal parts."""


def set_long_only() -> None:
    """Buy with own cash and sell own coins only, which is how accounts begin."""
    algorithm().trading("set_long_only").account = None
