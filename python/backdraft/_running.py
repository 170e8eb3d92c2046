"""The algorithm that runs: what the functions of `backdraft.api` act on."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from backdraft.errors import NotRunning

if TYPE_CHECKING:
    from backdraft.algorithm import Algorithm

CURRENT: ContextVar[Algorithm | None] = ContextVar("backdraft_algorithm", default=None)


def algorithm() -> Algorithm:
    """Return the algorithm that runs."""
    running = CURRENT.get()
    if running is None:
        raise NotRunning(
            "there is no running algorithm: the functions of backdraft.api can be used only "
            "in the functions that run_algorithm calls"
        )
    return running
