"""The operators of a window: those of the pandas Series that it becomes for them.

They differ in their names alone, so that a loop makes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backdraft._backdraft import Window
from backdraft._frames import series

_ARITHMETIC = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"]
_LOGIC = ["and", "or", "xor"]
_COMPARISONS = ["lt", "le", "eq", "ne", "gt", "ge"]
_OF_ONE = ["neg", "pos", "abs", "invert"]


def _of_two(name: str) -> Callable[[Window, Any], Any]:
    def operator(window: Window, other: Any, /) -> Any:
        other = series(other) if isinstance(other, Window) else other
        return getattr(series(window), name)(other)

    return operator


def _of_one(name: str) -> Callable[[Window], Any]:
    def operator(window: Window, /) -> Any:
        return getattr(series(window), name)()

    return operator


def install() -> None:
    """Give windows their operators."""
    either_side = [*_ARITHMETIC, *_LOGIC]
    for name in [*either_side, *(f"r{name}" for name in either_side), *_COMPARISONS]:
        setattr(Window, f"__{name}__", _of_two(f"__{name}__"))
    for name in _OF_ONE:
        setattr(Window, f"__{name}__", _of_one(f"__{name}__"))
    # What compares value by value has no hash.
    Window.__hash__ = None  # type: ignore[assignment, method-assign]
