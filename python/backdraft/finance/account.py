"""What an account may owe."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Margin"]


@dataclass(frozen=True)
class Margin:
    """An account that borrows coins and cash against its equity, so that it may be short.

    Parameters
    ----------
    leverage : float
        How many times its equity it may be exposed after a trade, long and short
        together; 1 borrows no cash.
    maintenance : float
        Below which share of the exposure the equity calls for liquidation: all orders are
        withdrawn, and all positions closed.
    borrow_rate : float
        What borrowed coins and cash cost a year, as a share of their value.
    """

    leverage: float = 1.0
    maintenance: float = 0.25
    borrow_rate: float = 0.0
