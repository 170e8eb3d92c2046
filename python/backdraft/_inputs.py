"""Prices as users have them, to one `Market`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from backdraft._backdraft import Market
from backdraft.errors import DataError

#: Anything that `market` understands.
Prices = Any

_COLUMNS = ("open", "high", "low", "close", "volume")
_TIMES = ("time", "timestamp", "datetime", "date", "dt", "open_time", "unix", "index")
_PAIRS = ("symbol", "pair", "asset", "ticker")


def market(
    data: Prices = None, pairs: int | Sequence[str] | None = None, seed: int | None = None
) -> Market:
    """Return the market that `data` stands for.

    Parameters
    ----------
    data : optional
        Nothing for the synthetic market that needs no file; a `Market`; a path or a list
        of paths of price files, one pair each; a frame (polars, pandas, Arrow, a NumPy
        record array or a mapping of arrays) with the columns time (the opening of the
        hour, UTC), open, high, low, close, volume, and with a column `symbol` if it holds
        several pairs; or a mapping of names of pairs to such frames.
    pairs : int or list of str, optional
        How many pairs, or which; for a frame without a column `symbol`, its name.
    seed : int, optional
        Of the synthetic market.

    Returns
    -------
    Market
    """
    pairs = [pairs] if isinstance(pairs, str) else pairs
    if data is None:
        return Market.embedded(pairs, seed)
    if isinstance(data, Market):
        return data
    if isinstance(data, str | os.PathLike):
        return Market.load([data], pairs)
    if isinstance(data, Sequence) and all(isinstance(p, str | os.PathLike) for p in data):
        return Market.load(list(data), pairs)
    if _is_mapping_of_frames(data):
        return _of_frames(list(data.items()))
    parts = _by_pair(data)
    if parts is None:
        if not isinstance(pairs, Sequence) or len(pairs) != 1:
            raise DataError(
                "a frame of prices has to say which pair it is of: give it a column `symbol`, "
                "pass a mapping such as {'btc_usdt': frame}, or name it by pairs=['btc_usdt']"
            )
        parts = [(pairs[0], data)]
    return _of_frames(parts)


def time_text(time: Any) -> str | None:
    """Return a time as the engine reads it: `2016-01`, `2016-01-31` or `2016-01-31T06`.

    Texts pass through; a datetime (pandas' Timestamp is one) is taken to UTC, and is UTC
    where it has no zone; a NumPy datetime64 is UTC.
    """
    if time is None or isinstance(time, str):
        return time
    if str(time) == "NaT":
        return "NaT"
    if not isinstance(time, date) and hasattr(time, "astype"):
        time = datetime.fromisoformat(str(time.astype("datetime64[s]")))
    if isinstance(time, datetime):
        if time.tzinfo is not None:
            time = time.astimezone(timezone(timedelta(0)))
        return time.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(time, date):
        return time.isoformat()
    return str(time)


def _is_mapping_of_frames(data: Any) -> bool:
    """Tell a mapping of pairs to frames from one of columns to numbers."""
    return isinstance(data, Mapping) and not {"open", "close"} <= {
        str(name).lower() for name in data
    }


def _of_frames(frames: list[tuple[str, Any]]) -> Market:
    if all(hasattr(frame, "__arrow_c_stream__") and not _is_pandas(frame) for _, frame in frames):
        return Market.from_arrow(frames)
    return Market.from_arrays([(name, _arrays(frame, name)) for name, frame in frames])


def _by_pair(frame: Any) -> list[tuple[str, Any]] | None:
    """Split a frame that holds several pairs in a column of their names."""
    if _is_polars(frame):
        frame = frame.collect() if hasattr(frame, "collect") else frame
        name = next((c for c in frame.columns if c.lower() in _PAIRS), None)
        if name is None:
            return None
        parts = frame.partition_by(name, as_dict=True, maintain_order=True)
        return [(key[0], part.drop(name)) for key, part in parts.items()]
    if _is_pandas(frame):
        name = next((c for c in frame.columns if str(c).lower() in _PAIRS), None)
        if name is None:
            return None
        return [(key, part.drop(columns=name)) for key, part in frame.groupby(name, sort=False)]
    if hasattr(frame, "__arrow_c_stream__") and hasattr(frame, "column_names"):
        name = next((c for c in frame.column_names if c.lower() in _PAIRS), None)
        if name is None:
            return None
        import pyarrow.compute as pc

        pairs = frame.column(name).unique().to_pylist()
        return [(p, frame.filter(pc.equal(frame.column(name), p))) for p in pairs]
    return None


def _arrays(frame: Any, name: str) -> dict[str, Any]:
    """Return a frame's columns as arrays, its times as unix seconds."""
    import numpy as np

    if _is_pandas(frame):
        if not any(str(c).lower() in _TIMES for c in frame.columns):
            frame = frame.rename_axis("time").reset_index()
        columns = {str(c).lower(): frame[c].to_numpy() for c in frame.columns}
        times = frame[next(c for c in frame.columns if str(c).lower() in _TIMES)]
        zone = getattr(getattr(times, "dt", None), "tz", None)
        if zone is not None:
            # Daily bars are stamped with the midnight of their exchange.
            local = times.dt.tz_localize(None)
            is_daily = bool((local == local.dt.normalize()).all())
            times = local if is_daily else times.dt.tz_convert("UTC").dt.tz_localize(None)
        time = times.to_numpy()
    else:
        if hasattr(frame, "dtype") and frame.dtype.names:
            frame = {column: frame[column] for column in frame.dtype.names}
        columns = {str(c).lower(): np.asarray(values) for c, values in frame.items()}
        key = next((c for c in columns if c in _TIMES), None)
        if key is None:
            raise DataError(f"the data of {name} has no column `time`")
        time = columns[key]
    missing = [column for column in _COLUMNS if column not in columns]
    if missing:
        raise DataError(f"the data of {name} has no column `{missing[0]}`")
    arrays = {column: _numbers(columns[column], column, name) for column in _COLUMNS}
    return arrays | {"time": _unix_seconds(time, name)}


def _numbers(values: Any, column: str, name: str) -> Any:
    if values.ndim != 1:
        raise DataError(f"the data of {name} has not one column `{column}`")
    try:
        return values.astype("float64")
    except (TypeError, ValueError) as error:
        problem = f"has a column `{column}` without numbers: {error}"
        raise DataError(f"the data of {name} {problem}") from None


def _unix_seconds(time: Any, name: str) -> Any:
    import numpy as np

    if time.ndim != 1:
        raise DataError(f"the data of {name} has not one column `time`")
    if time.dtype.kind in "OU":
        try:
            time = time.astype("datetime64[s]")
        except (TypeError, ValueError) as error:
            raise DataError(f"the data of {name} has times that cannot be read: {error}") from None
    unknown = np.flatnonzero(~np.isfinite(time))
    if unknown.size:
        raise DataError(f"the data of {name}, row {unknown[0]}: has no time")
    if time.dtype.kind == "M":
        return time.astype("datetime64[s]").astype("int64")
    time = time.astype("int64")
    # Seconds of 2001 are milliseconds of 1970; no market is that old.
    largest = int(abs(time).max(initial=0))
    for scale in (1_000_000_000, 1_000_000, 1_000):
        if largest >= 100_000_000 * scale:
            return time // scale
    return time


def _is_pandas(frame: Any) -> bool:
    return type(frame).__module__.startswith("pandas")


def _is_polars(frame: Any) -> bool:
    return type(frame).__module__.startswith("polars")
