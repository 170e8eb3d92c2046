"""The rules of an exchange on the sizes and prices of a pair."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TradingRules"]


@dataclass(frozen=True)
class TradingRules:
    """What can be ordered of a pair.

    Parameters
    ----------
    min_quantity : float
        The least that can be traded at once, in coins; an order for less is rejected.
    quantity_step : float, optional
        Amounts are multiples of this; what is beyond a multiple is dropped.
    price_step : float, optional
        Prices are multiples of this, the price increment; one between two is rounded
        against the trader.
    """

    min_quantity: float = 0.0
    quantity_step: float | None = None
    price_step: float | None = None
