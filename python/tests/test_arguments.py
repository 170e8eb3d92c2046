"""Arguments that make no sense: what was given and what is allowed, in words."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import backdraft
from backdraft import OptionError, WrongType, run_algorithm, sweep
from backdraft.api import (
    cancel_order,
    date_rules,
    get_datetime,
    get_environment,
    get_open_orders,
    get_order,
    order,
    order_bracket,
    order_one_cancels_other,
    order_percent,
    order_target,
    order_target_percent,
    order_target_value,
    order_value,
    record,
    schedule_function,
    set_account,
    set_commission,
    set_slippage,
    set_trading_rules,
    set_volume_limit,
    sid,
    symbol,
    time_rules,
)
from backdraft.finance.account import Margin
from backdraft.finance.commission import PerTrade
from backdraft.finance.execution import LimitOrder, Request, StopLimitOrder, TrailingStopOrder
from backdraft.finance.rules import TradingRules

SPAN = {"start": "2016-02", "end": "2016-02-03"}


async def a_coroutine(context, data):
    """Would never be awaited."""


def a_generator(context, data):
    yield


@pytest.mark.parametrize(
    ("argument", "given", "allowed"),
    [
        ("fill", 3, "next-open, next-close, close"),
        ("fill", "open", "next-open, next-close, close"),
        ("size", None, "on-fill, on-decision"),
        ("volume_limit", "a", "a number"),
        ("volume_limit", 2, "above 0 and at most 1"),
        ("account", 5, r"finance\.account\.Margin"),
        ("account", Margin, r"finance\.account\.Margin"),
        ("rules", 5, r"finance\.rules\.TradingRules"),
        ("rules", "x", r"finance\.rules\.TradingRules"),
        ("rules", {"btc_usdt": 5}, r"finance\.rules\.TradingRules"),
        ("rules", {5: TradingRules()}, r"finance\.rules\.TradingRules"),
        ("capital_base", "x", "a number"),
        ("capital_base", None, "a number"),
        ("seed", -1, "at least 0"),
        ("seed", 2**70, "at least 0"),
        ("seed", "x", "at least 0"),
        ("seed", 1.5, "at least 0"),
        ("pairs", -1, "at least 1"),
        ("pairs", 0, "at least 1"),
        ("pairs", 1.5, "how many, or a list of their names"),
        ("pairs", [5], "how many, or a list of their names"),
        ("commission", "x", "finance.commission"),
        ("slippage", [], "finance.slippage"),
        ("initialize", 5, "a function of"),
        ("handle_data", 5, r"a function of \(context, data\)"),
        ("handle_data", a_coroutine, "without async and yield"),
        ("handle_data", a_generator, "without async and yield"),
        ("before_trading_start", "x", "a function of"),
        ("analyze", 5, "a function of"),
    ],
)
def test_an_argument_of_a_run_is_refused_by_name(argument, given, allowed):
    with pytest.raises(OptionError, match=rf"^`.*` is not a valid {argument}: .*{allowed}"):
        run_algorithm(**SPAN, **{argument: given})


def test_the_wrong_type_is_a_type_error_and_a_long_text_is_cut():
    for given in ("x" * 1_000, None, [1]):
        with pytest.raises(TypeError, match="not a valid capital_base") as caught:
            backdraft.run("idle", capital_base=given)
        assert isinstance(caught.value, backdraft.Error) and len(str(caught.value)) < 200


ORDERS = [order, order_value, order_percent, order_target, order_target_value, order_target_percent]


@pytest.mark.parametrize("place", ORDERS)
def test_every_way_to_order_refuses_the_same(btc, ticks, place):
    def handle_data(context, data):
        asset = symbol("btc_usdt")
        for given in ("btc_usdt", None, 5, "no such"):
            with pytest.raises(WrongType, match=rf"`{given}` is not an asset: symbol\("):
                place(given, 1)
        for given in ("x", None, [1]):
            with pytest.raises(WrongType, match="it has to be a number"):
                place(asset, given)
        for style in (5, "x", LimitOrder, PerTrade(1)):
            with pytest.raises(WrongType, match=r"is not a valid style: .*LimitOrder"):
                place(asset, 1, style=style)
        with pytest.raises(WrongType, match="`x` is not a valid limit_price"):
            place(asset, 1, style=LimitOrder("x"))
        with pytest.raises(WrongType, match="`x` is not a valid stop_price"):
            place(asset, 1, stop_price="x")
        with pytest.raises(OptionError, match="`5` is not a valid time_in_force"):
            place(asset, 1, time_in_force=5)

    ticks(handle_data, btc, end="2016-02-01T02")


def test_a_style_needs_its_price():
    for make in (lambda: LimitOrder(None), lambda: StopLimitOrder(400, None)):
        with pytest.raises(WrongType, match=r"`None` is not a valid (limit|stop)_price"):
            make()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda it: order_bracket(it, 1, "x", 500), "`x` is not a valid stop_price"),
        (lambda it: order_one_cancels_other(5), r"`5` is not a valid order: .*Request"),
        (lambda it: order_one_cancels_other([Request(it, 1)]), "execution.Request"),
        (lambda it: order_one_cancels_other(Request("x", 1)), "`x` is not an asset"),
        (lambda it: order_one_cancels_other(Request(it, "x")), "`x` is not a valid amount"),
        (lambda it: order_one_cancels_other(Request(it, 1, 5)), "`5` is not a valid style"),
        (
            lambda it: order(it, 1, style=TrailingStopOrder(percent="x")),
            "`x` is not a valid percent",
        ),
        (lambda it: record("x"), "`x` has no value"),
        (lambda it: record("x", 1, "y"), "`y` has no value"),
        (lambda it: record(5, 3), "`5` is not a valid name"),
        (lambda it: symbol(5), "`5` is not a valid symbol"),
        (lambda it: sid("x"), "`x` is not a valid sid: .*from 0 to 0"),
        (lambda it: sid(5), "`5` is not a valid sid: .*from 0 to 0"),
        (lambda it: sid(-1), "`-1` is not a valid sid"),
        (lambda it: cancel_order("nope"), "`nope` is not the name of an order"),
        (lambda it: cancel_order(5), "`5` is not a valid order"),
        (lambda it: get_order("nope"), "`nope` is not the name of an order"),
        (lambda it: get_order(None), "`None` is not a valid order"),
        (lambda it: get_open_orders("btc"), "`btc` is not an asset"),
        (lambda it: get_datetime("nowhere"), "`nowhere` is not a valid tz"),
        (lambda it: get_datetime(5), "`5` is not a valid tz"),
        (lambda it: get_environment("x"), "`x` is not a valid field: .*platform"),
    ],
)
def test_functions_for_a_tick_say_what_they_take(btc, ticks, call, words):
    def handle_data(context, data):
        with pytest.raises(OptionError, match=words):
            call(symbol("btc_usdt"))

    ticks(handle_data, btc, end="2016-02-01T02")


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda data, it: data.sma("btc", 3), "`btc` is not an asset"),
        (lambda data, it: data.rsi("btc"), "`btc` is not an asset"),
        (lambda data, it: data.z_score(5, 3), "`5` is not an asset"),
        (lambda data, it: data.history(it, "price", 5, 5), "`5` is not a valid frequency"),
    ],
)
def test_data_says_what_it_takes(btc, ticks, ask, words):
    def handle_data(context, data):
        with pytest.raises(WrongType, match=words):
            ask(data, symbol("btc_usdt"))
        for look in (context.portfolio.positions.get, context.portfolio.positions.__getitem__):
            with pytest.raises(WrongType, match="`btc` is not an asset"):
                look("btc")

    ticks(handle_data, btc, end="2016-02-01T02")


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (lambda it: schedule_function(5), "`5` is not a valid func"),
        (lambda it: schedule_function(a_coroutine), "without async and yield"),
        (lambda it: schedule_function(print, 5), "`5` is not a valid date_rule"),
        (lambda it: schedule_function(print, date_rules.every_day), "not a valid date_rule"),
        (
            lambda it: schedule_function(print, time_rules.market_open(), date_rules.every_day()),
            "not a valid date_rule",
        ),
        (lambda it: schedule_function(print, None, 5), "`5` is not a valid time_rule"),
        (lambda it: date_rules.week_start("x"), "`x` is not a valid offset: .*0 to 6"),
        (lambda it: time_rules.market_open(5), "`5` is not a valid offset: .*timedelta"),
        (lambda it: time_rules.market_open(minutes="x"), "`x` is not a valid minutes"),
        (lambda it: set_commission("x"), "`x` is not a valid commission"),
        (lambda it: set_commission(us_equities="x"), "`x` is not a valid commission"),
        (lambda it: set_commission(maker="x"), "`x` is not a valid commission"),
        (lambda it: set_commission(PerTrade("x")), "`x` is not a valid commission"),
        (lambda it: set_slippage(us_equities="x"), "`x` is not a valid slippage"),
        (lambda it: set_account(5), "`5` is not a valid account"),
        (lambda it: set_account(Margin("x")), "`x` is not a valid leverage"),
        (lambda it: set_trading_rules("btc", min_quantity=1), "`btc` is not an asset"),
        (lambda it: set_trading_rules(it, price_step="x"), "`x` is not a valid price_step"),
        (lambda it: set_volume_limit("x"), "`x` is not a valid volume_limit"),
    ],
)
def test_functions_for_the_beginning_say_what_they_take(btc, say, words):
    with pytest.raises(OptionError, match=words):
        run_algorithm(lambda context: say(symbol("btc_usdt")), data=btc, **SPAN)


def test_a_schedule_is_made_before_the_first_tick(btc, ticks):
    with pytest.raises(backdraft.NotRunning, match="schedule_function can be called only in init"):
        ticks(lambda context, data: schedule_function(print), btc)


class Half(backdraft.Strategy):
    """Takes no parameters."""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"threads": 0}, "`0` is not a valid threads: .*at least 1"),
        ({"threads": -1}, "`-1` is not a valid threads"),
        ({"threads": "x"}, "`x` is not a valid threads"),
        ({"params": 5}, "`5` is not a valid params"),
        ({"params": [5]}, "`5` is not a valid params"),
        ({"params": {"fast": 5}}, "`5` is not a valid list of values for `fast`"),
        ({"params": {"fast": "ab"}}, "`ab` is not a valid list of values"),
        ({"strategy": 5}, "`5` is not a valid strategy"),
        ({"strategy": Half, "params": [{}], "threads": 2}, "`threads` is not for .*Python"),
        ({"strategy": Half, "params": [{}], "executor": 5}, "`5` is not a valid executor"),
    ],
)
def test_a_sweep_says_what_it_takes(btc, given, words):
    options = {"strategy": "sma-cross", "params": {"fast": [6], "slow": [48]}} | given
    with pytest.raises(OptionError, match=words):
        sweep(**options, data=btc, **SPAN)


def test_what_makes_no_strategy_is_refused(btc):
    for strategy in (5, None, int, object()):
        with pytest.raises(WrongType, match="not a valid strategy"):
            backdraft.run(strategy, data=btc, **SPAN)
    with ThreadPoolExecutor(1) as pool, pytest.raises(WrongType, match="not a valid strategy"):
        sweep(lambda x: x, {"x": [5]}, data=btc, executor=pool, **SPAN)
    for strategy, option in (("idle", "data_frequency"), (Half, "logging")):
        with pytest.raises(TypeError, match=f"no argument `{option}` for a strategy of"):
            backdraft.run(strategy, data=btc, **{option: "daily"}, **SPAN)
    with pytest.raises(WrongType, match="`4` is not a valid logging: choose lazy or eager"):
        backdraft.run("idle", data=btc, logging=4, **SPAN)


def test_the_best_of_nothing_and_by_nothing(btc):
    with pytest.raises(OptionError, match="an empty sweep has no best run"):
        sweep("sma-cross", {"fast": []}, data=btc, **SPAN).best()
    runs = sweep("sma-cross", {"fast": [6, 12]}, data=btc, **SPAN)
    for objective in ("nope", 5, "strategy"):
        with pytest.raises(OptionError, match=f"`{objective}` is not a valid .*sharpe"):
            runs.best(objective)


def test_options_are_named_as_python_names_them(btc):
    with pytest.raises(OptionError, match="`no-such` is not a valid strategy: choose one of"):
        backdraft.run("no-such", data=btc)
    with pytest.raises(backdraft.RangeError) as caught:
        run_algorithm(data=btc, start="2010-01")
    assert caught.value.hint.startswith("choose start and end between")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rate": "x"}, "`x` is not a valid rate"),
        ({"rate": print}, r"write @backdraft\.profile\(\)"),
        ({"seed": -1}, "`-1` is not a valid seed"),
        ({"max_overhead": "x"}, "`x` is not a valid max_overhead"),
        ({"intervals": "x"}, "`x` is not a valid intervals: choose random or fixed"),
    ],
)
def test_a_session_of_sampling_says_what_it_takes(given, words):
    with pytest.raises(OptionError, match=words):
        backdraft.profile(**given)
