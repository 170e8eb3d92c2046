"""Strategies as classes, and runs of any: one of Rust by its name, or one of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backdraft import api
from backdraft._arguments import function, wrong
from backdraft._backdraft import Asset, Data, Portfolio, run_native
from backdraft._inputs import Prices, market, time_text
from backdraft.algorithm import Algorithm
from backdraft.finance.account import Margin
from backdraft.finance.rules import TradingRules
from backdraft.result import Result
from backdraft.trading import Trading, trading_of

__all__ = ["Strategy", "run", "run_strategy"]

_RUST_OPTIONS = frozenset(["exchange", "folder_check", "logging"])
_PYTHON_OPTIONS = frozenset(["data_frequency"])


class Strategy:
    """A strategy as a class: override what you need, keep state in attributes.

    Its instance takes the place of `context`: `self.portfolio`, and the functions of
    `backdraft.api`, are there.

    Examples
    --------
    >>> class Half(Strategy):
    ...     def on_tick(self, data):
    ...         for asset in self.assets:
    ...             self.order_target_percent(asset, 0.5 / len(self.assets))
    """

    #: The pairs of the market; set before `initialize`.
    assets: Sequence[Asset]
    #: Cash and positions; only while a tick runs.
    portfolio: Portfolio

    def initialize(self) -> None:
        """Prepare for a run; prices are not known yet."""

    def on_tick(self, data: Data) -> None:
        """Decide at one tick."""

    def analyze(self, result: Result) -> None:
        """Look at the result."""

    def __getattr__(self, name: str) -> Any:
        if name in api.__all__:
            return getattr(api, name)
        raise AttributeError(f"{type(self).__name__} has no attribute `{name}`")


def run(
    strategy: str | Strategy | type[Strategy],
    *,
    data: Prices = None,
    pairs: int | Sequence[str] | None = None,
    seed: int | None = None,
    start: Any = None,
    end: Any = None,
    capital_base: float = 100_000.0,
    commission: Any = 0.001,
    slippage: Any = None,
    fill: str = "next-open",
    size: str = "on-decision",
    volume_limit: float | None = None,
    account: Margin | None = None,
    rules: Mapping[str, TradingRules] | None = None,
    **options: Any,
) -> Result:
    """Run a strategy.

    Parameters
    ----------
    strategy : str or Strategy
        The name of one that is written in Rust (`idle`, `buy-and-hold`, `sma-cross` with
        `:fast=24,slow=72,allocation=0.99` if you like, `mean-reversion`); or a `Strategy`.
    data, pairs, seed, start, end, capital_base
        As for `run_algorithm`.
    commission, slippage, fill, size, volume_limit, account, rules
        As for `run_algorithm`.
    **options
        For Rust strategies `logging` ('eager' or 'lazy'), `folder_check` ('every-call' or
        'once') and `exchange`, which look prices up through the case study's data path;
        for Python ones `data_frequency`.

    Returns
    -------
    Result
    """
    trading = trading_of(commission, slippage, fill, size, volume_limit, account, rules)
    known = _RUST_OPTIONS if isinstance(strategy, str) else _PYTHON_OPTIONS
    if unknown := options.keys() - known:
        kind = "Rust" if isinstance(strategy, str) else "Python"
        raise TypeError(f"run has no argument `{min(unknown)}` for a strategy of {kind}")
    if not isinstance(strategy, str):
        if isinstance(strategy, type) and issubclass(strategy, Strategy):
            strategy = strategy()
        return run_strategy(
            strategy,
            data=data,
            pairs=pairs,
            seed=seed,
            start=start,
            end=end,
            capital_base=capital_base,
            trading=trading,
            **options,
        )
    outcome = run_native(
        market(data, pairs, seed),
        strategy,
        capital_base,
        time_text(start),
        time_text(end),
        trading,
        **options,
    )
    return Result(outcome)


def run_strategy(
    strategy: Strategy,
    *,
    data: Prices = None,
    pairs: int | Sequence[str] | None = None,
    seed: int | None = None,
    start: Any = None,
    end: Any = None,
    capital_base: float = 100_000.0,
    data_frequency: str | None = "hourly",
    trading: Trading,
) -> Result:
    """Run a `Strategy`; the arguments are those of `run_algorithm`."""
    if not isinstance(strategy, Strategy):
        rule = "it has to be a backdraft.Strategy, or the name of a strategy of Rust"
        raise wrong("strategy", strategy, rule)
    kind = type(strategy)
    function("on_tick", kind.on_tick, "self, data")
    algorithm = Algorithm(
        data=data,
        pairs=pairs,
        seed=seed,
        start=start,
        end=end,
        capital_base=capital_base,
        data_frequency=data_frequency,
        trading=trading,
    )
    strategy.assets = algorithm.market.assets
    strategy.portfolio = algorithm.simulation.portfolio
    result = algorithm.run(kind.initialize, kind.on_tick, strategy, kind.__name__)
    algorithm.analyze(strategy.analyze, result)
    return result
