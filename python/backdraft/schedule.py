"""When scheduled functions are called: rules for days and for hours of a day.

Days are days of UTC and all are trading days, weeks begin on Monday. The first hour of a
day is the one from 00:00 to 01:00, and is known at its end.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backdraft._arguments import whole, wrong
from backdraft.errors import OptionError

__all__ = ["Scheduler", "date_rules", "time_rules"]


@dataclass(frozen=True)
class DateRule:
    """On which days."""

    holds_on: Callable[[date], bool]


@dataclass(frozen=True)
class HourRule:
    """At which hours of a day, from 0 to 23."""

    holds_at: Callable[[int], bool]


class date_rules:
    """On which days a function is called."""

    @staticmethod
    def every_day() -> DateRule:
        """Return the rule of every day."""
        return DateRule(lambda day: True)

    @staticmethod
    def week_start(days_offset: int = 0) -> DateRule:
        """Return the rule of Mondays, or so many days later."""
        offset = _offset(days_offset, 6)
        return DateRule(lambda day: day.weekday() == offset)

    @staticmethod
    def week_end(days_offset: int = 0) -> DateRule:
        """Return the rule of Sundays, or so many days earlier."""
        offset = _offset(days_offset, 6)
        return DateRule(lambda day: day.weekday() == 6 - offset)

    @staticmethod
    def month_start(days_offset: int = 0) -> DateRule:
        """Return the rule of the first of the month, or so many days later."""
        offset = _offset(days_offset, 27)
        return DateRule(lambda day: day.day == 1 + offset)

    @staticmethod
    def month_end(days_offset: int = 0) -> DateRule:
        """Return the rule of the last of the month, or so many days earlier."""
        offset = _offset(days_offset, 27)
        return DateRule(lambda day: day.day == _days_in_month(day) - offset)


class time_rules:
    """At which hours a function is called."""

    @staticmethod
    def market_open(offset: Any = None, hours: int = 0, minutes: int = 0) -> HourRule:
        """Return the rule of a day's first hour, or so many whole hours later."""
        wanted = _hours(offset, hours, minutes)
        return HourRule(lambda hour: hour == wanted)

    @staticmethod
    def market_close(offset: Any = None, hours: int = 0, minutes: int = 0) -> HourRule:
        """Return the rule of a day's last hour, or so many whole hours earlier."""
        wanted = 23 - _hours(offset, hours, minutes)
        return HourRule(lambda hour: hour == wanted)

    @staticmethod
    def every_hour() -> HourRule:
        """Return the rule of every hour."""
        return HourRule(lambda hour: True)

    #: The tick is an hour, so this is as often as it gets.
    every_minute = every_hour


class Scheduler:
    """Functions with the days and hours at which they are called."""

    def __init__(self, is_daily: bool) -> None:
        self.is_daily = is_daily
        self.entries: list[tuple[Callable[..., Any], DateRule, HourRule]] = []
        self._day = -1
        self._due: list[tuple[Callable[..., Any], HourRule]] = []

    def add(
        self, function: Callable[..., Any], days: DateRule | None, hours: HourRule | None
    ) -> None:
        """Add a function; without rules it is called every day in its first hour."""
        days = date_rules.every_day() if days is None else days
        if not isinstance(days, DateRule):
            raise wrong("date_rule", days, "date_rules has them, such as date_rules.week_start()")
        if not isinstance(hours, HourRule | None):
            raise wrong("time_rule", hours, "time_rules has them, such as time_rules.every_hour()")
        if self.is_daily or hours is None:
            # A daily run has one tick a day, which stands for all its hours.
            hours = time_rules.every_hour() if self.is_daily else time_rules.market_open()
        self.entries.append((function, days, hours))

    def run(self, hour: int, context: Any, data: Any) -> None:
        """Call what is due in the hour of this number since 1970."""
        day, hour_of_day = divmod(hour, 24)
        if day != self._day:
            self._day = day
            today = datetime.fromtimestamp(day * 86_400, UTC).date()
            self._due = [(f, hours) for f, days, hours in self.entries if days.holds_on(today)]
        for function, hours in self._due:
            if hours.holds_at(hour_of_day):
                function(context, data)


def _days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _hours(offset: Any, hours: int, minutes: int) -> int:
    if offset is not None:
        if not isinstance(offset, timedelta):
            raise wrong("offset", offset, "it has to be a timedelta; or write hours=1")
        minutes += int(offset.total_seconds() // 60)
    rule = "it has to be a whole number"
    return _offset(whole("hours", hours, rule) + whole("minutes", minutes, rule) // 60, 23)


def _offset(given: Any, most: int) -> int:
    rule = f"it has to be from 0 to {most}"
    offset = whole("offset", given, rule)
    if not 0 <= offset <= most:
        raise OptionError(f"`{offset}` is not a valid offset: {rule}")
    return offset
