"""Frames of whichever library, as the columns that a market is made of.

Arrow reads its own columns in the extension; the others become NumPy arrays here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from numbers import Real
from typing import Any

from backdraft.errors import DataError

_COLUMNS = ("open", "high", "low", "close", "volume")
#: The names of the column of times; of several the first of these counts.
_TIMES = ("time", "timestamp", "datetime", "date", "dt", "open_time", "unix", "index")


def table(frame: Any) -> Any:
    """Return a frame as one that can be asked for its columns, or say that it is none."""
    if _is_pandas(frame) and hasattr(frame, "columns"):
        return _with_index(frame)
    if _is_polars(frame) and hasattr(frame, "collect"):
        return frame.collect()
    if _is_polars(frame) and hasattr(frame, "columns"):
        return frame
    if _is_arrow(frame):
        return frame.read_all() if hasattr(frame, "read_all") else frame
    if isinstance(frame, Mapping) or _record_names(frame):
        return frame
    raise DataError(
        f"`{type(frame).__name__}` is not a frame of prices: pass paths, a frame of polars, "
        "pandas, Arrow or NumPy, or a mapping of names of pairs to frames"
    )


def names(frame: Any) -> list[Any]:
    """Return the names of a table's columns; of foreign Arrow tables none are known."""
    if isinstance(frame, Mapping):
        return list(frame)
    if _is_pandas(frame) or _is_polars(frame):
        return list(frame.columns)
    return _record_names(frame) or list(getattr(getattr(frame, "schema", None), "names", ()))


def values(frame: Any, name: Any) -> Iterable[Any]:
    """Return a table's column as values of Python."""
    column = frame[name]
    for convert in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, convert):
            return getattr(column, convert)()
    return column


def take(frame: Any, rows: Sequence[int]) -> Any:
    """Return some rows of a table."""
    if _is_pandas(frame):
        return frame.iloc[rows]
    if _is_arrow(frame):
        return frame.take(rows)
    if isinstance(frame, Mapping):
        import numpy as np

        return {name: np.asarray(column)[rows] for name, column in frame.items()}
    return frame[rows]


def columns(frame: Any, name: str) -> Any:
    """Return an Arrow table as it is; of another its columns, its times as unix seconds."""
    import numpy as np

    frame = table(frame)
    if _is_polars(frame) or _is_arrow(frame):
        return frame
    found: dict[str, Any] = {}
    for key in names(frame):
        column = str(key).lower()
        if column in found and column in (*_COLUMNS, *_TIMES):
            raise DataError(f"the data of {name} has two columns `{column}`")
        found[column] = frame[key]
    time = next((key for key in _TIMES if key in found), "time")
    for column in (time, *_COLUMNS):
        if column not in found:
            raise DataError(f"the data of {name} has no column `{column}`")
    times = _of_pandas(found[time]) if _is_pandas(frame) else np.asarray(found[time])
    arrays = {column: _numbers(np.asarray(found[column]), column, name) for column in _COLUMNS}
    return arrays | {"time": _unix_seconds(times, name)}


def _with_index(frame: Any) -> Any:
    """Return a pandas frame with its index as a column, or as columns if it has levels."""
    if frame.index.nlevels > 1:
        return frame.reset_index()
    has_time = any(str(column).lower() in _TIMES for column in frame.columns)
    if has_time or type(frame.index).__name__ == "RangeIndex":
        return frame
    return frame.rename_axis("time").reset_index()


def _of_pandas(times: Any) -> Any:
    """Return a pandas column of times as an array, in UTC."""
    if times.dtype.kind == "O" and hasattr(times, "dt") and hasattr(times.dt, "to_timestamp"):
        times = times.dt.to_timestamp()
    zone = getattr(getattr(times, "dt", None), "tz", None)
    if zone is not None:
        # Daily bars are stamped with the midnight of their exchange.
        local = times.dt.tz_localize(None)
        is_daily = bool((local == local.dt.normalize()).all())
        times = local if is_daily else times.dt.tz_convert("UTC").dt.tz_localize(None)
    return times.to_numpy()


def _numbers(column: Any, what: str, name: str) -> Any:
    if column.ndim != 1:
        raise DataError(f"the data of {name} has not one column `{what}`")
    try:
        if column.dtype.kind in "cmM":
            raise TypeError(f"they are {column.dtype}")
        return column.astype("float64")
    except (TypeError, ValueError) as error:
        problem = f"has a column `{what}` without numbers: {error}"
        raise DataError(f"the data of {name} {problem}") from None


def _unix_seconds(time: Any, name: str) -> Any:
    import numpy as np

    if time.ndim != 1:
        raise DataError(f"the data of {name} has not one column `time`")
    if time.dtype.kind not in "Miuf":
        seconds = [_seconds(value, row, name) for row, value in enumerate(time.tolist())]
        time = np.array(seconds, dtype="float64")
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


def _seconds(time: Any, row: int, name: str) -> float:
    """Return one time as unix seconds: a text, a datetime (UTC without a zone), a number."""
    if time is None or str(time) in {"NaT", "<NA>", "nan", "None"}:
        return float("nan")
    if isinstance(time, Real) and not isinstance(time, bool):
        return float(time)
    try:
        if not isinstance(time, date):
            time = datetime.fromisoformat(str(time))
    except ValueError as error:
        problem = f"has times that cannot be read: row {row}, {error}"
        raise DataError(f"the data of {name} {problem}") from None
    if not isinstance(time, datetime):
        time = datetime(time.year, time.month, time.day)
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).timestamp()


def _is_arrow(frame: Any) -> bool:
    return hasattr(frame, "__arrow_c_stream__") and not (_is_pandas(frame) or _is_polars(frame))


def _record_names(frame: Any) -> list[str]:
    """Return the columns of a NumPy record array, and nothing of anything else."""
    return list(getattr(getattr(frame, "dtype", None), "names", None) or ())


def _is_pandas(frame: Any) -> bool:
    return type(frame).__module__.startswith("pandas")


def _is_polars(frame: Any) -> bool:
    return type(frame).__module__.startswith("polars")
