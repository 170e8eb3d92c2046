"""The functions that algorithms call, under the names of zipline and catalyst.

Amounts are in coins, values in the quote currency, percents are fractions of the
portfolio's value (0.5 is half). Orders are filled at the next hour's open unless the run
says otherwise, or wait for a limit or stop. A target replaces what its asset has on order
at the market, so repeating it never doubles a position.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from backdraft._arguments import asset as require_asset
from backdraft._arguments import function, whole, wrong
from backdraft._backdraft import (
    Asset,
    order,
    order_bracket,
    order_one_cancels_other,
    order_percent,
    order_target,
    order_target_percent,
    order_target_value,
    order_value,
)
from backdraft._running import algorithm
from backdraft.errors import OptionError
from backdraft.finance import commission as commission
from backdraft.finance import execution as execution
from backdraft.finance import slippage as slippage
from backdraft.finance.account import Margin
from backdraft.finance.commission import MakerTaker
from backdraft.finance.rules import TradingRules
from backdraft.finance.slippage import FixedBasisPointsSlippage as FixedBasisPointsSlippage
from backdraft.finance.slippage import FixedSlippage as FixedSlippage
from backdraft.finance.slippage import VolumeShareSlippage as VolumeShareSlippage
from backdraft.orders import Order, cancel_order, get_open_orders, get_order
from backdraft.schedule import DateRule, HourRule, date_rules, time_rules

if not TYPE_CHECKING:
    # Type checkers would believe in every name.
    from backdraft._absent import api_name as __getattr__  # noqa: F401

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


def symbol(name: str, exchange_name: object = None) -> Asset:
    """Return the asset of that name.

    Parameters
    ----------
    name : str
        As the data has it, or as exchanges spell it (`btc_usdt`, `BTC/USDT`, `XBTUSDT`),
        or a base currency alone (`BTC`).
    exchange_name
        For catalyst's sake: a run has one market.

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
    assets = algorithm().market.assets
    rule = f"it has to be a whole number from 0 to {len(assets) - 1}"
    place = whole("sid", number, rule)
    if not 0 <= place < len(assets):
        raise OptionError(f"`{number}` is not a valid sid: {rule}")
    return assets[place]


def record(*pairs: Any, **values: Any) -> None:
    """Keep values of this tick, which are columns of the result by their names.

    Parameters
    ----------
    *pairs
        Names and values by turns: `record("price", 410.0, "volume", 3.0)`.
    **values
        Values by their names: `record(price=410.0)`.
    """
    names = pairs[::2]
    if len(pairs) % 2:
        raise OptionError(f"`{names[-1]}` has no value: record takes names and values by turns")
    for name in names:
        if not isinstance(name, str):
            raise wrong("name", name, "record takes names, which are texts, and values by turns")
    values.update(zip(names, pairs[1::2], strict=True))
    algorithm().record(values)


def schedule_function(
    func: Callable[..., Any],
    date_rule: DateRule | None = None,
    time_rule: HourRule | None = None,
    half_days: bool = True,
    calendar: object = None,
) -> None:
    """Call `func(context, data)` on some days, at some hours; only in `initialize`.

    Parameters
    ----------
    func : callable
        What to call.
    date_rule, time_rule : optional
        From `date_rules` and `time_rules`; every day and its first hour by default.
    half_days, calendar
        For zipline's sake: markets here never close.
    """
    scheduler = algorithm().preparing("schedule_function").scheduler
    if func is None:
        raise wrong("func", func, "it has to be a function of (context, data)")
    function("func", func, "context, data")
    scheduler.add(func, date_rule, time_rule)


def set_commission(
    *models: Any,
    maker: float | None = None,
    taker: float | None = None,
    us_equities: Any = None,
    us_futures: object = None,
) -> None:
    """Set what trading costs; only in `initialize`.

    Parameters
    ----------
    *models
        A share of a trade's value (0.001 is 0.1 %), or a model of
        `backdraft.finance.commission`; of several the last counts.
    maker, taker : float, optional
        Catalyst's: shares of a trade's value; one stands for both.
    us_equities, us_futures : optional
        zipline's: the first is a model, and there are no futures.
    """
    trading = algorithm().preparing("set_commission").trading
    models = models if us_equities is None else (*models, us_equities)
    if maker is not None or taker is not None:
        both = [share for share in (maker, taker) if share is not None]
        models = (*models, MakerTaker(both[0], both[-1]))
    for model in models:
        trading.set_commission(model)


def set_slippage(
    *models: Any,
    slippage: float | None = None,
    us_equities: Any = None,
    us_futures: object = None,
) -> None:
    """Set how much worse than on the chart prices are; only in `initialize`.

    Parameters
    ----------
    *models
        A share of the price, or a model of `backdraft.finance.slippage`; of several the
        last counts.
    slippage : float, optional
        Catalyst's: a share of the price.
    us_equities, us_futures : optional
        zipline's: the first is a model, and there are no futures.
    """
    trading = algorithm().preparing("set_slippage").trading
    for model in (*models, slippage, us_equities):
        if model is not None:
            trading.set_slippage(model)


def set_account(margin: Margin) -> None:
    """Let the account borrow coins and cash, on these terms; only in `initialize`.

    Parameters
    ----------
    margin : backdraft.finance.account.Margin
        How much, and what it costs.
    """
    algorithm().preparing("set_account").trading.set_account(margin)


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
    trading = algorithm().preparing("set_trading_rules").trading
    trading.rules[require_asset(asset).symbol] = rules


def set_volume_limit(share: float | None) -> None:
    """Set the most of a bar's volume that orders may take; only in `initialize`.

    Parameters
    ----------
    share : float or None
        A fraction, above 0 and at most 1; what is beyond waits for the next bar.
    """
    algorithm().preparing("set_volume_limit").trading.volume_limit = share


def get_datetime(tz: str | tzinfo | None = None) -> datetime:
    """Return the time of the tick: when its bar closed, UTC unless told otherwise.

    A pandas Timestamp where pandas is installed.
    """
    now = algorithm().now()
    if tz is None:
        return now
    if isinstance(tz, str):
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            tz = ZoneInfo(tz)
        except (ZoneInfoNotFoundError, ValueError):
            rule = "it has to be a time zone such as Europe/Berlin"
            raise OptionError(f"`{tz}` is not a valid tz: {rule}") from None
    if not isinstance(tz, tzinfo):
        raise wrong("tz", tz, "it has to be a tzinfo, or the name of a time zone")
    return now.astimezone(tz)


def get_environment(field: str = "platform") -> Any:
    """Return what is known of the run under zipline's names, or all of it for `*`."""
    return algorithm().environment(field)


def set_benchmark(asset: Asset) -> None:
    """Do nothing: the benchmark is all pairs of the market in equal parts."""


def set_long_only() -> None:
    """Buy with own cash and sell own coins only, which is how accounts begin."""
    algorithm().preparing("set_long_only").trading.set_account(None)
