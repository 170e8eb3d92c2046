"""Sweeps: in threads, in processes, over TCP."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import backdraft
from backdraft import Strategy, sweep

SPAN = {"start": "2016-02", "end": "2016-04"}
GRID = {"fast": [6, 12, 24], "slow": [48, 72]}


class Cross(Strategy):
    """The moving-average cross, in Python."""

    def __init__(self, fast, slow):
        self.fast, self.slow = fast, slow

    def on_tick(self, data):
        asset = self.assets[0]
        fast, slow = data.sma(asset, self.fast), data.sma(asset, self.slow)
        held = self.portfolio.positions[asset].amount
        if fast > slow and held == 0:
            self.order_target_percent(asset, 0.99)
        elif fast < slow and held > 0:
            self.order_target(asset, 0)


@pytest.fixture(scope="module")
def one_by_one(btc):
    values = []
    for fast in GRID["fast"]:
        for slow in GRID["slow"]:
            run = backdraft.run(f"sma-cross:fast={fast},slow={slow}", data=btc, **SPAN)
            values.append(run.final_value)
    return values


def values(result):
    return [row["final_value"] for row in result.rows]


def test_rust_strategies_give_the_same_on_any_number_of_threads(btc, one_by_one):
    for threads in (None, 1, 7):
        result = sweep("sma-cross", GRID, data=btc, **SPAN, threads=threads)
        assert values(result) == one_by_one
    assert [row["fast"] for row in result.rows] == [6, 6, 12, 12, 24, 24]
    best = result.best("final_value")
    assert best["final_value"] == max(one_by_one)
    assert result.to_polars().height == len(result.to_pandas()) == len(result) == 6
    assert values(sweep("sma-cross", [{"fast": 6, "slow": 48}], data=btc, **SPAN)) == one_by_one[:1]


def test_what_is_wrong_is_known_before_the_first_run(btc):
    with pytest.raises(backdraft.OptionError, match="less than slow"):
        sweep("sma-cross", {"fast": [6, 99], "slow": [48]}, data=btc, **SPAN)
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(backdraft.OptionError, match="executor"),
    ):
        sweep("sma-cross", GRID, data=btc, executor=executor)


def test_python_strategies_run_in_processes(btc, one_by_one):
    assert values(sweep(Cross, GRID, data=btc, **SPAN)) == one_by_one


def test_any_executor_will_do(btc, one_by_one):
    with ThreadPoolExecutor(3) as threads:
        assert values(sweep(Cross, GRID, data=btc, **SPAN, executor=threads)) == one_by_one
    with ProcessPoolExecutor(2) as processes:
        for _ in range(2):
            result = sweep(Cross, GRID, data=btc, **SPAN, executor=processes, progress=False)
            assert values(result) == one_by_one


def test_an_error_of_a_strategy_is_raised_here(btc):
    with pytest.raises(TypeError, match="speed"):
        sweep(Cross, {"speed": [1]}, data=btc, **SPAN)


def test_prices_travel_once_to_each_process(btc, one_by_one):
    frame = btc.bars(btc.assets[0])
    market = backdraft.market({"btc_usdt": frame})
    sent = []

    class Watching(ThreadPoolExecutor):
        def submit(self, function, unit):
            sent.append(unit[3] is not None)
            return super().submit(function, unit)

    with Watching(1) as executor:
        points = [{"fast": 6, "slow": 48}] * 200
        result = sweep(Cross, points, data=market, **SPAN, executor=executor)
    assert set(values(result)) == {one_by_one[0]}
    assert sum(sent) == 1


@pytest.fixture
def cluster():
    """A scheduler of Dask and two workers, processes that speak TCP."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            protocol="tcp://",
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_dask_completes_a_sweep_when_a_worker_is_killed(btc, cluster, one_by_one):
    points = [{"fast": fast, "slow": slow} for fast in GRID["fast"] for slow in GRID["slow"]] * 20
    workers = cluster.run(os.getpid)
    assert len(workers) == 2 and all(address.startswith("tcp://") for address in workers)
    victim = min(workers.values())
    n_done = 0
    lock = threading.Lock()
    executor = cluster.get_executor(retries=5)
    submit = executor.submit

    def watched(*arguments):
        future = submit(*arguments)
        future.add_done_callback(count)
        return future

    def count(_):
        nonlocal n_done
        with lock:
            n_done += 1
            if n_done == 40:
                os.kill(victim, signal.SIGKILL)

    executor.submit = watched
    result = sweep(Cross, points, data=btc, **SPAN, executor=executor)
    assert values(result) == one_by_one * 20
    assert n_done > 40


def test_ctrl_c_stops_a_sweep():
    # Far more work than anybody waits for.
    script = """
import backdraft
btc = backdraft.market(pairs=["btc_usdt"])
try:
    print("ready", flush=True)
    while True:
        backdraft.sweep("sma-cross", [{"fast": 5, "slow": 50}] * 10_000, data=btc, progress=False)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout.readline() == "ready\n"
        it.send_signal(signal.SIGINT)
        assert it.stdout.readline() == "stopped\n"
        assert it.wait() == 0
