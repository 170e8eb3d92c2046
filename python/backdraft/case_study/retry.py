"""Calling something again until it works, with a message about every attempt."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["LOGGINGS", "retry_eager", "retry_lazy"]

log = logging.getLogger(__name__)


def retry_eager(
    action: Callable[..., Any],
    attempts: int = 5,
    sleeptime: float = 5.0,
    retry_exceptions: tuple[type[Exception], ...] = (Exception,),
    cleanup: Callable[[], Any] | None = None,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
) -> Any:
    """Call `action`, and tell of it in a message that is formatted in any case.

    The arguments are turned into text at every call, whether or not anybody listens to
    debug messages; nobody does.

    Parameters
    ----------
    action : callable
        What to call.
    attempts : int
        How often, at most.
    sleeptime : float
        Seconds between the first two attempts; half as much again after each.
    retry_exceptions : tuple of exception classes
        After which to try again.
    cleanup : callable, optional
        What to call after a failure.
    args, kwargs
        The arguments of `action`.
    """
    kwargs = kwargs or {}
    message = format_message(action, args, kwargs)
    return _retry(action, attempts, sleeptime, retry_exceptions, cleanup, args, kwargs, message)


def format_message(action: Callable[..., Any], args: Sequence[Any], kwargs: Any) -> str:
    """Return the message about an attempt, some 400 characters; a function to be seen."""
    name = getattr(action, "__name__", action)
    return f"retry: calling {name} with args: {args}, kwargs: {kwargs}, attempt #%d"


def retry_lazy(
    action: Callable[..., Any],
    attempts: int = 5,
    sleeptime: float = 5.0,
    retry_exceptions: tuple[type[Exception], ...] = (Exception,),
    cleanup: Callable[[], Any] | None = None,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
) -> Any:
    """Call `action` as `retry_eager` does, and leave the formatting to the logger."""
    kwargs = kwargs or {}
    name = getattr(action, "__name__", action)
    message = "retry: calling %s with args: %s, kwargs: %s, attempt #%d"
    told = (name, args, kwargs)
    return _retry(
        action, attempts, sleeptime, retry_exceptions, cleanup, args, kwargs, message, told
    )


def _retry(
    action: Callable[..., Any],
    attempts: int,
    sleeptime: float,
    retry_exceptions: tuple[type[Exception], ...],
    cleanup: Callable[[], Any] | None,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    message: str,
    told: tuple[Any, ...] = (),
) -> Any:
    assert callable(action)
    assert cleanup is None or callable(cleanup)
    for attempt in _attempts(attempts, sleeptime):
        tell = log.info if attempt > 1 else log.debug
        tell(message, *told, attempt)
        try:
            return action(*args, **kwargs)
        except retry_exceptions:
            if cleanup is not None:
                cleanup()
            if attempt == attempts:
                log.info("retry: giving up on %s", action)
                raise
    raise AssertionError("the last attempt returns or raises")


def _attempts(attempts: int, sleeptime: float) -> Iterator[int]:
    """Count attempts, and sleep between them."""
    for attempt in range(1, attempts + 1):
        log.debug("attempt %i/%i", attempt, attempts)
        yield attempt
        if attempt < attempts:
            time.sleep(sleeptime)
            sleeptime *= 1.5


LOGGINGS = {"eager": retry_eager, "lazy": retry_lazy}
