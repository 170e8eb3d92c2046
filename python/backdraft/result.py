"""What came of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backdraft import _frames
from backdraft._backdraft import Outcome, Table
from backdraft._pages import Page, summary_html

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["Result"]

#: Hours in a Julian year, by which the engine annualises.
HOURS_PER_YEAR = 8_766.0


class Result:
    """What came of a run: equity, fills, metrics, and what was recorded.

    For zipline's `analyze` functions it also answers as their DataFrame of performance:
    `result.portfolio_value`, `result['price']`, `result.loc[...]`.

    Attributes
    ----------
    equity : Table
        Every tick: time (when its bar closed), portfolio_value, cash and what a unit of
        the benchmark has become; returns and drawdown as fractions.
    fills : Table
        Everything that was executed, with prices and commissions in the quote currency.
    positions : Table
        What is held at the end.
    recorded : list of (int, dict)
        What `record` kept, with the hour's number since 1970.
    """

    def __init__(
        self,
        outcome: Outcome,
        records: list[tuple[int, dict[str, Any]]] | None = None,
        days: list[int] | None = None,
    ) -> None:
        self.outcome = outcome
        self.recorded = records or []
        self._days = days

    @cached_property
    def equity(self) -> Table:
        """Every tick."""
        return self.outcome.equity

    @cached_property
    def fills(self) -> Table:
        """Everything that was executed."""
        return self.outcome.fills

    @cached_property
    def positions(self) -> Table:
        """What is held at the end."""
        return self.outcome.positions

    @cached_property
    def summary(self) -> dict[str, Any]:
        """All figures, as the command line's JSON has them; shares as fractions."""
        return json.loads(self.outcome.json())

    @property
    def final_value(self) -> float:
        """The equity at the last tick, in the quote currency."""
        return self.summary["final_value"]

    @property
    def total_return(self) -> float:
        """Final value over capital, less one."""
        return self.summary["total_return"]

    @property
    def max_drawdown(self) -> float:
        """The worst fall of the equity from its peak, as a fraction."""
        return self.summary["max_drawdown"]

    @property
    def sharpe(self) -> float | None:
        """Mean return over volatility, annualised; None where it is undefined."""
        return self.summary["sharpe"]

    @property
    def ticks(self) -> int:
        """How many hours were simulated."""
        return self.summary["ticks"]

    def to_polars(self) -> pl.DataFrame:
        """Return the equity of every tick as a polars frame, with what was recorded."""
        import polars as pl

        frame = pl.DataFrame(self.equity)
        if not self.recorded:
            return frame
        rows = [
            {"time": (hour + 1) * 3_600_000_000, **values}
            for hour, values in _merged(self.recorded).items()
        ]
        recorded = pl.DataFrame(rows, infer_schema_length=None).with_columns(
            pl.col("time").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        )
        keep = [name for name in frame.columns if name == "time" or name not in recorded.columns]
        return frame.select(keep).join(recorded, on="time", how="left", maintain_order="left")

    def to_pandas(self) -> pd.DataFrame:
        """Return the equity of every tick by time, with what was recorded."""
        frame = _frames.frame(self.equity)
        if self._days is not None:
            frame = frame.loc[_index(self._days)]
        if self.recorded:
            pd = _frames.pandas("to_pandas")
            rows = _merged(self.recorded)
            recorded = pd.DataFrame(list(rows.values()), index=_index(rows))
            frame = frame.drop(columns=frame.columns.intersection(recorded.columns))
            frame = frame.join(recorded)
        return frame

    @cached_property
    def perf(self) -> pd.DataFrame:
        """The frame that zipline's `analyze` gets: `to_pandas` and zipline's columns."""
        frame = self.to_pandas()
        value = frame["portfolio_value"]
        capital = self.summary["capital"]
        cash = _frames.frame(self.equity)["cash"].loc[frame.index]
        frame["returns"] = value / value.shift(1, fill_value=capital) - 1.0
        benchmark = frame["benchmark"] / frame["benchmark"].shift(1, fill_value=1.0) - 1.0
        a_year = HOURS_PER_YEAR / 24 if self._days is not None else HOURS_PER_YEAR
        mean, spread = frame["returns"].expanding(2).mean(), frame["returns"].expanding(2).std()
        beta = frame["returns"].expanding(2).cov(benchmark) / benchmark.expanding(2).var()
        columns = {
            "starting_cash": capital,
            "ending_cash": cash,
            "ending_value": value - cash,
            "pnl": value.diff().fillna(value.iloc[0] - capital),
            "algorithm_period_return": value / capital - 1.0,
            "benchmark_period_return": frame["benchmark"] - 1.0,
            "treasury_period_return": 0.0,
            "leverage": (value - cash) / value,
            "max_drawdown": -frame["drawdown"].cummax(),
            "sharpe": mean / spread * a_year**0.5,
            "beta": beta,
            "alpha": (mean - beta * benchmark.expanding(2).mean()) * a_year,
            "transactions": self._transactions(frame.index),
        }
        for name, column in columns.items():
            if name not in frame:
                frame[name] = column
        return _frames.performance(frame)

    def _transactions(self, index: pd.DatetimeIndex) -> list[list[dict[str, Any]]]:
        """Return the fills of each tick: those at the opens since the tick before."""
        rows: list[list[dict[str, Any]]] = [[] for _ in index]
        fills = _frames.frame(self.fills).reset_index()
        for fill in fills.to_dict("records"):
            at = index.searchsorted(fill["time"], side="right")
            if at < len(rows):
                rows[at].append(
                    {
                        "dt": fill["time"],
                        "sid": fill["asset"],
                        "amount": fill["amount"],
                        "price": fill["price"],
                        "commission": fill["commission"],
                        "order_id": fill["order"],
                    }
                )
        return rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the equity as an Arrow stream, without a copy."""
        return self.equity.__arrow_c_stream__(requested_schema)

    def plot(self) -> Any:
        """Draw equity against the benchmark, and drawdown, with matplotlib.

        Returns
        -------
        matplotlib.figure.Figure
        """
        import matplotlib.pyplot as plt

        time = self.equity.column("time")
        value = self.equity.column("portfolio_value")
        figure, (above, below) = plt.subplots(
            2, sharex=True, figsize=(9, 5), height_ratios=(3, 1), layout="constrained"
        )
        benchmark = self.equity.column("benchmark") * self.summary["capital"]
        above.plot(time, benchmark, color="0.7", linewidth=1, label="all pairs, held")
        above.plot(time, value, color="#d95f02", linewidth=1.2, label=self.summary["strategy"])
        above.set_ylabel("portfolio value")
        above.legend(frameon=False)
        below.fill_between(time, -100 * self.equity.column("drawdown"), color="#7570b3")
        below.set_ylabel("drawdown, %")
        for axes in (above, below):
            axes.spines[["top", "right"]].set_visible(False)
            axes.margins(x=0)
        return figure

    def tearsheet(self, path: str | Path | None = None) -> Page:
        """Return the command line's page on the run, and write it if there is a path."""
        page = Page(self.outcome.html())
        if path is not None:
            page.save(path)
        return page

    def __str__(self) -> str:
        return self.outcome.text()

    def __repr__(self) -> str:
        it = self.summary
        return (
            f"<Result of {it['strategy']}: {it['final_value']:,.2f} after {it['ticks']:,} "
            f"ticks, {it['fills']:,} fills>"
        )

    def _repr_html_(self) -> str:
        return summary_html(self)

    # What zipline's DataFrame answers.

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not _frames.HAS_PANDAS:
            raise AttributeError(f"a result has no attribute `{name}`")
        return getattr(self.perf, name)

    def __getitem__(self, key: Any) -> Any:
        return self.perf[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.perf[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self.perf

    def __len__(self) -> int:
        return len(self.perf) if self._days is not None else len(self.equity)

    def __bool__(self) -> bool:
        return True

    def __reduce__(self) -> Any:
        raise TypeError("a result cannot be pickled: send its to_polars() or its summary")


def _index(hours: Iterable[int]) -> pd.DatetimeIndex:
    """Return the closes of bars by their hours since 1970."""
    pd = _frames.pandas("to_pandas")
    return pd.to_datetime([(hour + 1) * 3_600 for hour in hours], unit="s", utc=True).as_unit("us")


def _merged(records: list[tuple[int, dict[str, Any]]]) -> dict[int, dict[str, Any]]:
    """Return one row an hour, with a column for every name that was ever recorded."""
    names = dict.fromkeys(name for _, values in records for name in values)
    rows: dict[int, dict[str, Any]] = {}
    for hour, values in records:
        rows.setdefault(hour, dict.fromkeys(names)).update(values)
    return rows
