"""The talk's slow path in Python, and its program."""

import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backdraft import case_study, run_algorithm
from backdraft.api import order_target_percent
from backdraft.case_study import folder, retry, rounds

PROGRAM = Path(__file__).parents[2] / "notebooks" / "backtest.py"


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKDRAFT_ROOT", str(tmp_path))
    return tmp_path


def simulate(market, variant, end="2016-01-08"):
    path = case_study.Path(market, 100_000.0, variant.logging, variant.folder_check)

    def handle_data(context, data):
        if not context.portfolio.positions:
            for asset in market.assets:
                order_target_percent(asset, 0.99 / len(market))

    result = run_algorithm(
        handle_data=path.around(handle_data), data=market, start="2016-01", end=end
    )
    return path.tracker, result


def test_the_switches_change_no_result(five):
    records = set()
    for variant in rounds.VARIANTS:
        tracker, result = simulate(five, variant)
        assert len(tracker.records) == result.ticks
        assert tracker.n_lookups == 5 * (result.ticks - 1)
        last = tracker.records[-1]["cumulative_perf"]
        assert last["portfolio_value"] == pytest.approx(result.final_value, rel=1e-9)
        records.add(repr([record["cumulative_risk_metrics"] for record in tracker.records]))
    assert len(records) == 1 and len(rounds.VARIANTS) == 6


def test_a_message_is_formatted_at_every_call_or_only_for_a_logger_that_wants_it(caplog):
    class Argument:
        n_texts = 0

        def __repr__(self):
            Argument.n_texts += 1
            return "argument"

    for name, texts, heard in [
        ("eager", 1, 1),
        ("lazy", 0, 1),
    ]:
        call = case_study.LOGGINGS[name]
        Argument.n_texts = 0
        assert call(len, args=([Argument()],)) == 1
        assert Argument.n_texts == texts
        with caplog.at_level(logging.DEBUG, retry.__name__):
            caplog.clear()
            call(len, args=([Argument()],), kwargs={})
        assert (
            sum("calling len with args: ([argument],)" in text for text in caplog.messages) == heard
        )


def test_an_action_is_tried_again_and_given_up_on(monkeypatch):
    slept = []
    monkeypatch.setattr(retry.time, "sleep", slept.append)
    for call in case_study.LOGGINGS.values():
        answers = [ValueError(), ValueError(), 7]

        def action(answers=answers):
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        assert call(action, attempts=3, sleeptime=2) == 7
        answers[:] = [ValueError()] * 3
        with pytest.raises(ValueError):
            call(action, attempts=3, sleeptime=2)
        assert slept == [2, 3, 2, 3]
        slept.clear()


def test_the_folder_is_looked_for_at_every_call_or_once(root, monkeypatch):
    calls = []
    monkeypatch.setattr(folder, "ensure_directory", calls.append)
    for name, n_calls in [("every-call", 3), ("lru-cache", 1), ("weak-memo", 1)]:
        folder_of = case_study.FOLDER_CHECKS[name]()
        calls.clear()
        assert {folder_of("poloniex") for _ in range(3)} == {str(root / "data/exchanges/poloniex")}
        assert len(calls) == n_calls
        assert folder_of("kraken") != folder_of("poloniex")


def test_the_weak_memo_forgets_what_nobody_holds_and_what_is_oldest():
    class Key:
        pass

    memo = folder.WeakMemo(id, size=3)
    keys = [Key() for _ in range(3)]
    numbers = [memo(key) for key in keys]
    assert [memo(key) for key in keys] == numbers and len(memo._memo) == 3
    del keys[0]
    assert len(memo._memo) == 2
    for text in "abcdef":
        memo(text)
    assert len(memo._memo) == 3


def test_the_talks_command(tmp_path):
    command = [sys.executable, PROGRAM, "--start=2016-01", "--end=2016-01-08"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "168 ticks" in done.stdout and "us a tick" in done.stdout
    bad = subprocess.run([*command, "--end=2010-01"], capture_output=True, text=True, check=False)
    assert bad.returncode == 1 and "error:" in bad.stderr


def test_all_variants_are_measured_beside_each_other():
    command = [
        sys.executable,
        PROGRAM,
        "--start=2016-01",
        "--end=2016-01-04",
        "--pairs=2",
        "--rounds=2",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for variant in rounds.VARIANTS:
        assert str(variant) in done.stdout
    assert len(re.findall(r"-?\d+\.\d \(-?\d+\.\d to -?\d+\.\d\)", done.stdout)) == 5 + 5


def test_an_estimate_is_a_median_within_its_interval():
    assert rounds.estimate([3.0]) == (3.0, 3.0, 3.0)
    median, low, high = rounds.estimate([1.0, 2.0, 3.0, 4.0, 100.0])
    assert median == 3.0 and 1.0 <= low < 3.0 < high <= 100.0


def test_a_variant_that_changes_the_result_is_an_error(tmp_path):
    script = tmp_path / "odd.py"
    script.write_text(
        "import json, os; print(json.dumps({'seconds': 1, 'final_value': os.getpid()}))"
    )
    with pytest.raises(RuntimeError, match="changed the result"):
        rounds.measure(str(script), [], 1)
    script.write_text("raise SystemExit('no')")
    with pytest.raises(RuntimeError, match="failed"):
        rounds.measure(str(script), [], 1)
