"""What stands around a strategy at every tick, with the two switches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from backdraft._backdraft import Data, Market
from backdraft.case_study.folder import FOLDER_CHECKS
from backdraft.case_study.portal import DataPortal
from backdraft.case_study.retry import LOGGINGS
from backdraft.case_study.tracker import PerformanceTracker

__all__ = ["Path"]


class Path:
    """Catalyst's per-tick path around a strategy.

    Parameters
    ----------
    market : Market
        Where the prices come from.
    capital : float
        The cash at the beginning, in the quote currency.
    logging : {'eager', 'lazy'}
        When retry messages are formatted.
    folder_check : {'every-call', 'lru-cache', 'weak-memo'}
        How the exchange's folder is remembered.
    """

    def __init__(self, market: Market, capital: float, logging: str, folder_check: str) -> None:
        retry, folder_of = LOGGINGS[logging], FOLDER_CHECKS[folder_check]()
        self.portal = DataPortal("poloniex", market, retry, folder_of)
        self.tracker = PerformanceTracker(self.portal, capital)

    def around(self, handle_data: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does at every tick what catalyst did around a strategy."""

        def every_tick(context: Any, data: Data) -> None:
            hour = data.hour
            now = datetime.fromtimestamp((hour + 1) * 3_600, UTC)
            handle_data(context, data)
            self.tracker.handle_tick(context.portfolio, now, hour)

        return every_tick
