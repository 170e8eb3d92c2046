"""Orders of all kinds, on bars that are written down here."""

from datetime import UTC, datetime

import numpy as np
import pytest

import backdraft
from backdraft.api import (
    get_open_orders,
    order,
    order_bracket,
    order_one_cancels_other,
    set_account,
    set_long_only,
    set_trading_rules,
    set_volume_limit,
    symbol,
)
from backdraft.finance.account import Margin
from backdraft.finance.execution import (
    LimitOrder,
    Request,
    StopOrder,
    TrailingStopOrder,
)
from backdraft.finance.rules import TradingRules

FIRST = 1_451_606_400  # 2016-01-01, in seconds


def bars(closes, volume=1_000.0, wick=0.0):
    """Hourly bars that open at the close before and reach `wick` beyond both."""
    closes = np.array(closes, dtype=float)
    opens = np.concatenate([closes[:1], closes[:-1]])
    return {
        "time": np.array([FIRST + 3_600 * hour for hour in range(len(closes))]),
        "open": opens,
        "high": np.maximum(opens, closes) + wick,
        "low": np.minimum(opens, closes) - wick,
        "close": closes,
        "volume": np.full(len(closes), volume),
    }


def play(closes, first_tick, initialize=None, volume=1_000.0, each_tick=None, **options):
    """Run on these closes; `first_tick(asset)` orders at the first close."""
    seen = []

    def handle_data(context, data):
        asset = symbol("btc_usdt")
        if not seen:
            first_tick(asset)
        if each_tick is not None:
            each_tick(asset)
        seen.append(data.current(asset, "close"))

    options.setdefault("commission", 0.0)
    return backdraft.run_algorithm(
        initialize, handle_data, data={"btc_usdt": bars(closes, volume)}, **options
    )


def fills(result):
    """What was filled: amounts and prices."""
    table = result.fills
    return list(zip(table.column("amount"), table.column("price"), strict=True))


def test_a_trailing_stop_follows_the_best_price():
    def buy_and_trail(asset):
        order(asset, 2)
        order(asset, -1, style=TrailingStopOrder(distance=10))
        order(asset, -1, style=TrailingStopOrder(percent=0.1))

    # The best is 120: the stops are at 110 and 108, which the last bar passes.
    result = play([100, 100, 110, 120, 105, 105], buy_and_trail)
    assert fills(result) == [(2, 100), (-1, 110), (-1, 108)]


@pytest.mark.parametrize(
    "trail",
    [{}, {"distance": 0}, {"percent": 1.0}, {"percent": -0.1}, {"distance": 1, "percent": 0.1}],
)
def test_a_trail_that_makes_no_sense_is_refused(trail):
    with pytest.raises(backdraft.OptionError):
        play([100, 100], lambda asset: order(asset, 1, style=TrailingStopOrder(**trail)))


def test_of_two_orders_one_cancels_the_other():
    def both(asset):
        order(asset, 1)
        names = order_one_cancels_other(
            Request(asset, -1, LimitOrder(120)), Request(asset, -1, StopOrder(90))
        )
        assert len(names) == 2 and names[0] != names[1]

    assert fills(play([100, 100, 125, 80, 80], both)) == [(1, 100), (-1, 120)]
    assert fills(play([100, 100, 80, 125, 125], both)) == [(1, 100), (-1, 90)]
    assert play([100, 100], lambda asset: order_one_cancels_other()).summary["orders"] == 0


def test_what_cancels_each_other_is_of_one_asset(five, ticks):
    def handle_data(context, data):
        order_one_cancels_other(*(Request(asset, 1) for asset in five.assets[:2]))

    with pytest.raises(backdraft.OptionError, match="one asset"):
        ticks(handle_data, five)


def test_a_bracket_closes_what_it_opened():
    def bracket(asset):
        names = order_bracket(asset, 2, stop_price=95, limit_price=110)
        assert len(set(names)) == 3

    assert fills(play([100, 100, 115, 115], bracket)) == [(2, 100), (-2, 110)]
    assert fills(play([100, 100, 90, 90], bracket)) == [(2, 100), (-2, 95)]


def test_a_bracket_waits_for_its_entry():
    def bracket(asset):
        order_bracket(asset, 1, 80, 95, style=LimitOrder(90), time_in_force="GTC")

    assert fills(play([100, 100, 99, 98], bracket)) == []
    assert fills(play([100, 99, 89, 96, 96], bracket)) == [(1, 90), (-1, 95)]


def test_time_in_force():
    def place(**terms):
        return lambda asset: order(asset, 10, **terms)

    # Half of each bar's four coins can be had.
    limits = {"volume": 4.0, "volume_limit": 0.5}
    closes = [100] * 8
    total = lambda **terms: sum(  # noqa: E731
        amount for amount, _ in fills(play(closes, place(**terms), **limits))
    )
    assert total() == total(time_in_force="GTC") == 10
    assert total(time_in_force="ioc") == 2
    assert total(time_in_force="FOK") == 0
    # The order is placed at 01:00 and has the bars of 01:00 and 02:00.
    assert total(time_in_force="2016-01-01T03") == 4
    assert total(time_in_force=datetime(2016, 1, 1, 3, tzinfo=UTC)) == 4
    with pytest.raises(backdraft.OptionError, match="GTC, IOC, FOK"):
        total(time_in_force="tomorrow")


def test_open_orders_say_what_they_wait_for():
    its = []

    def place(asset):
        order(asset, 1, limit_price=50, time_in_force=datetime(2016, 1, 2))
        order(asset, -1, style=TrailingStopOrder(distance=90))
        its.extend(get_open_orders(asset))

    play([100, 100], place)
    limit, trail = its
    assert (limit.kind, limit.limit, limit.time_in_force) == ("limit", 50, "GTD")
    assert limit.good_till == datetime(2016, 1, 2, tzinfo=UTC)
    assert (trail.kind, trail.time_in_force, trail.good_till) == ("trailing-stop", "GTC", None)


def test_a_margin_account_may_be_short_and_pays_for_it():
    leverages = []

    def initialize(context):
        set_account(Margin(leverage=2.0, maintenance=0.1, borrow_rate=0.5))

    def short(asset):
        assert order(asset, -100)

    def watch(asset):
        from backdraft._running import algorithm

        portfolio = algorithm().simulation.portfolio
        leverages.append((portfolio.positions_value, portfolio.positions_exposure))

    result = play([100, 100, 90, 90], short, initialize, each_tick=watch, capital_base=10_000)
    assert fills(result) == [(-100, 100)]
    assert leverages[-1] == (-9_000, 9_000)
    # Borrowed: coins for 10,000 at the first close, for 9,000 at two more; half a year.
    cost = (10_000 + 9_000 + 9_000) * 0.5 / 8_766
    cash = result.equity.column("cash")
    assert cash[-1] == pytest.approx(20_000 - cost, abs=1e-9)
    assert result.final_value == pytest.approx(11_000 - cost, abs=1e-9)
    # Without it there is nothing to sell.
    assert fills(play([100, 100], short)) == []

    def initialize_long_only(context):
        initialize(context)
        set_long_only()

    assert fills(play([100, 100], short, initialize_long_only)) == []
    argument = play([100, 100], short, account=Margin(leverage=2.0), capital_base=10_000)
    assert fills(argument) == [(-100, 100)]


def test_an_account_whose_margin_is_used_up_is_liquidated():
    result = play(
        [100, 100, 180, 180, 180],
        lambda asset: order(asset, -100),
        account=Margin(leverage=2.0, maintenance=0.25),
        capital_base=10_000,
    )
    assert fills(result) == [(-100, 100), (100, 180)]
    assert result.final_value == pytest.approx(2_000)


@pytest.mark.parametrize(
    "margin",
    [Margin(leverage=0.5), Margin(maintenance=-0.1), Margin(borrow_rate=-1), Margin(leverage=1e9)],
)
def test_terms_that_make_no_sense_are_refused(margin):
    with pytest.raises(backdraft.OptionError):
        play([100, 100], lambda asset: None, account=margin)


def test_the_exchanges_rules():
    def orders(asset):
        order(asset, 0.05)
        order(asset, 1.27)
        order(asset, 1, limit_price=99.7)

    def initialize(context):
        set_trading_rules(symbol("btc"), min_quantity=0.1, quantity_step=0.5, price_step=0.5)

    closes = [100, 100, 90]
    expected = [(1, 100), (1, 99.5)]
    assert fills(play(closes, orders, initialize)) == expected
    rules = {"btc": TradingRules(min_quantity=0.1, quantity_step=0.5, price_step=0.5)}
    assert fills(play(closes, orders, rules=rules)) == expected
    assert fills(play(closes, orders)) == [(0.05, 100), (1.27, 100), (1, 99.7)]
    with pytest.raises(backdraft.UnknownPair):
        play(closes, orders, rules={"doge": TradingRules()})
    with pytest.raises(backdraft.OptionError, match="quantity_step"):
        play(closes, orders, rules={"btc": TradingRules(quantity_step=0)})


def test_the_volume_limit_is_set_in_initialize():
    result = play(
        [100] * 4,
        lambda asset: order(asset, 5),
        lambda context: set_volume_limit(0.5),
        volume=4.0,
    )
    assert [amount for amount, _ in fills(result)] == [2, 2, 1]


def test_cash_is_right_when_a_stop_is_passed_at_the_close():
    def trail(asset):
        order(asset, 1)
        order(asset, -1, style=TrailingStopOrder(distance=5))

    # Filled inside the fourth bar, on its way to the close.
    result = play([100, 100, 110, 104, 104], trail, capital_base=1_000)
    assert fills(result) == [(1, 100), (-1, 105)]
    cash = result.equity.column("cash")
    assert list(cash) == pytest.approx([1_000, 900, 900, 1_005, 1_005])
