"""Where pandas comes in: only when something is asked for that is a pandas object.

Importing pandas takes longer than most runs, so nothing here imports it before it is
needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from backdraft._arguments import asset
from backdraft._backdraft import Asset
from backdraft.errors import NotSupported, WrongType

if TYPE_CHECKING:
    import pandas as pd

    from backdraft._backdraft import Data, Table, Window

HAS_PANDAS = find_spec("pandas") is not None


def pandas(what: str) -> Any:
    """Return the module pandas, or say what it is needed for."""
    if not HAS_PANDAS:
        raise NotSupported(f"{what} needs pandas: pip install pandas")
    import pandas as pd

    return pd


def moment(seconds: int) -> datetime:
    """Return unix seconds as a pandas Timestamp, or as a datetime where pandas is absent."""
    if HAS_PANDAS:
        import pandas as pd

        return pd.Timestamp(seconds, unit="s", tz="UTC")
    return datetime.fromtimestamp(seconds, UTC)


def series(window: Window) -> pd.Series:
    """Return a window as a pandas Series by time."""
    pd = pandas("what a Series can do and a window cannot")
    times = pd.to_datetime(window.times, unit="s", utc=True)
    return pd.Series(window.values, index=times, name=window.asset)


def current(data: Data, assets: Any, fields: Any) -> Any:
    """Return `data.current` of several assets or fields as a Series or DataFrame."""
    pd = pandas("data.current of several assets or fields")
    if isinstance(fields, str):
        assets = _several(assets)
        return pd.Series([data.current(asset, fields) for asset in assets], index=assets)
    fields = _fields(fields)
    if isinstance(assets, Asset):
        return pd.Series([data.current(assets, field) for field in fields], index=fields)
    assets = _several(assets)
    columns = {field: [data.current(asset, field) for asset in assets] for field in fields}
    return pd.DataFrame(columns, index=assets)


def history(data: Data, assets: Any, fields: Any, bar_count: int, frequency: str) -> Any:
    """Return `data.history` of several assets or fields as a DataFrame.

    One column an asset, or one a field; of both, rows by time and asset.
    """
    pd = pandas("data.history of several assets or fields")

    def column(asset: Asset, field: str) -> pd.Series:
        return series(data.history(asset, field, bar_count, frequency))

    if isinstance(fields, str):
        return pd.DataFrame({asset: column(asset, fields) for asset in _several(assets)})
    fields = _fields(fields)
    if isinstance(assets, Asset):
        return pd.DataFrame({field: column(assets, field) for field in fields})
    assets = _several(assets)
    frames = [pd.DataFrame({field: column(asset, field) for field in fields}) for asset in assets]
    return pd.concat(frames, keys=assets, names=["asset", "time"]).swaplevel().sort_index()


def can_trade(data: Data, assets: Iterable[Asset]) -> pd.Series:
    """Return `data.can_trade` of several assets as a Series."""
    assets = _several(assets)
    answers = [data.can_trade(asset) for asset in assets]
    return pandas("data.can_trade of several assets").Series(answers, index=assets)


def _several(assets: Any) -> list[Asset]:
    """Return several assets as a list of them, and nothing else."""
    if isinstance(assets, str) or not isinstance(assets, Iterable):
        assets = [assets]
    return [asset(given) for given in assets]


def _fields(fields: Any) -> list[str]:
    """Return several names of fields as a list of them, and nothing else."""
    fields = list(fields) if isinstance(fields, Iterable) else [fields]
    for field in fields:
        if not isinstance(field, str):
            raise WrongType(f"`{field}` is not the name of a field, such as 'price'")
    return fields


def frame(table: Table) -> pd.DataFrame:
    """Return a table as a DataFrame, its column `time` as the index."""
    pd = pandas("to_pandas")
    columns = {name: table.column(name) for name in table.columns}
    if "time" not in columns:
        return pd.DataFrame(columns)
    index = pd.DatetimeIndex(columns.pop("time"), tz="UTC", name="time")
    return pd.DataFrame(columns, index=index)


def performance(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame that also has `ix`, which pandas no longer has and old algorithms use."""
    pd = pandas("perf")

    class Column(pd.Series):
        _constructor = property(lambda self: Column)
        ix = property(lambda self: self.loc)

    class Performance(pd.DataFrame):
        _constructor = property(lambda self: Performance)
        _constructor_sliced = property(lambda self: Column)
        ix = property(lambda self: self.loc)

    return Performance(frame)
