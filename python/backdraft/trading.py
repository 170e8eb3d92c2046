"""How a run trades: at which prices orders are filled, and what that costs."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backdraft._arguments import wrong
from backdraft.errors import NotModelled
from backdraft.finance import commission as commissions
from backdraft.finance import slippage as slippages
from backdraft.finance.account import Margin
from backdraft.finance.rules import TradingRules

__all__ = ["Trading", "trading_of"]


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
                rule = "give a share of the value, or use backdraft.finance.commission"
                raise wrong("commission", model, rule)

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
                rule = "give a share of the price, or use backdraft.finance.slippage"
                raise wrong("slippage", model, rule)

    def set_account(self, margin: Margin | None) -> None:
        """Let the account borrow on these terms, or not at all."""
        if margin is not None and not isinstance(margin, Margin):
            raise wrong("account", margin, "use backdraft.finance.account.Margin")
        self.account = margin

    def set_rules(self, rules: Mapping[str, TradingRules] | None) -> None:
        """Keep what the exchange lets be ordered, by pair."""
        rules = {} if rules is None else rules
        rule = "map names of pairs to backdraft.finance.rules.TradingRules"
        if not isinstance(rules, Mapping):
            raise wrong("rules", rules, rule)
        for pair, its in rules.items():
            if not isinstance(pair, str) or not isinstance(its, TradingRules):
                raise wrong("rules", f"{pair}: {its}", rule)
        self.rules = dict(rules)


def trading_of(
    commission: Any,
    slippage: Any,
    fill: str,
    size: str,
    volume_limit: float | None,
    account: Margin | None,
    rules: Mapping[str, TradingRules] | None,
) -> Trading:
    """Return how a run trades that was told this."""
    trading = Trading(fill=fill, size=size, volume_limit=volume_limit)
    trading.set_commission(commission)
    if slippage is not None:
        trading.set_slippage(slippage)
        if volume_limit is not None:
            trading.volume_limit = volume_limit
    trading.set_account(account)
    trading.set_rules(rules)
    return trading


def _warn(what: str) -> None:
    warnings.warn(f"{what} is not in the result", NotModelled, stacklevel=4)
