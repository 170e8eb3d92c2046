"""From "what is this pair worth" to an element of a column, as catalyst went."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backdraft._backdraft import Asset, Market
from backdraft.case_study.folder import FolderCheck

__all__ = ["DataPortal", "TradingPair"]

HOUR = timedelta(hours=1)

#: What prices are multiplied by to be kept as whole numbers.
SCALE = 100_000_000


class ExchangeRequestError(Exception):
    """An exchange did not answer."""


@dataclass(frozen=True, eq=False)
class TradingPair:
    """A pair as an exchange lists it; its text is the long part of every retry message."""

    symbol: str
    exchange: str
    sid: int
    base_currency: str
    quote_currency: str
    start_date: datetime
    end_daily: datetime
    end_minute: datetime
    leverage: float = 1.0
    asset: Asset = field(repr=False, kw_only=True)

    def __repr__(self) -> str:
        return (
            f"TradingPair(symbol={self.symbol}, exchange={self.exchange}, sid={self.sid}, "
            f"base_currency={self.base_currency}, quote_currency={self.quote_currency}, "
            f"start_date={self.start_date}, "
            f"leverage={self.leverage}, decimals=8, end_daily={self.end_daily}, "
            f"end_minute={self.end_minute})"
        )


class BarReader:
    """Columns of whole numbers, read one element at a time."""

    def __init__(self, market: Market) -> None:
        self._columns: dict[tuple[int, str], list[int]] = {}
        self._recent: OrderedDict[tuple[int, str], list[int]] = OrderedDict()
        self._first: dict[int, datetime] = {}
        for asset in market.assets:
            bars = market.bars(asset)
            self._first[asset.sid] = asset.start_date
            for name in ("open", "high", "low", "close"):
                prices = (bars.column(name) * SCALE).round().astype("int64")
                self._columns[asset.sid, name] = prices.tolist()

    def get_value(self, sid: int, dt: datetime, field: str) -> float:
        """Return one price of the bar that opened at `dt`."""
        place = (dt - self._first[sid]) // HOUR
        column = self._column(sid, field)
        return column[place] / SCALE

    def _column(self, sid: int, field: str) -> list[int]:
        """Return a column, which stays open with those used last."""
        key = (sid, field)
        try:
            self._recent.move_to_end(key)
            return self._recent[key]
        except KeyError:
            column = self._recent[key] = self._columns[key]
            if len(self._recent) > 1_550:
                self._recent.popitem(last=False)
            return column


class ExchangeBundle:
    """The data of one exchange; its open readers are kept by the path of their folder."""

    def __init__(self, exchange: str, market: Market, folder_of: FolderCheck) -> None:
        self.exchange = exchange
        self._folder_of = folder_of
        self._readers = {self._path("hourly"): BarReader(market)}

    def get_reader(self, frequency: str) -> BarReader:
        """Return the reader of a frequency. The folder is computed for its name alone."""
        return self._readers[self._path(frequency)]

    def get_spot_values(
        self, assets: Sequence[TradingPair], field: str, dt: datetime, frequency: str
    ) -> list[float]:
        """Return the prices of some pairs at one time."""
        reader = self.get_reader(frequency)
        return [reader.get_value(asset.sid, dt, field) for asset in assets]

    def _path(self, frequency: str) -> str:
        folder = self._folder_of(self.exchange)
        return os.path.join(folder, f"{frequency}_bundle")  # noqa: PTH118


class DataPortal:
    """Where everybody asks for prices."""

    def __init__(
        self, exchange: str, market: Market, retry: Callable[..., Any], folder_of: FolderCheck
    ) -> None:
        self._retry = retry
        self._bundles = {exchange: ExchangeBundle(exchange, market, folder_of)}
        self.pairs = {asset: _trading_pair(asset, exchange) for asset in market.assets}

    def get_spot_value(self, asset: TradingPair, field: str, dt: datetime, freq: str) -> float:
        """Return a price, asking again when the exchange does not answer."""
        if field == "price":
            field = "close"
        return self._retry(
            action=self._get_spot_value,
            attempts=5,
            sleeptime=5,
            retry_exceptions=(ExchangeRequestError,),
            cleanup=lambda: None,
            args=(asset, field, dt, freq),
        )

    def _get_spot_value(self, asset: TradingPair, field: str, dt: datetime, freq: str) -> float:
        if isinstance(asset, TradingPair):
            return self.get_exchange_spot_value(asset.exchange, [asset], field, dt, freq)[0]
        raise TypeError(f"{asset!r} is no trading pair")

    def get_exchange_spot_value(
        self, exchange: str, assets: Sequence[TradingPair], field: str, dt: datetime, freq: str
    ) -> list[float]:
        """Return the prices of some pairs of one exchange."""
        bundle = self._bundles[exchange]
        opened = dt.replace(minute=0, second=0, microsecond=0) - HOUR
        return bundle.get_spot_values(assets, field, opened, freq)


def _trading_pair(asset: Asset, exchange: str) -> TradingPair:
    return TradingPair(
        symbol=asset.symbol,
        exchange=exchange,
        sid=asset.sid,
        base_currency=asset.base_currency,
        quote_currency=asset.quote_currency,
        start_date=asset.start_date,
        end_daily=asset.end_date,
        end_minute=asset.end_date,
        asset=asset,
    )
