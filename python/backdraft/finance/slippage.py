"""Slippage models: how much worse than on the chart prices are."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "FixedBasisPointsSlippage",
    "FixedSlippage",
    "NoSlippage",
    "VolatilitySlippage",
    "VolumeShareSlippage",
]


@dataclass(frozen=True)
class NoSlippage:
    """None."""


@dataclass(frozen=True)
class FixedSlippage:
    """Half a spread against every trade, in the quote currency."""

    spread: float = 0.0


@dataclass(frozen=True)
class FixedBasisPointsSlippage:
    """So many hundredths of a per cent against every trade.

    `volume_limit` is the most of a bar's volume that orders may take, as a fraction.
    """

    basis_points: float = 5.0
    volume_limit: float = 0.1


@dataclass(frozen=True)
class VolumeShareSlippage:
    """The square of the order's share of the bar's volume, times `price_impact`.

    `volume_limit` is the most of a bar's volume that orders may take, as a fraction.
    """

    volume_limit: float = 0.025
    price_impact: float = 0.1


@dataclass(frozen=True)
class VolatilitySlippage:
    """So many standard deviations of a day's hourly returns against every trade."""

    deviations: float = 0.1
