"""Running algorithms: clocks, schedules, errors, compatibility."""

import operator
import os
import signal
import subprocess
import sys
import threading
import time
import traceback

import numpy as np
import pandas as pd
import pytest

import backdraft
from backdraft import Strategy, run_algorithm
from backdraft.api import (
    cancel_order,
    date_rules,
    get_open_orders,
    get_order,
    order,
    order_percent,
    order_target,
    order_target_percent,
    order_target_value,
    order_value,
    record,
    schedule_function,
    set_commission,
    set_slippage,
    symbol,
    symbols,
    time_rules,
)
from backdraft.finance import commission, slippage
from backdraft.finance.execution import LimitOrder, MarketOrder, StopOrder


def sma_cross(context, data):
    asset = symbol("btc_usdt")
    fast, slow = data.sma(asset, 24), data.sma(asset, 72)
    held = context.portfolio.positions[asset].amount
    if fast > slow and held == 0:
        order_target_percent(asset, 0.99)
    elif fast < slow and held > 0:
        order_target(asset, 0)


def test_python_and_rust_make_the_same_trades_to_the_last_digit(btc):
    span = {"start": "2016-01", "end": "2017-01"}
    mine = run_algorithm(handle_data=sma_cross, data=btc, **span)
    rust = backdraft.run("sma-cross:fast=24,slow=72", data=btc, **span)
    assert mine.outcome.final_value == rust.outcome.final_value
    assert mine.fills.column("price").tolist() == rust.fills.column("price").tolist()
    assert mine.summary["fills"] == rust.summary["fills"] > 50


def test_a_class_is_a_strategy(btc):
    class Half(Strategy):
        def __init__(self, share=0.5):
            self.share = share

        def initialize(self):
            self.n_ticks = 0

        def on_tick(self, data):
            self.n_ticks += 1
            if self.n_ticks == 1:
                self.order_target_percent(self.assets[0], self.share)
            self.record(cash=self.portfolio.cash)

        def analyze(self, result):
            self.result = result

    strategy = Half()
    result = backdraft.run(strategy, data=btc, start="2016-02", end="2016-03")
    assert strategy.n_ticks == result.ticks == 29 * 24
    assert strategy.result is result
    assert result.positions.column("value")[0] > 0
    assert len(result.recorded) == result.ticks


def test_all_ways_to_order(five, ticks):
    placed = {}

    def initialize(context):
        set_commission(0.0)

    def trade(context, data):
        a, b, c, d, e = (symbol(asset.symbol) for asset in five.assets)
        if not placed:
            placed["order"] = order(a, 0.5)
            placed["value"] = order_value(b, 1_000, style=MarketOrder())
            placed["percent"] = order_percent(c, 0.1)
            placed["target"] = order_target_value(d, 2_000)
            placed["target_percent"] = order_target_percent(e, 0.05)
            placed["nothing"] = order(a, 0)
            its = get_open_orders()
            assert [its[asset][0].id for asset in (a, b, c, d, e)] == list(placed.values())[:5]
            assert get_open_orders(a)[0].amount == 0.5
            assert its[b][0].amount == pytest.approx(1_000 / data.current(b, "price"))
            assert get_order(placed["order"]).asset == a
            assert context.blotter.open_orders.keys() == its.keys()

    result = ticks(trade, five, initialize=initialize, end="2016-02-01T03")
    assert placed["nothing"] is None and len({*placed.values()}) == 6
    assert result.summary["fills"] == 5 and result.summary["commission"] == 0
    values = dict(zip(result.fills.column("asset"), result.fills.column("value"), strict=True))
    names = [asset.symbol for asset in five.assets]
    assert values[names[1]] == pytest.approx(1_000, rel=0.05)
    assert values[names[2]] == pytest.approx(10_000, rel=0.05)


def test_a_cancelled_order_is_never_filled(btc, ticks):
    def trade(context, data):
        for open_order in get_open_orders(symbol("btc_usdt")):
            raise AssertionError(f"{open_order} was to be cancelled")
        order(symbol("btc_usdt"), 1)
        cancel_order(get_open_orders(symbol("btc_usdt"))[0])
        order(symbol("btc_usdt"), 2)
        cancel_order(get_open_orders(symbol("btc_usdt"))[0].id)

    result = ticks(trade, btc)
    assert result.summary["fills"] == 0 and result.summary["orders"] == 144


def test_limits_and_stops_wait_for_their_price(btc, ticks):
    opens = []

    def trade(context, data):
        asset = symbol("btc_usdt")
        price = data.current(asset, "price")
        if not opens:
            order(asset, 1)
            order(asset, 1, limit_price=price * 0.98)
            order_target_percent(asset, 0.5, style=StopOrder(price * 1.02))
            order_value(asset, 100, limit_price=price * 0.5, stop_price=price * 0.6)
            order(asset, 1, style=LimitOrder(price * 0.1))
        opens.append(get_open_orders(asset))

    result = ticks(trade, btc, start="2016-02", end="2016-03")
    first = opens[0]
    assert [(it.limit is None, it.stop is None) for it in first] == [
        (True, True),
        (False, True),
        (True, False),
        (False, False),
        (False, True),
    ]
    limit, stop = first[1].limit, first[2].stop
    prices = dict(zip(result.fills.column("order"), result.fills.column("price"), strict=True))
    assert prices[first[1].id] <= limit and prices[first[2].id] >= stop
    assert {it.id for it in opens[-1]} == {first[3].id, first[4].id}
    with pytest.raises(backdraft.OptionError, match="limit_price"):
        ticks(lambda context, data: order(symbol("btc"), 1, limit_price=-1), btc)


def test_amounts_that_make_no_sense_are_refused(btc, ticks):
    for amount in (float("nan"), float("inf"), 1e30):
        with pytest.raises(backdraft.OptionError, match="number of coins"):
            ticks(lambda context, data, amount=amount: order(symbol("btc"), amount), btc)
    with pytest.raises(backdraft.OptionError, match="share of the portfolio"):
        ticks(lambda context, data: order_target_percent(symbol("btc"), float("nan")), btc)
    with pytest.raises(backdraft.OptionError, match="sum of money"):
        ticks(lambda context, data: order_value(symbol("btc"), 1e20), btc)


def test_daily_runs_are_called_at_the_end_of_each_day(btc):
    hours = []

    def look(context, data):
        hours.append(data.hour)
        day = data.history(symbol("btc_usdt"), "open", 1, "1d")
        assert day.times[0] == (data.hour - 23) * 3_600
        record(price=data.current(symbol("btc_usdt"), "price"))

    result = run_algorithm(
        handle_data=look, data=btc, start="2016-02", end="2016-03", data_frequency="daily"
    )
    assert len(hours) == 29 and all(hour % 24 == 23 for hour in hours)
    assert len(result.to_pandas()) == len(result) == 29
    assert result.to_pandas()["price"].notna().all()


def test_functions_are_called_when_they_are_scheduled(btc):
    calls = {"day": [], "week": [], "month": [], "close": [], "before": []}

    def initialize(context):
        schedule_function(note("day"), date_rules.every_day(), time_rules.market_open(hours=2))
        schedule_function(note("week"), date_rules.week_start(days_offset=1))
        schedule_function(note("month"), date_rules.month_end())
        schedule_function(note("close"), time_rule=time_rules.market_close(minutes=59))

    def note(name):
        return lambda context, data: calls[name].append(pd.Timestamp(data.hour * 3_600, unit="s"))

    run_algorithm(
        initialize,
        before_trading_start=note("before"),
        data=btc,
        start="2016-02",
        end="2016-03",
    )
    assert [time.hour for time in calls["day"]] == [2] * 29
    assert [time.weekday() for time in calls["week"]] == [1] * 4
    assert [time.day for time in calls["month"]] == [29]
    assert [time.hour for time in calls["close"]] == [23] * 29
    assert [time.hour for time in calls["before"]] == [0] * 29


def test_times_are_taken_as_they_come(btc):
    spans = [
        ("2016-02", "2016-03"),
        (
            pd.Timestamp("2016-02-01", tz="UTC"),
            pd.Timestamp("2016-02-29 19:00", tz="America/New_York"),
        ),
        (np.datetime64("2016-02-01"), pd.Timestamp("2016-03-01").to_pydatetime()),
        (pd.Timestamp("2016-02-01").date(), "2016-03-01T00:00"),
    ]
    results = [run_algorithm(data=btc, start=start, end=end) for start, end in spans]
    assert {(it.summary["start"], it.summary["end"]) for it in results} == {
        ("2016-02-01 00:00", "2016-03-01 00:00")
    }


def test_what_zipline_and_catalyst_take_beside_is_taken(btc):
    result = run_algorithm(
        data=btc,
        start="2016-02",
        end="2016-02-02",
        exchange_name="poloniex",
        algo_namespace="x",
        quote_currency="usdt",
        live=False,
        bundle="quandl",
    )
    assert result.ticks == 24
    with pytest.raises(TypeError, match="no argument `capital`"):
        run_algorithm(data=btc, capital=1)
    with pytest.raises(backdraft.NotSupported, match="live"):
        run_algorithm(data=btc, live=True)
    with pytest.raises(backdraft.NotSupported, match="hourly"):
        run_algorithm(data=btc, data_frequency="minute")


def test_options_are_refused_in_the_words_of_the_command_line(btc):
    for options, error, words in [
        ({"start": "2017"}, backdraft.OptionError, "write a month, a day or an hour in UTC"),
        ({"start": "2016-02", "end": "2016-02"}, backdraft.OptionError, "later than start"),
        ({"start": "2010-01"}, backdraft.RangeError, "outside the data of BTC/USDT"),
        ({"capital_base": 0}, backdraft.OptionError, "capital above zero"),
        ({"capital_base": float("nan")}, backdraft.OptionError, "capital above zero"),
        ({"commission": 1.0}, backdraft.OptionError, "below 1"),
        ({"data_frequency": "weekly"}, backdraft.OptionError, "hourly or daily"),
    ]:
        with pytest.raises(error, match=words) as caught:
            run_algorithm(data=btc, **options)
        assert isinstance(caught.value, backdraft.Error)
    with pytest.raises(backdraft.RangeError) as caught:
        run_algorithm(data=btc, start="2010-01")
    assert (
        caught.value.hint.startswith("choose --start and --end between")
        or "between" in caught.value.hint
    )
    assert f"hint: {caught.value.hint}" in caught.value.__notes__


@pytest.mark.parametrize(
    ("model", "cost"),
    [
        (0.002, lambda value: 0.002 * value),
        (commission.PerDollar(0.002), lambda value: 0.002 * value),
        (commission.MakerTaker(0.1, 0.003), lambda value: 0.003 * value),
        (commission.PerTrade(7), lambda value: 7 + 0 * value),
        (commission.NoCommission(), lambda value: 0 * value),
        (commission.PerShare(0, min_trade_cost=3), lambda value: 3 + 0 * value),
    ],
)
def test_commission(btc, ticks, model, cost):
    def buy(context, data):
        if not context.portfolio.positions:
            order_target_percent(symbol("btc"), 0.5)

    for options in (
        {"commission": model},
        {"initialize": lambda context: context.set_commission(model)},
    ):
        fills = ticks(buy, btc, **options).fills
        assert fills.column("commission") == pytest.approx(cost(fills.column("value")))


@pytest.mark.parametrize(
    ("model", "share"),
    [
        (0.01, 0.01),
        (slippage.FixedBasisPointsSlippage(basis_points=100, volume_limit=1), 0.01),
        (slippage.FixedSlippage(spread=8.0), None),
        (slippage.VolumeShareSlippage(volume_limit=1, price_impact=0.5), None),
        (slippage.VolatilitySlippage(0.5), None),
        (slippage.NoSlippage(), 0.0),
    ],
)
def test_slippage(btc, ticks, model, share):
    opens = []

    def buy(context, data):
        if not context.portfolio.positions:
            order(symbol("btc"), 1)
        opens.append(data.current(symbol("btc"), "open"))

    for options in (
        {"slippage": model},
        {"initialize": lambda context: set_slippage(model)},
    ):
        opens.clear()
        price = ticks(buy, btc, **options).fills.column("price")[0]
        if share is None:
            assert price > opens[1]
        else:
            assert price == pytest.approx(opens[1] * (1 + share), rel=1e-9)


def test_conventions(btc, ticks):
    prices = {}

    def buy(context, data):
        asset = symbol("btc")
        if not prices:
            prices["deciding close"] = data.current(asset, "close")
            order(asset, 1)
        elif len(prices) == 1:
            prices["next open"] = data.current(asset, "open")
            prices["next close"] = data.current(asset, "close")

    for fill, name in [
        ("next-open", "next open"),
        ("next-close", "next close"),
        ("close", "deciding close"),
    ]:
        prices.clear()
        result = ticks(buy, btc, fill=fill, end="2016-02-01T06")
        assert result.fills.column("price").tolist() == [prices[name]]
        assert result.summary["fill"] == fill
        held = result.equity.column("portfolio_value") - result.equity.column("cash")
        n_before = {"close": 0}.get(fill, 1)
        assert (held != 0).tolist() == [False] * n_before + [True] * (6 - n_before)
    for options in ({"fill": "yesterday"}, {"size": "large"}, {"volume_limit": 2}):
        with pytest.raises(backdraft.OptionError, match=min(options)):
            ticks(buy, btc, **options)


def test_what_is_not_modelled_is_told(btc, ticks):
    def initialize(context):
        context.set_commission(commission.PerShare(cost=0.0075, min_trade_cost=1.0))
        context.set_slippage(slippage.VolumeShareSlippage())

    with pytest.warns(backdraft.NotModelled, match="by the coin") as told:
        ticks(None, btc, initialize=initialize)
    assert [warning.filename for warning in told] == [__file__]
    with pytest.raises(backdraft.NotRunning, match="only in initialize"):
        ticks(lambda context, data: set_commission(0.1), btc)
    for setter in (set_commission, set_slippage):
        with pytest.raises(backdraft.OptionError, match="not a valid"):
            ticks(None, btc, initialize=lambda context, setter=setter: setter("none"))


def test_an_exception_keeps_its_own_traceback(btc, ticks):
    def fails(context, data):
        if data.hour % 24 == 5:
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine") as caught:
        ticks(fails, btc)
    lines = traceback.extract_tb(caught.value.__traceback__)
    assert lines[-1].name == "fails" and lines[-1].filename == __file__


def test_nothing_is_called_after_an_exception(btc, ticks):
    n_calls = []

    def fails(context, data):
        n_calls.append(1)
        raise ValueError

    with pytest.raises(ValueError):
        ticks(fails, btc)
    assert len(n_calls) == 1


@pytest.mark.parametrize("body", ["pass", "x = sum(range(100))"])
def test_ctrl_c_stops_a_run(body):
    # Two years again and again, until somebody interrupts: this ends by that alone.
    script = f"""
import sys, backdraft
btc = backdraft.market(pairs=["btc_usdt"])
def handle_data(context, data):
    {body}
try:
    print("ready", flush=True)
    while True:
        backdraft.run_algorithm(handle_data=handle_data, data=btc)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout.readline() == "ready\n"
        it.send_signal(signal.SIGINT)
        assert it.stdout.readline() == "stopped\n"
        assert it.wait() == 0


def test_ctrl_c_stops_a_run_that_calls_no_python_function(btc):
    def interrupt():
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        threading.Thread(target=interrupt).start()
        while True:
            run_algorithm(handle_data=operator.is_, data=btc)


def test_a_run_within_a_run(btc, ticks):
    values = []

    def outer(context, data):
        before = context.portfolio.cash
        inner = backdraft.run("sma-cross", data=btc, start="2016-02", end="2016-02-10")
        own = ticks(lambda context, data: order(symbol("btc"), 1), btc, end="2016-02-02")
        assert context.portfolio.cash == before
        assert symbol("btc_usdt") == symbols("BTC/USDT")[0]
        values.append((inner.final_value, own.final_value))

    ticks(outer, btc, end="2016-02-01T03")
    assert len(set(values)) == 1 and len(values) == 3


def test_api_functions_outside_of_a_run_say_so():
    for ask in (lambda: symbol("btc"), lambda: record(x=1), lambda: get_open_orders()):
        with pytest.raises(backdraft.NotRunning):
            ask()
