"""Prices as users have them, to one `Market`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from backdraft import _columns
from backdraft._backdraft import Market
from backdraft.errors import DataError, OptionError

#: Anything that `market` understands.
Prices = Any

_PAIRS = ("symbol", "pair", "asset", "ticker")


def market(
    data: Prices = None, pairs: int | str | Sequence[str] | None = None, seed: int | None = None
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
    if seed is not None:
        raise OptionError(
            f"`{seed}` is not a valid seed: it is of the synthetic market, and there is data"
        )
    if isinstance(data, Market):
        loaded = data
    elif isinstance(data, str | os.PathLike):
        loaded = Market.load([data])
    elif isinstance(data, Sequence) and all(isinstance(p, str | os.PathLike) for p in data):
        loaded = Market.load(list(data))
    elif _is_mapping_of_frames(data):
        loaded = _of_frames(list(data.items()))
    else:
        parts = _by_pair(data)
        if parts is None:
            return _of_frames([(_name(pairs), data)])
        loaded = _of_frames(parts)
    return loaded if pairs is None else loaded.select(pairs)


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
    for name, _ in frames:
        if not isinstance(name, str):
            raise DataError(f"`{name}` is not the name of a pair: write it as btc_usdt")
    return Market.of_frames([(name, _columns.columns(frame, name)) for name, frame in frames])


def _name(pairs: int | Sequence[str] | None) -> str:
    """Return the name of a frame that does not say which pair it is of."""
    if not isinstance(pairs, Sequence) or len(pairs) != 1:
        raise DataError(
            "a frame of prices has to say which pair it is of: give it a column `symbol`, "
            "pass a mapping such as {'btc_usdt': frame}, or name it by pairs=['btc_usdt']"
        )
    return pairs[0]


def _by_pair(frame: Any) -> list[tuple[str, Any]] | None:
    """Split a frame that holds several pairs in a column of their names."""
    frame = _columns.table(frame)
    key = next((c for c in _columns.names(frame) if str(c).lower() in _PAIRS), None)
    if key is None:
        return None
    rows: dict[str, list[int]] = {}
    for row, pair in enumerate(_columns.values(frame, key)):
        if not isinstance(pair, str):
            raise DataError(f"the data, row {row}: `{pair}` in the column `{key}` is not a pair")
        rows.setdefault(pair, []).append(row)
    return [(pair, _columns.take(frame, places)) for pair, places in rows.items()]
