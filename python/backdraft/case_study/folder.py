"""Where an exchange's data lies, and three ways of remembering it."""

from __future__ import annotations

import functools
import itertools
import os
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from typing import Any

__all__ = ["FOLDER_CHECKS", "ensure_directory", "get_exchange_folder"]

FolderCheck = Callable[[str], str]


def data_root(environ: Mapping[str, str] | None = None) -> str:
    """Return the folder of all data: `$BACKDRAFT_ROOT`, or one at home."""
    environ = os.environ if environ is None else environ
    root = environ.get("BACKDRAFT_ROOT")
    if root is None:
        root = os.path.expanduser("~/.backdraft")  # noqa: PTH111 - as the talk's program does
    return os.path.join(root, "data")  # noqa: PTH118


def ensure_directory(path: str) -> None:
    """Make a folder, and find at nearly every call that it is there."""
    try:
        os.makedirs(path)  # noqa: PTH103
    except OSError:
        if not os.path.isdir(path):  # noqa: PTH112
            raise


def get_exchange_folder(exchange: str) -> str:
    """Return the folder of an exchange, which is made if it is absent.

    Three system calls when it is there: stat of its parent, mkdir, stat.
    """
    folder = os.path.join(data_root(), "exchanges", exchange)  # noqa: PTH118
    ensure_directory(folder)
    return folder


class WeakMemo:
    """A memo of the 100 calls used last, whose arguments it holds weakly.

    As catalyst's: in Python, under a lock. A hit makes a key of weak references three
    times: to look up, to take out, and to put back as the one used last. A text cannot be
    referred to weakly, which is found out by an exception each time.
    """

    def __init__(self, function: Callable[..., Any], size: int = 100) -> None:
        self._function = function
        self._size = size
        self._lock = Lock()
        self._memo: OrderedDict[_WeakKey, Any] = OrderedDict()

    def __call__(self, *args: Any) -> Any:
        call = (self, *args)
        with self._lock:
            try:
                result = self._memo[_WeakKey(call)]
                self._put(call, self._memo.pop(_WeakKey(call)))
                return result
            except KeyError:
                pass
        result = self._function(*args)
        with self._lock:
            self._put(call, result)
            if len(self._memo) > self._size:
                self._memo.popitem(last=False)
        return result

    def _put(self, call: tuple[Any, ...], result: Any) -> None:
        def forget(key: _WeakKey) -> None:
            self._memo.pop(key, None)

        self._memo[_WeakKey(call, forget)] = result


class _WeakKey:
    """A call's arguments, by weak references to those that can have them."""

    def __init__(
        self, items: Iterable[Any], forget: Callable[[_WeakKey], None] | None = None
    ) -> None:
        own = weakref.ref(self)

        def dead(_: object) -> None:
            key = own()
            if key is not None and forget is not None:
                forget(key)

        references, are_weak = _unzip(self._refer(item, dead) for item in items)
        self._items = tuple(references)
        self._are_weak = tuple(are_weak)

    @staticmethod
    def _refer(item: Any, dead: Callable[[object], None]) -> tuple[Any, bool]:
        try:
            return weakref.ref(item, dead), True
        except TypeError:
            return item, False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _WeakKey) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)


def _unzip(pairs: Iterable[tuple[Any, Any]]) -> tuple[Iterator[Any], Iterator[Any]]:
    one, other = itertools.tee(pairs)
    return (a for a, _ in one), (b for _, b in other)


#: Ways of finding the folder, fresh for each run so that no run profits from another.
FOLDER_CHECKS: dict[str, Callable[[], FolderCheck]] = {
    "every-call": lambda: get_exchange_folder,
    "lru-cache": lambda: functools.lru_cache(maxsize=None)(get_exchange_folder),
    "weak-memo": lambda: WeakMemo(get_exchange_folder),
}
