"""Back-test strategies on hourly crypto prices, and see where the time goes.

Examples
--------
>>> import backdraft
>>> result = backdraft.run("sma-cross:fast=24,slow=72", pairs=["btc_usdt"],
...                        start="2016-01", end="2018-01")
>>> result.ticks
17544
"""

from backdraft import _absent, _window
from backdraft._backdraft import Asset, Data, Market, Portfolio, Position, Table, Window
from backdraft._inputs import market
from backdraft.algorithm import run_algorithm
from backdraft.context import Context
from backdraft.errors import (
    DataError,
    Error,
    FileError,
    NotModelled,
    NotOffered,
    NotRunning,
    NotSupported,
    OptionError,
    ProfilerError,
    RangeError,
    TooRich,
    UnknownPair,
    WrongType,
)
from backdraft.profiler import Profile, profile
from backdraft.result import Result
from backdraft.strategies import Strategy, run
from backdraft.sweeps import Sweep, sweep

__all__ = [
    "Asset",
    "Context",
    "Data",
    "DataError",
    "Error",
    "FileError",
    "Market",
    "NotModelled",
    "NotOffered",
    "NotRunning",
    "NotSupported",
    "OptionError",
    "Portfolio",
    "Position",
    "Profile",
    "ProfilerError",
    "RangeError",
    "Result",
    "Strategy",
    "Sweep",
    "Table",
    "TooRich",
    "UnknownPair",
    "Window",
    "WrongType",
    "load_ipython_extension",
    "market",
    "profile",
    "run",
    "run_algorithm",
    "sweep",
]


_absent.install()
_window.install()


def load_ipython_extension(shell: object) -> None:
    """Make `%flame`, `%%flame` and `%%flamediff` known: `%load_ext backdraft`."""
    from backdraft.magics import Flames

    shell.register_magics(Flames)  # type: ignore[attr-defined]
