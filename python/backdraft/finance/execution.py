"""Styles of orders: those of zipline under its names, and a trailing stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from backdraft._arguments import wrong
from backdraft._backdraft import Asset
from backdraft.errors import OptionError

__all__ = [
    "LimitOrder",
    "MarketOrder",
    "Request",
    "StopLimitOrder",
    "StopOrder",
    "Style",
    "TimeInForce",
    "TrailingStopOrder",
]


@dataclass(frozen=True)
class MarketOrder:
    """An order that is filled at the next open."""

    limit_price: None = None
    stop_price: None = None


@dataclass(frozen=True)
class LimitOrder:
    """An order to trade at this price, in the quote currency, or a better one."""

    limit_price: float
    stop_price: None = None

    def __post_init__(self) -> None:
        _require(limit_price=self.limit_price)


@dataclass(frozen=True)
class StopOrder:
    """An order that waits until this price, in the quote currency, is reached."""

    stop_price: float
    limit_price: None = None

    def __post_init__(self) -> None:
        _require(stop_price=self.stop_price)


@dataclass(frozen=True)
class StopLimitOrder:
    """A limit order that waits until a price is reached; both in the quote currency."""

    limit_price: float
    stop_price: float

    def __post_init__(self) -> None:
        _require(limit_price=self.limit_price, stop_price=self.stop_price)


@dataclass(frozen=True)
class TrailingStopOrder:
    """An order that waits until the price has come back from its best by so much.

    Parameters
    ----------
    distance : float, optional
        How far, in the quote currency.
    percent : float, optional
        How far, as a share of the best price, above 0 and below 1; one of the two.
    """

    distance: float | None = None
    percent: float | None = None
    limit_price: None = None
    stop_price: None = None

    def __post_init__(self) -> None:
        if (self.distance is None) == (self.percent is None):
            raise OptionError("a trailing stop follows by a distance or by a percent: give one")


#: How an order waits for its price.
Style: TypeAlias = MarketOrder | LimitOrder | StopOrder | StopLimitOrder | TrailingStopOrder

#: How long an order waits: until it is withdrawn (`GTC`), for one bar (`IOC`), for one bar
#: in which all of it is filled or nothing (`FOK`), or until a moment (good till date).
TimeInForce: TypeAlias = str | date


@dataclass(frozen=True)
class Request:
    """One of several orders that are placed together.

    Parameters
    ----------
    asset : Asset
        What to trade.
    amount : float
        Coins; negative for a sale.
    style : Style
        How it waits for its price.
    time_in_force : str or datetime
        How long it waits: `GTC`, `IOC`, `FOK`, or the moment until which it is good.
    """

    asset: Asset
    amount: float
    style: Style = MarketOrder()
    time_in_force: TimeInForce = "GTC"


def _require(**prices: float) -> None:
    """Refuse a style that lacks a price that it waits for."""
    for name, price in prices.items():
        if price is None:
            raise wrong(name, price, "it has to be a price, in the quote currency")
