"""Many runs of one strategy with different parameters.

A strategy of Rust runs on all cores within this process. One of Python runs in other
processes, through any `concurrent.futures.Executor`: the local one by default, Dask's
`client.get_executor()`, Ray's, ipyparallel's.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backdraft._arguments import wrong
from backdraft._backdraft import sweep_native
from backdraft._distribution import Parameters, distribute
from backdraft._inputs import Prices, market, time_text
from backdraft.errors import OptionError
from backdraft.finance.account import Margin
from backdraft.finance.rules import TradingRules
from backdraft.strategies import Strategy
from backdraft.trading import trading_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["Sweep", "sweep"]


@dataclass(frozen=True)
class Sweep:
    """The results of a sweep, in the order of the parameters.

    Attributes
    ----------
    parameters : list of dict
        What was varied.
    summaries : list of dict
        The figures of each run, as `Result.summary` has them.
    """

    parameters: list[dict[str, Any]]
    summaries: list[dict[str, Any]]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One flat row a run: its parameters, then its figures."""
        flat = (int, float, str, bool, type(None))
        return [
            parameters | {k: v for k, v in summary.items() if isinstance(v, flat)}
            for parameters, summary in zip(self.parameters, self.summaries, strict=True)
        ]

    def best(self, objective: str = "sharpe") -> dict[str, Any]:
        """Return the row in which a figure is largest; undefined ones come last.

        Raises
        ------
        OptionError
            When there is no row, or no such figure.
        """
        rows = self.rows
        if not rows:
            raise OptionError("an empty sweep has no best run: give each parameter a value")

        def rank(row: dict[str, Any]) -> float:
            value = row.get(objective)
            return -math.inf if value is None else value

        figures = [name for name in rows[0] if any(_is_figure(row.get(name)) for row in rows)]
        if objective not in figures:
            rule = f"choose one of {', '.join(figures)}"
            raise OptionError(f"`{objective}` is not a valid objective: {rule}")
        return max(rows, key=rank)

    def to_polars(self) -> pl.DataFrame:
        """Return the rows as a polars frame."""
        import polars as pl

        return pl.DataFrame(self.rows, infer_schema_length=None)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame."""
        import pandas as pd

        return pd.DataFrame(self.rows)

    def __len__(self) -> int:
        return len(self.parameters)

    def __repr__(self) -> str:
        return f"<Sweep of {len(self):,} runs>"


def sweep(
    strategy: str | Callable[..., Strategy],
    params: Mapping[str, Iterable[Any]] | Sequence[Parameters],
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
    executor: Executor | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Sweep:
    """Run a strategy once for each set of parameters.

    Parameters
    ----------
    strategy : str or callable
        The name of a Rust strategy, such as `sma-cross`; or whatever makes a `Strategy`
        of the parameters, most simply its class.
    params : mapping or sequence of mappings
        For each parameter its values, of which all combinations are run; or the
        combinations themselves.
    data, pairs, seed, start, end, capital_base
        As for `run_algorithm`.
    commission, slippage, fill, size, volume_limit, account, rules
        As for `run_algorithm`.
    executor : concurrent.futures.Executor, optional
        Where Python strategies run; local processes, one a core, by default.
    threads : int, optional
        How many runs of a Rust strategy go on at a time; one a core by default.
    progress : bool, optional
        Whether to show a bar, for which tqdm has to be installed; by default where it is,
        and standard error is a terminal.

    Returns
    -------
    Sweep
        The same whatever the executor and the number of threads.
    """
    points = _points(params)
    if not isinstance(strategy, str) and not callable(strategy):
        raise wrong("strategy", strategy, "it has to be the name of one of Rust, or a class")
    if executor is not None and not hasattr(executor, "submit"):
        raise wrong("executor", executor, "it has to be a concurrent.futures.Executor")
    prices = market(data, pairs, seed)
    trading = trading_of(commission, slippage, fill, size, volume_limit, account, rules)
    run = (capital_base, time_text(start), time_text(end), trading)
    summaries: list[dict[str, Any] | None] = [None] * len(points)
    with _bar(len(points), progress) as step:
        if isinstance(strategy, str):
            if executor is not None:
                raise OptionError(
                    f"`executor` is not for {strategy}: a Rust strategy runs on all cores "
                    "without one"
                )

            def done(place: int, summary: str) -> None:
                summaries[place] = json.loads(summary)
                step()

            names = [_spell(strategy, point) for point in points]
            sweep_native(prices, names, done, *run, threads)
        else:
            if threads is not None:
                raise OptionError(
                    "`threads` is not for strategies of Python: they run in the processes of "
                    "an executor, such as executor=ProcessPoolExecutor(4)"
                )
            for place, summary in distribute(strategy, points, prices, run, executor):
                summaries[place] = summary
                step()
    return Sweep(points, [summary for summary in summaries if summary is not None])


def _points(params: Mapping[str, Iterable[Any]] | Sequence[Parameters]) -> list[dict[str, Any]]:
    rule = "map names to lists of values, or list mappings of names to values"
    if isinstance(params, Mapping):
        for name, values in params.items():
            if isinstance(values, str) or not isinstance(values, Iterable):
                raise wrong(f"list of values for `{name}`", values, rule)
        combinations = itertools.product(*params.values())
        return [dict(zip(params, values, strict=True)) for values in combinations]
    if not isinstance(params, Iterable) or isinstance(params, str):
        raise wrong("params", params, rule)
    points = list(params)
    for point in points:
        if not isinstance(point, Mapping):
            raise wrong("params", point, rule)
    return [dict(point) for point in points]


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _spell(name: str, point: Parameters) -> str:
    """Return a Rust strategy with its parameters, as the command line has it."""
    if not point:
        return name
    return f"{name}:" + ",".join(f"{key}={value}" for key, value in point.items())


class _bar:
    """A progress bar, or nothing, as a context whose value is called at each step."""

    def __init__(self, total: int, wanted: bool | None) -> None:
        self.bar = None
        if wanted is not False:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                return
            # None lets tqdm look for a terminal.
            self.bar = tqdm(total=total, unit="run", disable=None if wanted is None else False)

    def __enter__(self) -> Callable[[], Any]:
        return self.bar.update if self.bar is not None else lambda: None

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()
