"""What an algorithm of functions is given to keep things in: `context`."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from backdraft import api
from backdraft._backdraft import Portfolio

if TYPE_CHECKING:
    from backdraft.algorithm import Algorithm

__all__ = ["Context"]


class Context:
    """What an algorithm keeps from tick to tick; set any attribute.

    The functions of `backdraft.api` are its methods as well.

    Attributes
    ----------
    portfolio : Portfolio
        Cash and positions; only while a tick runs.
    """

    def __init__(self, algorithm: Algorithm) -> None:
        self.portfolio: Portfolio = algorithm.simulation.portfolio
        self._algorithm = algorithm

    if TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        if name in api.__all__:
            return getattr(api, name)
        raise AttributeError(f"context has no attribute `{name}`; set it in initialize")

    @property
    def account(self) -> SimpleNamespace:
        """The portfolio's share that is invested, under zipline's names.

        `leverage` counts short positions as long ones, `net_leverage` against them.
        """
        value = self.portfolio.portfolio_value
        parts = (self.portfolio.positions_exposure, self.portfolio.positions_value)
        leverage, net = (part / value if value else 0.0 for part in parts)
        return SimpleNamespace(leverage=leverage, net_leverage=net, net_liquidation=value)

    @property
    def blotter(self) -> SimpleNamespace:
        """The open orders, under zipline's name."""
        return SimpleNamespace(open_orders=api.get_open_orders())

    @property
    def datetime(self) -> Any:
        """The time of the tick."""
        return self._algorithm.now()

    @property
    def exchanges(self) -> Mapping[str, SimpleNamespace]:
        """The market, under catalyst's name for it."""
        quote = self._algorithm.market.quote_currency
        name = self._algorithm.market.source
        return {name: SimpleNamespace(name=name, base_currency=quote, quote_currency=quote)}

    @property
    def recorded_vars(self) -> dict[str, Any]:
        """The values recorded last."""
        return self._algorithm.last_recorded
