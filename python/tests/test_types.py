"""The stub and the marker: what type checkers believe is what there is."""

import importlib.resources
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import backdraft
from backdraft.api import (
    commission, date_rules, get_order, order, order_one_cancels_other, record,
    schedule_function, set_account, set_commission, symbol, time_rules,
)
from backdraft.finance.account import Margin
from backdraft.finance.execution import LimitOrder, Request, TrailingStopOrder


class Mine(backdraft.Strategy):
    def on_tick(self, data: backdraft.Data) -> None:
        asset = self.assets[0]
        mean: float = data.history(asset, "close", 72, "1h").mean()
        if mean > data.current(asset, "price"):
            self.order(asset, 1)


def initialize(context: backdraft.Context) -> None:
    context.asset = symbol("btc_usdt")
    set_commission(commission.PerDollar(0.001))
    set_account(Margin(leverage=2))
    schedule_function(weekly, date_rules.week_start(), time_rules.market_open(hours=2))
    schedule_function(weekly, time_rules.market_open())  # wrong


def weekly(context: backdraft.Context, data: backdraft.Data) -> None:
    window = data.history(context.asset, "price", 5, "1h")
    record(above=abs(window - window.mean()) ** 2 > -window)
    name = order(context.asset, 1, style=LimitOrder(5.0), time_in_force="IOC")
    found = get_order(name) if name is not None else None
    limit = found.limit  # wrong
    order_one_cancels_other(Request(context.asset, 1, TrailingStopOrder(percent=0.1)))
    order("btc_usdt", 1)  # wrong


market = backdraft.market(pairs=3).select(["btc_usdt"])
result = backdraft.run_algorithm(initialize, weekly, data=market)
result = backdraft.run(Mine(), pairs=["btc_usdt"])
value: float = result.final_value
wrong: str = result.final_value  # wrong
best: float = backdraft.sweep("sma-cross", {"fast": range(2, 9)}).best("sharpe")["sharpe"]
with backdraft.profile(rate=100) as session:
    pass
share, low, high = session.share_of("handle_data")
backdraft.api.no_such_thing  # wrong
"""


def test_the_stub_is_the_module(tmp_path):
    allowed = Path(__file__).with_name("stubtest-allowlist.txt")
    command = [sys.executable, "-m", "mypy.stubtest", "backdraft._backdraft", "--concise"]
    command += ["--allowlist", str(allowed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_is_typed(tmp_path):
    assert importlib.resources.files("backdraft").joinpath("py.typed").is_file()
    program = tmp_path / "strategy.py"
    program.write_text(PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    wrong = [number for number, line in enumerate(PROGRAM.splitlines(), 1) if "# wrong" in line]
    assert [int(error.split(":")[1]) for error in errors] == wrong, done.stdout + done.stderr
