"""The extension below the package: conversion only, no logic."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from os import PathLike
from typing import Any, ClassVar, SupportsFloat, final, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from backdraft.finance.execution import Request, Style, TimeInForce
from backdraft.trading import Trading

__all__ = [
    "Asset",
    "Data",
    "Market",
    "Outcome",
    "Portfolio",
    "Position",
    "Positions",
    "Profile",
    "Sampler",
    "Simulation",
    "Table",
    "Window",
    "cancel_order",
    "open_orders",
    "order",
    "order_bracket",
    "order_one_cancels_other",
    "order_percent",
    "order_target",
    "order_target_percent",
    "order_target_value",
    "order_value",
    "run_native",
    "sweep_native",
]

@final
class Asset:
    """One pair of a market."""

    @property
    def symbol(self) -> str:
        """As the data names it, such as `btc_usdt`."""
    @property
    def sid(self) -> int:
        """Its place in the market, from 0."""
    @property
    def asset_name(self) -> str:
        """As exchanges spell it, such as `BTC/USDT`."""
    @property
    def base_currency(self) -> str: ...
    @property
    def quote_currency(self) -> str: ...
    @property
    def start_date(self) -> datetime:
        """The opening of its first bar."""
    @property
    def end_date(self) -> datetime:
        """The close of its last bar."""
    def __copy__(self) -> Asset: ...
    def __deepcopy__(self, memo: Any, /) -> Asset: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __ge__(self, other: Asset, /) -> bool: ...
    def __gt__(self, other: Asset, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __int__(self) -> int: ...
    def __le__(self, other: Asset, /) -> bool: ...
    def __lt__(self, other: Asset, /) -> bool: ...

@final
class Market:
    """Hourly bars of one or several pairs."""

    @staticmethod
    def embedded(pairs: int | Sequence[str] | None = None, seed: int | None = None) -> Market: ...
    @staticmethod
    def load(paths: Sequence[str | PathLike[str]]) -> Market: ...
    @staticmethod
    def of_frames(frames: Sequence[tuple[str, Any]]) -> Market: ...
    def select(self, pairs: int | Sequence[str]) -> Market:
        """Return the market of some of the pairs: so many, or these."""
    @property
    def assets(self) -> list[Asset]: ...
    def asset(self, name: str) -> Asset: ...
    def bars(self, asset: Asset) -> Table: ...
    @property
    def hours(self) -> tuple[str, str]:
        """The first hour that all pairs have, and the hour after the last."""
    @property
    def source(self) -> str: ...
    @property
    def is_synthetic(self) -> bool: ...
    @property
    def is_daily(self) -> bool: ...
    @property
    def quote_currency(self) -> str: ...
    def __len__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Table:
    """Columns of equal length, which polars, pandas and pyarrow take over by Arrow."""

    @property
    def columns(self) -> list[str]: ...
    def column(self, name: str) -> Any:
        """One column: a NumPy array, or a list of texts."""
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> Any: ...

@final
class Window:
    """The last values of one column; what it lacks of a pandas Series, it does as one."""

    @property
    def asset(self) -> Asset: ...
    @property
    def iloc(self) -> Window: ...
    @property
    def times(self) -> npt.NDArray[np.int64]:
        """When each bar was known, in unix seconds."""
    @property
    def values(self) -> npt.NDArray[np.float64]: ...
    def max(self) -> float: ...
    def mean(self) -> float: ...
    def min(self) -> float: ...
    def std(self, ddof: int = 1) -> float: ...
    def sum(self) -> float: ...
    def to_numpy(self) -> npt.NDArray[np.float64]: ...
    def to_pandas(self) -> pd.Series[float]: ...
    def tolist(self) -> list[float]: ...
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, key: int, /) -> float: ...
    @overload
    def __getitem__(self, key: slice, /) -> Window: ...
    def __iter__(self) -> Iterator[float]: ...
    def __getattr__(self, name: str) -> Any: ...
    def __add__(self, other: Any, /) -> Any: ...
    def __radd__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __rsub__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __rmul__(self, other: Any, /) -> Any: ...
    def __truediv__(self, other: Any, /) -> Any: ...
    def __rtruediv__(self, other: Any, /) -> Any: ...
    def __floordiv__(self, other: Any, /) -> Any: ...
    def __rfloordiv__(self, other: Any, /) -> Any: ...
    def __mod__(self, other: Any, /) -> Any: ...
    def __rmod__(self, other: Any, /) -> Any: ...
    def __pow__(self, other: Any, /) -> Any: ...
    def __rpow__(self, other: Any, /) -> Any: ...
    def __matmul__(self, other: Any, /) -> Any: ...
    def __rmatmul__(self, other: Any, /) -> Any: ...
    def __and__(self, other: Any, /) -> Any: ...
    def __rand__(self, other: Any, /) -> Any: ...
    def __or__(self, other: Any, /) -> Any: ...
    def __ror__(self, other: Any, /) -> Any: ...
    def __xor__(self, other: Any, /) -> Any: ...
    def __rxor__(self, other: Any, /) -> Any: ...
    def __lt__(self, other: Any, /) -> Any: ...
    def __le__(self, other: Any, /) -> Any: ...
    def __gt__(self, other: Any, /) -> Any: ...
    def __ge__(self, other: Any, /) -> Any: ...
    def __eq__(self, other: object, /) -> Any: ...
    def __ne__(self, other: object, /) -> Any: ...
    def __neg__(self) -> Any: ...
    def __pos__(self) -> Any: ...
    def __abs__(self) -> Any: ...
    def __invert__(self) -> Any: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Data:
    """Prices up to the running tick."""

    @overload
    def current(self, assets: Asset, fields: str) -> float: ...
    @overload
    def current(self, assets: Any, fields: Any) -> Any: ...
    @overload
    def history(self, assets: Asset, fields: str, bar_count: int, frequency: str) -> Window: ...
    @overload
    def history(self, assets: Any, fields: Any, bar_count: int, frequency: str) -> Any: ...
    @overload
    def can_trade(self, assets: Asset) -> bool: ...
    @overload
    def can_trade(self, assets: Sequence[Asset]) -> pd.Series[bool]: ...
    def sma(self, asset: Asset, n_bars: int) -> float:
        """Return the mean of the last `n_bars` hourly closes; NaN until there are so many."""
    def rsi(self, asset: Asset, period: int = 14) -> float:
        """Return Wilder's relative strength index, 0 to 100; NaN for the first ten periods."""
    def z_score(self, asset: Asset, n_bars: int) -> float:
        """Return how many standard deviations the last close is from the mean of `n_bars`."""
    @property
    def current_dt(self) -> datetime:
        """When the last bar closed."""
    @property
    def hour(self) -> int:
        """Hours since 1970 of the last closed bar."""

@final
class Portfolio:
    """Cash plus all positions, in the quote currency; only while a tick runs."""

    @property
    def cash(self) -> float: ...
    @property
    def portfolio_value(self) -> float: ...
    @property
    def positions_value(self) -> float: ...
    @property
    def positions_exposure(self) -> float:
        """The value of all positions, short ones counted as long ones."""
    @property
    def starting_cash(self) -> float: ...
    @property
    def pnl(self) -> float: ...
    @property
    def returns(self) -> float:
        """Value over capital, less one."""
    @property
    def capital_used(self) -> float: ...
    @property
    def positions(self) -> Positions: ...

@final
class Positions:
    """What is held, by asset; an asset that is not held has a position of zero."""

    def __getitem__(self, asset: Asset, /) -> Position: ...
    def __contains__(self, asset: Asset, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Asset]: ...
    def get(self, asset: Asset, default: Any = None) -> Any: ...
    def keys(self) -> list[Asset]: ...
    def values(self) -> list[Position]: ...
    def items(self) -> list[tuple[Asset, Position]]: ...

@final
class Position:
    """What is held of one asset, as it was when it was asked for."""

    @property
    def asset(self) -> Asset: ...
    @property
    def sid(self) -> Asset: ...
    @property
    def amount(self) -> float:
        """Coins."""
    @property
    def last_sale_price(self) -> float:
        """The last close, in the quote currency."""
    @property
    def cost_basis(self) -> float:
        """What a coin cost on average, without commission; only while a tick runs."""
    def __getitem__(self, name: str, /) -> Any: ...

@final
class Simulation:
    """A run that is prepared: its market, hours and capital."""

    def __new__(
        cls,
        market: Market,
        capital: float,
        start: str | None = None,
        end: str | None = None,
        is_daily: bool = False,
    ) -> Simulation: ...
    @property
    def data(self) -> Data: ...
    @property
    def portfolio(self) -> Portfolio: ...
    @property
    def n_hours(self) -> int: ...
    @property
    def first_hour(self) -> int: ...
    def run(
        self,
        on_tick: Callable[..., Any],
        context: Any,
        trading: Trading | None = None,
        name: str = "python",
    ) -> Outcome: ...

@final
class Outcome:
    """What came of a run, as the engine has it."""

    @property
    def equity(self) -> Table: ...
    @property
    def fills(self) -> Table: ...
    @property
    def positions(self) -> Table: ...
    @property
    def final_value(self) -> str:
        """In the quote currency, to the last digit."""
    def text(self) -> str: ...
    def html(self) -> str: ...
    def json(self) -> str: ...
    def brief(self) -> str:
        """Return the JSON without what takes longer than the run."""

@final
class Sampler:
    """A sampler of this process."""

    def __new__(
        cls,
        rate: float,
        seed: int,
        max_overhead: float | None = None,
        is_random: bool = True,
    ) -> Sampler: ...
    def start(self) -> None: ...
    def stop(self) -> Profile: ...

@final
class Profile:
    """Stacks with their weights, and how well they were taken."""

    @property
    def functions(self) -> Table: ...
    @property
    def n_samples(self) -> int: ...
    @property
    def quality(self) -> str: ...
    def changes(self, after: Profile) -> Table: ...
    def comparison(self, after: Profile, title: str | None = None) -> str: ...
    @staticmethod
    def require_format(name: str | PathLike[str]) -> None:
        """Refuse a name that says no format."""
    def render(self, name: str | PathLike[str], title: str | None = None) -> bytes: ...
    def root_at(self, part: str) -> Profile: ...
    def share_of(self, part: str) -> tuple[float, float, float]: ...
    def stacks(self) -> list[tuple[list[str], int]]: ...
    def text(self, n_rows: int = 20) -> str: ...

def order(
    asset: Asset,
    amount: SupportsFloat,
    limit_price: float | None = None,
    stop_price: float | None = None,
    style: Style | None = None,
    time_in_force: TimeInForce | None = None,
) -> str | None:
    """Order so many coins; a negative amount sells. Return the order's name."""

def order_value(
    asset: Asset,
    value: SupportsFloat,
    limit_price: float | None = None,
    stop_price: float | None = None,
    style: Style | None = None,
    time_in_force: TimeInForce | None = None,
) -> str | None:
    """Order coins for so much money at the last close."""

def order_percent(
    asset: Asset,
    percent: SupportsFloat,
    limit_price: float | None = None,
    stop_price: float | None = None,
    style: Style | None = None,
    time_in_force: TimeInForce | None = None,
) -> str | None:
    """Order coins for such a fraction of the portfolio's value at the last close."""

def order_target(
    asset: Asset,
    target: SupportsFloat,
    limit_price: float | None = None,
    stop_price: float | None = None,
    style: Style | None = None,
    time_in_force: TimeInForce | None = None,
) -> str | None:
    """Order what is missing to hold `target` coins, in place of what is on order."""

def order_target_value(
    asset: Asset,
    target: SupportsFloat,
    limit_price: float | None = None,
    stop_price: float | None = None,
    style: Style | None = None,
    time_in_force: TimeInForce | None = None,
) -> str | None:
    """Order what is missing to hold coins for `target` of money at the last close."""

def order_target_percent(
    asset: Asset,
    target: SupportsFloat,
    limit_price: float | None = None,
    stop_price: float | None = None,
    style: Style | None = None,
    time_in_force: TimeInForce | None = None,
) -> str | None:
    """Order what is missing to hold such a fraction of the portfolio's value."""

def order_one_cancels_other(*orders: Request) -> list[str]:
    """Order several of which only one is executed, and return their names.

    What one of them fills is taken off the others; when it is done they are withdrawn.
    """

def order_bracket(
    asset: Asset,
    amount: SupportsFloat,
    stop_price: float,
    limit_price: float,
    style: Style | None = None,
    time_in_force: TimeInForce | None = None,
) -> tuple[str, str, str]:
    """Order so many coins, and what closes them again at a loss and at a gain.

    The stop and the limit wait for the first fill of the entry, whose style and time in
    force are given; only one of them is executed. Return the three names.
    """

def cancel_order(id: str) -> None: ...
def open_orders() -> list[
    tuple[
        str,
        int,
        str,
        float,
        float,
        tuple[float | None, float | None],
        int,
        tuple[str, int | None],
    ]
]: ...
def run_native(
    market: Market,
    strategy: str,
    capital: float,
    start: str | None = None,
    end: str | None = None,
    trading: Trading | None = None,
    logging: str | None = None,
    folder_check: str | None = None,
    exchange: str | None = None,
) -> Outcome: ...
def sweep_native(
    market: Market,
    strategies: Sequence[str],
    on_done: Callable[[int, str], Any],
    capital: float,
    start: str | None = None,
    end: str | None = None,
    trading: Trading | None = None,
    threads: int | None = None,
) -> None: ...
