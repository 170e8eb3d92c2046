"""Several threads, processes and copies at once."""

import copy
import multiprocessing
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import backdraft
from backdraft import profile
from backdraft.api import order_target, order_target_percent, symbol

SPAN = {"start": "2016-02", "end": "2016-04"}


def cross(context, data):
    asset = symbol("btc_usdt")
    if data.sma(asset, 5) > data.sma(asset, 20):
        order_target_percent(asset, 0.5)
    else:
        order_target(asset, 0)


def test_runs_in_several_threads_do_not_see_each_other(btc):
    def run(_):
        return backdraft.run_algorithm(handle_data=cross, data=btc, **SPAN).final_value

    alone = run(None)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(run, range(8))) == {alone}


@pytest.mark.parametrize(
    "work",
    [
        lambda: backdraft.run("sma-cross"),
        lambda: backdraft.market(seed=7),
        lambda: backdraft.sweep("sma-cross", {"fast": [5, 6]}, progress=False),
    ],
)
def test_others_run_while_the_engine_works(work):
    begun, seen, over = threading.Event(), threading.Event(), []

    def in_the_background():
        begun.set()
        # Often enough that a busy machine has time for the other thread as well.
        for _ in range(100):
            work()
            if seen.is_set():
                return
        over.append(True)

    thread = threading.Thread(target=in_the_background)
    before = sys.getswitchinterval()
    # Nobody is made to give the interpreter away: who gets it was let have it.
    sys.setswitchinterval(1_000)
    try:
        thread.start()
        begun.wait()
        assert not over
    finally:
        seen.set()
        sys.setswitchinterval(before)
        thread.join()


def test_a_thread_of_a_strategy_has_no_tick_of_its_own(btc, ticks):
    refused = []

    def handle_data(context, data):
        def look():
            with pytest.raises(backdraft.NotRunning):
                data.current(context.asset, "price")
            refused.append(True)

        context.asset = symbol("btc_usdt")
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    ticks(handle_data, btc, end="2016-02-01T02")
    assert refused == [True] * 2


def test_an_asset_is_its_own_copy(btc):
    asset = btc.assets[0]
    assert copy.copy(asset) is asset and copy.deepcopy({"its": [asset]})["its"][0] is asset


def final_value(market):
    return backdraft.run("sma-cross", data=market, **SPAN).final_value


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_markets_go_to_other_processes(btc, method):
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert set(pool.map(final_value, [btc, btc])) == {final_value(btc)}


def test_a_child_can_sample_itself_while_its_parent_is_sampled():
    with profile() as session:
        child = os.fork()
        if child == 0:
            try:
                sum(range(1_000_000))
                session.__exit__()
                with profile():
                    pass
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        sum(range(3_000_000))
    assert session.n_samples > 0


def test_a_function_that_calls_itself_is_sampled_once():
    session = profile(rate=2_000)

    def afterwards():
        return sum(range(5_000_000))

    @session
    def descend(n):
        if n:
            descend(n - 1)
        return afterwards() if n == 3 else 0

    # The calls within do not end what the first has begun.
    assert descend(3) > 0
    assert session.share_of("afterwards")[0] > 0
    assert descend(1) == 0


def test_a_function_of_several_threads_is_sampled_until_the_last_ends():
    session = profile(rate=2_000)
    both = threading.Barrier(2)

    @session
    def work():
        both.wait()
        return sum(range(2_000_000))

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(work) for _ in range(2)]
        assert len({result.result() for result in results}) == 1
    assert session.share_of("work")[0] > 0


def test_a_session_ends_with_an_exception_and_begins_again():
    session = profile()
    with pytest.raises(ZeroDivisionError), session:
        _ = 1 / 0
    first = session.n_samples
    with session:
        sum(range(10_000_000))
    assert session.n_samples > first
    with pytest.raises(backdraft.ProfilerError, match="has not been started"):
        session.__exit__()
