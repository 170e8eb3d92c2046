"""How a run trades: at which prices orders are filled, and what that costs."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

from backdraft.errors import NotModelled, OptionError
from backdraft.finance import commission as commissions
from backdraft.finance import slippage as slippages
from backdraft.finance.account import Margin
from backdraft.finance.rules import TradingRules

__all__ = ["Trading"]


@dataclass
class Trading:
    """Conventions and costs, as the extension reads them.

    Attributes
    ----------
    commission : tuple
        A model and its numbers.
    min_commission : float
        The least that a trade costs, in the quote currency.
    slippage : tuple
        A model and its number.
    fill : {'next-open', 'next-close', 'close'}
        Where market orders are filled; `close` is that of the deciding bar.
    size : {'on-decision', 'on-fill'}
        When money becomes coins.
    volume_limit : float, optional
        The most of a bar's volume that orders may take, as a fraction.
    account : Margin, optional
        What the account may borrow, and on which terms; nothing by default.
    rules : dict of str to TradingRules
        What the exchange lets be ordered, by pair.
    """

    commission: tuple[str, list[float]] = ("percent", [0.001])
    min_commission: float = 0.0
    slippage: tuple[str, float] = ("none", 0.0)
    fill: str = "next-open"
    size: str = "on-decision"
    volume_limit: float | None = None
    account: Margin | None = None
    rules: dict[str, TradingRules] = field(default_factory=dict)

    def set_commission(self, model: Any) -> None:
        """Charge by a model of `finance.commission`, or a share of a trade's value."""
        self.min_commission = 0.0
        match model:
            case int() | float():
                self.commission = ("percent", [float(model)])
            case commissions.PerDollar(cost):
                self.commission = ("percent", [cost])
            case commissions.MakerTaker(maker, taker):
                self.commission = ("maker-taker", [maker, taker])
            case commissions.NoCommission():
                self.commission = ("percent", [0.0])
            case commissions.PerTrade(cost):
                self.commission = ("fixed", [cost])
            case commissions.PerShare(cost, least):
                if cost:
                    _warn(f"{model}: the engine has no commission by the coin, {cost} a coin")
                self.commission = ("percent", [0.0])
                self.min_commission = least
            case _:
                raise OptionError(
                    f"`{model!r}` is not a valid commission: use backdraft.finance.commission"
                )

    def set_slippage(self, model: Any) -> None:
        """Slip by a model of `finance.slippage`, or a share of the price."""
        match model:
            case int() | float():
                self.slippage = ("percent", float(model))
            case slippages.NoSlippage():
                self.slippage = ("none", 0.0)
            case slippages.FixedSlippage(spread):
                self.slippage = ("fixed", spread / 2)
            case slippages.FixedBasisPointsSlippage(basis_points, limit):
                self.slippage, self.volume_limit = ("percent", basis_points / 10_000), limit
            case slippages.VolumeShareSlippage(limit, impact):
                self.slippage, self.volume_limit = ("volume-share", impact), limit
            case slippages.VolatilitySlippage(deviations):
                self.slippage = ("volatility", deviations)
            case _:
                raise OptionError(
                    f"`{model!r}` is not a valid slippage: use backdraft.finance.slippage"
                )


def _warn(what: str) -> None:
    warnings.warn(f"{what} is not in the result", NotModelled, stacklevel=4)
