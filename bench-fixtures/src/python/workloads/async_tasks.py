"""Three tasks that take turns in one event loop, each awaiting a coroutine below it.

The three wait most of the time, on one thread. A profiler that lists what waits, rather
than what runs, gives all three a third; one that ends a stack at the event loop cannot
tell them apart. A task gives way between phases, never in one.
"""

import asyncio
import random
from time import perf_counter_ns, thread_time_ns

from .pace import ROUND_NANOS, Pace, Time, Truth, function


async def advance(value, n_steps):
    for step in range(n_steps):
        value = (value * 1_103_515_245 + step) & 0xFFFFFFFF
    return value


async def poll_prices(n_units):
    for unit in range(n_units):
        await advance(unit, 30)


async def match_orders(n_units):
    for unit in range(n_units):
        if await advance(unit, 20) & 1:
            await advance(unit, 10)


async def settle_accounts(n_units):
    balance = 0
    for unit in range(n_units):
        balance += await advance(unit, 25)


def functions(task):
    return [
        function(poll_prices, 0.50, 3_000.0),
        function(match_orders, 0.35, 2_750.0),
        function(settle_accounts, 0.15, 2_600.0),
    ]


async def measure(coroutine, n_units):
    wall = perf_counter_ns()
    cpu = thread_time_ns()
    await coroutine(n_units)
    cpu = thread_time_ns() - cpu
    return Time("", cpu, perf_counter_ns() - wall, n_units, 1)


def measure_alone(coroutine, n_units):
    return asyncio.run(measure(coroutine, n_units))


async def take_turns(at, pace, task):
    # Every task draws the same lengths, so that each does as many rounds.
    rng = random.Random(task.seed)
    n_rounds, listed = 0, pace.functions[at]
    while task.has_more(n_rounds, ROUND_NANOS, pace.total()):
        length = listed.share * (0.5 + rng.random()) * ROUND_NANOS
        pace.add(at, await measure(listed.run, pace.due(at, length)))
        n_rounds += 1
        await asyncio.sleep(0)


async def run_all(pace, task):
    turns = (take_turns(at, pace, task) for at in range(len(pace.functions)))
    await asyncio.gather(*turns)


def run(task):
    pace = Pace(functions(task), task, measure_alone)
    asyncio.run(run_all(pace, task))
    return Truth(pace.times)
