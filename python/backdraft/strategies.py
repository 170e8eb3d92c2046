"""Runs of any strategy: one of Rust by its name, or one of Python as an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backdraft._backdraft import run_native
from backdraft._inputs import Prices, market, time_text
from backdraft.algorithm import Strategy, run_strategy, trading_of
from backdraft.finance.account import Margin
from backdraft.finance.rules import TradingRules
from backdraft.result import Result

__all__ = ["run"]


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
    if not isinstance(strategy, str):
        if isinstance(strategy, type):
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
        time_text(start),
        time_text(end),
        capital_base,
        trading,
        **options,
    )
    return Result(outcome)
