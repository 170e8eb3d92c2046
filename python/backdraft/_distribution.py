"""Runs of a strategy of Python in other processes, through any executor.

A unit of work carries the parameters and the fingerprint of its market, not the prices: a
process that does not have them yet says so, and gets them with the next unit that it is
sent.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from typing import Any

from backdraft._backdraft import Market
from backdraft.strategies import Strategy, run_strategy

Parameters = Mapping[str, Any]

#: Units of work that are handed out at a time: enough to keep many workers busy, and so
#: few that results stream back.
IN_FLIGHT = 64

#: The markets that this process has got, by fingerprint.
MARKETS: dict[str, Market] = {}


def distribute(
    strategy: Callable[..., Strategy],
    points: Sequence[Parameters],
    prices: Market,
    run: tuple[Any, ...],
    executor: Executor | None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield places and summaries as they come, from whatever executor there is."""
    own = None
    if executor is None:
        executor = own = ProcessPoolExecutor(max_workers=os.cpu_count())
    packed = pickle.dumps(prices)
    fingerprint = hashlib.blake2b(packed, digest_size=16).hexdigest()
    make = _pack(strategy)
    waiting = deque(range(len(points)))
    # Work that came back from a process without prices.
    refused: deque[int] = deque()
    pending: dict[Future[Any], tuple[int, bool]] = {}

    def submit(place: int, carries: bool) -> None:
        unit = (make, dict(points[place]), fingerprint, packed if carries else None, run)
        pending[executor.submit(_work, unit)] = (place, carries)

    try:
        n_arrived = 0
        while waiting or refused or pending:
            # Prices are sent to one process more at a time, as long as some refuse.
            n_carrying = sum(carries for _, carries in pending.values())
            if refused and n_carrying <= n_arrived:
                submit(refused.popleft(), True)
            while waiting and len(pending) < IN_FLIGHT:
                submit(waiting.popleft(), False)
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            # Refusals first: what brings prices may stand behind them.
            for future in sorted(done, key=lambda future: pending[future][1]):
                place, carries = pending.pop(future)
                summary = future.result()
                if summary is None:
                    refused.append(place)
                    continue
                if carries:
                    # Others may find prices now where they found none.
                    n_arrived += 1
                    waiting.extendleft(refused)
                    refused.clear()
                yield place, summary
    finally:
        for future in pending:
            future.cancel()
        if own is not None:
            own.shutdown(cancel_futures=True)


def _work(unit: tuple[bytes, dict[str, Any], str, bytes | None, tuple[Any, ...]]) -> Any:
    """Run one unit of work; None says that the prices are missing here."""
    make, point, fingerprint, packed, (capital_base, start, end, trading) = unit
    if packed is not None and fingerprint not in MARKETS:
        # One sweep at a time: the last one's prices would only lie about.
        MARKETS.clear()
        MARKETS[fingerprint] = pickle.loads(packed)
    if fingerprint not in MARKETS:
        return None
    result = run_strategy(
        pickle.loads(make)(**point),
        data=MARKETS[fingerprint],
        start=start,
        end=end,
        capital_base=capital_base,
        trading=trading,
    )
    return json.loads(result.outcome.brief())


def _pack(strategy: Callable[..., Strategy]) -> bytes:
    """Pickle a strategy, by value where it was written in a notebook or script."""
    try:
        import cloudpickle
    except ImportError:
        return pickle.dumps(strategy)
    return cloudpickle.dumps(strategy)
