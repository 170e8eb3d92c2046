"""Arguments that Python checks: refused in the words in which the extension refuses its own."""

from __future__ import annotations

import inspect
from typing import Any

from backdraft._backdraft import Asset
from backdraft.errors import WrongType

_LONGEST = 80


def wrong(argument: str, given: object, rule: str) -> WrongType:
    """Return the error about an argument of the wrong type."""
    text = str(given)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return WrongType(f"`{text}` is not a valid {argument}: {rule}")


def asset(given: Any) -> Asset:
    """Return an asset, and nothing else."""
    if not isinstance(given, Asset):
        raise WrongType(f"`{given}` is not an asset: symbol('btc_usdt') returns one")
    return given


def whole(argument: str, given: Any, rule: str) -> int:
    """Return a whole number, and nothing else."""
    try:
        return given.__index__()
    except AttributeError:
        raise wrong(argument, given, rule) from None


def function(argument: str, given: Any, parameters: str) -> None:
    """Refuse what cannot be called, or would do nothing when it is; None is no function."""
    if given is None:
        return
    rule = f"it has to be a function of ({parameters})"
    if not callable(given):
        raise wrong(argument, given, rule)
    for lazy in ("iscoroutinefunction", "isgeneratorfunction", "isasyncgenfunction"):
        if getattr(inspect, lazy)(given):
            raise wrong(argument, given, f"{rule}, without async and yield")
