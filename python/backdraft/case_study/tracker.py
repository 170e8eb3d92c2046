"""The book-keeping of a catalyst back-test: far more than anybody reads, at every tick."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backdraft._backdraft import Portfolio
from backdraft.case_study.portal import DataPortal, TradingPair

__all__ = ["PerformanceTracker"]

HOURS_PER_YEAR = 8_766.0


@dataclass
class TrackedPosition:
    """A position, as the tracker keeps it beside the engine's."""

    asset: TradingPair
    amount: float
    last_sale_price: float = 0.0
    last_sale_date: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "sid": self.asset,
            "amount": self.amount,
            "last_sale_price": self.last_sale_price,
        }


@dataclass(frozen=True)
class Stats:
    """Sums over all positions."""

    gross_value: float
    net_value: float
    long_value: float
    short_value: float
    longs_count: int
    shorts_count: int


@dataclass
class Period:
    """What a period began with, and where it is."""

    starting_cash: float
    starting_value: float = 0.0
    ending_cash: float = 0.0
    ending_value: float = 0.0
    pnl: float = 0.0
    returns: float = 0.0

    def update(self, cash: float, stats: Stats) -> None:
        """Take in where it is."""
        began_with = self.starting_cash + self.starting_value
        self.ending_cash = cash
        self.ending_value = stats.net_value
        self.pnl = cash + stats.net_value - began_with
        self.returns = self.pnl / began_with if began_with else 0.0

    def to_dict(self, stats: Stats) -> dict[str, Any]:
        """Return what is kept of it."""
        value = self.ending_cash + self.ending_value
        return {
            "starting_cash": self.starting_cash,
            "starting_value": self.starting_value,
            "ending_cash": self.ending_cash,
            "ending_value": self.ending_value,
            "portfolio_value": value,
            "pnl": self.pnl,
            "returns": self.returns,
            "capital_used": self.ending_cash - self.starting_cash,
            "gross_leverage": stats.gross_value / value if value else 0.0,
            "net_leverage": stats.net_value / value if value else 0.0,
            "long_value": stats.long_value,
            "short_value": stats.short_value,
            "long_exposure": stats.long_value,
            "short_exposure": stats.short_value,
            "longs_count": stats.longs_count,
            "shorts_count": stats.shorts_count,
        }


class Risk:
    """Risk over the days so far, computed afresh at every tick, as catalyst's was."""

    def __init__(self) -> None:
        self.daily: list[float] = []
        self._day = -1
        self._before = 0.0

    def update(self, day: int, value: float) -> dict[str, float]:
        """Take in the value of the account and return the metrics."""
        if day != self._day:
            self._day, self._before = day, value
            self.daily.append(0.0)
        self.daily[-1] = value / self._before - 1.0 if self._before else 0.0
        n_days = len(self.daily)
        mean = math.fsum(self.daily) / n_days
        squares = math.fsum([(change - mean) ** 2 for change in self.daily])
        falls = math.fsum([change * change for change in self.daily if change < 0.0])
        volatility = math.sqrt(squares / max(1, n_days - 1))
        downside = math.sqrt(falls / n_days)
        return {
            "mean": mean,
            "algo_volatility": volatility * math.sqrt(365.25),
            "sharpe": mean / volatility * math.sqrt(365.25) if volatility else 0.0,
            "sortino": mean / downside * math.sqrt(365.25) if downside else 0.0,
        }


class PerformanceTracker:
    """Keeps positions, periods and risk, and a record of every tick for ever."""

    def __init__(self, portal: DataPortal, capital: float) -> None:
        self.portal = portal
        self.positions: dict[TradingPair, TrackedPosition] = {}
        self.cumulative = Period(capital)
        self.today = Period(capital)
        self.risk = Risk()
        self.records: list[dict[str, Any]] = []
        self.n_lookups = 0
        self._day = -1

    def handle_tick(self, portfolio: Portfolio, dt: datetime, hour: int) -> None:
        """Mark every position, add up everything, and keep all of it."""
        self._sync_positions(portfolio)
        self._sync_last_sale_prices(dt)
        cash = portfolio.cash
        self._roll_day(hour // 24)
        for period in (self.cumulative, self.today):
            period.update(cash, self._stats())
        value = cash + self.cumulative.ending_value
        risk = self.risk.update(hour // 24, value)
        self.records.append(
            {
                "period_close": dt,
                "cumulative_perf": self.cumulative.to_dict(self._stats()),
                "daily_perf": self.today.to_dict(self._stats()),
                "cumulative_risk_metrics": risk,
                "positions": [position.to_dict() for position in self.positions.values()],
            }
        )

    def _sync_positions(self, portfolio: Portfolio) -> None:
        held = {self.portal.pairs[asset]: it.amount for asset, it in portfolio.positions.items()}
        for pair in self.positions.keys() - held.keys():
            del self.positions[pair]
        for pair, amount in held.items():
            position = self.positions.get(pair)
            if position is None:
                self.positions[pair] = TrackedPosition(pair, amount)
            else:
                position.amount = amount

    def _sync_last_sale_prices(self, dt: datetime) -> None:
        """Look up every price through the portal, one by one."""
        for pair, position in self.positions.items():
            price = self.portal.get_spot_value(pair, "price", dt, "hourly")
            position.last_sale_price = price
            position.last_sale_date = dt
            self.n_lookups += 1

    def _roll_day(self, day: int) -> None:
        if day != self._day:
            self._day = day
            self.today = Period(self.today.ending_cash, self.today.ending_value)

    def _stats(self) -> Stats:
        values = [it.amount * it.last_sale_price for it in self.positions.values()]
        longs = [value for value in values if value > 0.0]
        shorts = [value for value in values if value < 0.0]
        return Stats(
            gross_value=sum(abs(value) for value in values),
            net_value=sum(values),
            long_value=sum(longs),
            short_value=sum(shorts),
            longs_count=len(longs),
            shorts_count=len(shorts),
        )
