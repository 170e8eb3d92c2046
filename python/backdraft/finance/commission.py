"""Commission models, in the quote currency; shares are fractions (0.001 is 0.1 %)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MakerTaker", "NoCommission", "PerDollar", "PerShare", "PerTrade"]


@dataclass(frozen=True)
class PerDollar:
    """A share of the value of every trade."""

    cost: float = 0.0015


@dataclass(frozen=True)
class MakerTaker:
    """One share for orders that wait for their price, another for those that do not."""

    maker: float = 0.0015
    taker: float = 0.0025


@dataclass(frozen=True)
class NoCommission:
    """Nothing."""


@dataclass(frozen=True)
class PerShare:
    """A sum a coin, which the engine does not have: setting it warns.

    Parameters
    ----------
    cost : float
        A coin; not modelled above zero.
    min_trade_cost : float
        The least that a trade costs, which is.
    """

    cost: float = 0.001
    min_trade_cost: float = 0.0


@dataclass(frozen=True)
class PerTrade:
    """The same sum for every trade."""

    cost: float = 0.0
