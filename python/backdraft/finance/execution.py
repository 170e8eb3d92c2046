"""Styles of orders, under zipline's names."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LimitOrder", "MarketOrder", "StopLimitOrder", "StopOrder"]


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


@dataclass(frozen=True)
class StopOrder:
    """An order that waits until this price, in the quote currency, is reached."""

    stop_price: float
    limit_price: None = None


@dataclass(frozen=True)
class StopLimitOrder:
    """A limit order that waits until a price is reached; both in the quote currency."""

    limit_price: float
    stop_price: float
