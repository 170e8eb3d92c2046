"""Algorithms: a run of Python functions on the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backdraft import _frames
from backdraft._arguments import function
from backdraft._backdraft import Data, Simulation
from backdraft._inputs import Prices, market, time_text
from backdraft._running import CURRENT
from backdraft.context import Context
from backdraft.errors import NotRunning, NotSupported, OptionError
from backdraft.finance.account import Margin
from backdraft.finance.rules import TradingRules
from backdraft.result import Result
from backdraft.schedule import Scheduler
from backdraft.trading import Trading, trading_of

__all__ = ["Algorithm", "run_algorithm"]

Function = Callable[..., Any]

#: What zipline and catalyst take beside, and what has no meaning here.
_IGNORED = frozenset(
    [
        "algo_namespace",
        "analyze_live",
        "auth_aliases",
        "base_currency",
        "benchmark_returns",
        "blotter",
        "bundle",
        "bundle_timestamp",
        "custom_loader",
        "default_extension",
        "environ",
        "exchange_name",
        "extensions",
        "live_graph",
        "metrics_set",
        "namespace",
        "output",
        "quote_currency",
        "simulate_orders",
        "stats_output",
        "strict_extensions",
        "trading_calendar",
    ]
)


class Algorithm:
    """One run: the market, the clock, and what the functions of `backdraft.api` set."""

    def __init__(
        self,
        *,
        data: Prices,
        pairs: int | Sequence[str] | None,
        seed: int | None,
        start: Any,
        end: Any,
        capital_base: float,
        data_frequency: str | None,
        trading: Trading,
    ) -> None:
        self.is_daily = _is_daily(data_frequency)
        self.market = market(data, pairs, seed)
        self.simulation = Simulation(
            self.market, capital_base, time_text(start), time_text(end), self.is_daily
        )
        self.trading = trading
        self.scheduler = Scheduler(self.is_daily)
        self.records: list[tuple[int, dict[str, Any]]] = []
        self.last_recorded: dict[str, Any] = {}
        self.days: list[int] = []
        self._is_initializing = True

    def run(self, initialize: Function, handle_data: Function, context: Any, name: str) -> Result:
        """Call `initialize(context)`, and `handle_data(context, data)` at every tick."""
        token = CURRENT.set(self)
        try:
            initialize(context)
            self._is_initializing = False
            on_tick = self._tick(handle_data)
            outcome = self.simulation.run(on_tick, context, self.trading, name)
        finally:
            CURRENT.reset(token)
        days = self.days if self.is_daily else None
        return Result(outcome, self.records, days)

    def analyze(self, analyze: Function, *arguments: Any) -> None:
        """Call `analyze` with the algorithm still there for its context."""
        token = CURRENT.set(self)
        try:
            analyze(*arguments)
        finally:
            CURRENT.reset(token)

    def _tick(self, handle_data: Function) -> Function:
        """Return what is called at every tick: `handle_data` itself, where that will do."""
        scheduler = self.scheduler
        if not scheduler.entries and not self.is_daily:
            return handle_data

        def tick(context: Any, data: Data) -> None:
            hour = data.hour
            if self.is_daily:
                self.days.append(hour)
            scheduler.run(hour, context, data)
            handle_data(context, data)

        return tick

    def record(self, values: dict[str, Any]) -> None:
        """Keep values of this tick."""
        self.last_recorded.update(values)
        self.records.append((self.simulation.data.hour, values))

    def now(self) -> Any:
        """Return the time of the tick; in `initialize`, of the first."""
        if self._is_initializing:
            return _frames.moment((self.simulation.first_hour + 1) * 3_600)
        return self.simulation.data.current_dt

    def preparing(self, what: str) -> Algorithm:
        """Return the run, of which `what` can be said only before its first tick."""
        if not self._is_initializing:
            raise NotRunning(f"{what} can be called only in initialize")
        return self

    def environment(self, field: str) -> Any:
        """Return what `get_environment` says."""
        known = {
            "platform": "backdraft",
            "arena": "backtest",
            "data_frequency": "daily" if self.is_daily else "hourly",
            "start": _frames.moment(self.simulation.first_hour * 3_600),
        }
        if field == "*":
            return known
        if field not in known:
            raise OptionError(
                f"`{field}` is not a valid field: choose one of *, {', '.join(known)}"
            )
        return known[field]


def run_algorithm(
    initialize: Function | None = None,
    handle_data: Function | None = None,
    before_trading_start: Function | None = None,
    analyze: Function | None = None,
    *,
    start: Any = None,
    end: Any = None,
    capital_base: float = 100_000.0,
    data_frequency: str | None = "hourly",
    data: Prices = None,
    pairs: int | Sequence[str] | None = None,
    seed: int | None = None,
    commission: Any = 0.001,
    slippage: Any = None,
    fill: str = "next-open",
    size: str = "on-decision",
    volume_limit: float | None = None,
    account: Margin | None = None,
    rules: Mapping[str, TradingRules] | None = None,
    live: bool = False,
    **ignored: Any,
) -> Result:
    """Run an algorithm of functions, as zipline and catalyst have them.

    Parameters
    ----------
    initialize : callable, optional
        `initialize(context)`, called once, before there are prices.
    handle_data : callable, optional
        `handle_data(context, data)`, called at every tick, when its bar has closed.
    before_trading_start : callable, optional
        `before_trading_start(context, data)`, called in the first hour of every day, UTC.
    analyze : callable, optional
        `analyze(context, result)`, called at the end. The result also answers as
        zipline's DataFrame of performance.
    start, end : str or datetime, optional
        The first hour and the one after the last, UTC: `2016-01`, `2016-01-31` or
        `2016-01-31T06`. Without them, as far as the data goes.
    capital_base : float
        The cash at the beginning, in the quote currency.
    data_frequency : {'hourly', 'daily'}
        How often `handle_data` is called: every hour, or at the end of every day.
    data : optional
        Prices: paths, frames (polars, pandas, Arrow, NumPy) or nothing for the synthetic
        market; see `backdraft.market`.
    pairs : int or list of str, optional
        How many pairs of the data, or which.
    seed : int, optional
        Of the synthetic market.
    commission, slippage : float or model, optional
        Shares of a trade's value (0.001 is 0.1 %), or models of `backdraft.finance`.
        `set_commission` and `set_slippage` overrule them.
    fill : {'next-open', 'next-close', 'close'}
        Where market orders are filled; `close` is that of the deciding bar.
    size : {'on-decision', 'on-fill'}
        When money becomes coins.
    volume_limit : float, optional
        The most of a bar's volume that orders may take, as a fraction.
    account : Margin, optional
        Lets the account be short and owe cash, on the terms of
        `backdraft.finance.account.Margin`; without it, neither.
    rules : mapping of str to TradingRules, optional
        What the exchange lets be ordered, by pair: `backdraft.finance.rules.TradingRules`.
    live : bool
        Not supported.
    **ignored
        What zipline and catalyst take beside: `exchange_name`, `algo_namespace`, `bundle`
        and so on.

    Returns
    -------
    Result

    Raises
    ------
    Error
        In the words of the command line; what the functions raise is passed on as it is.
    """
    unknown = ignored.keys() - _IGNORED
    if unknown:
        raise TypeError(f"run_algorithm has no argument `{min(unknown)}`")
    if live:
        raise NotSupported("live trading is not supported: leave live=True out")
    function("initialize", initialize, "context")
    function("handle_data", handle_data, "context, data")
    function("before_trading_start", before_trading_start, "context, data")
    function("analyze", analyze, "context, result")
    algorithm = Algorithm(
        data=data,
        pairs=pairs,
        seed=seed,
        start=start,
        end=end,
        capital_base=capital_base,
        data_frequency=data_frequency,
        trading=trading_of(commission, slippage, fill, size, volume_limit, account, rules),
    )
    if before_trading_start is not None:
        algorithm.scheduler.add(before_trading_start, None, None)
    context = Context(algorithm)
    handle_data = handle_data or _nothing
    name = getattr(handle_data, "__name__", "python")
    result = algorithm.run(initialize or _nothing, handle_data, context, name)
    if analyze is not None:
        algorithm.analyze(analyze, context, result)
    return result


def _nothing(*_: Any) -> None:
    """Do nothing."""


def _is_daily(data_frequency: str | None) -> bool:
    match data_frequency:
        case None | "hourly" | "hour" | "1h" | "1H":
            return False
        case "daily" | "day" | "1d" | "1D":
            return True
        case "minute" | "minutely":
            raise NotSupported(
                "data_frequency='minute' is not supported, prices are hourly: write 'hourly', "
                "or 'daily' to be called once a day"
            )
    raise OptionError(f"`{data_frequency}` is not a valid data_frequency: choose hourly or daily")
