"""`data`, `context` and `context.portfolio` at a tick."""

import math
import operator
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import backdraft
from backdraft.api import get_datetime, order, symbol


def closes(market, name="btc_usdt"):
    bars = market.bars(market.asset(name))
    return dict(
        zip(
            bars.column("time").astype("int64") // 3_600_000_000,
            bars.column("close"),
            strict=True,
        )
    )


def test_a_tick_sees_the_bar_that_has_just_closed_and_no_later_one(btc, ticks):
    known = closes(btc)
    seen = []

    def look(context, data):
        asset = symbol("btc_usdt")
        window = data.history(asset, "close", 5, "1h")
        assert window[-1] == data.current(asset, "price") == known[data.hour]
        assert list(window) == [known[data.hour - back] for back in (4, 3, 2, 1, 0)]
        assert data.current_dt == pd.Timestamp((data.hour + 1) * 3_600, unit="s", tz="UTC")
        assert get_datetime() == data.current_dt
        seen.append(data.hour)

    ticks(look, btc)
    assert seen == list(range(seen[0], seen[0] + 72))


def test_means_are_exact_and_ties_are_ties(btc, ticks):
    known = closes(btc)

    def look(context, data):
        asset = symbol("btc")
        for n_bars in (1, 24, 72):
            exact = sum(Fraction(str(known[data.hour - back])) for back in range(n_bars)) / n_bars
            mean = data.history(asset, "close", n_bars, "1h").mean()
            assert mean == data.sma(asset, n_bars)
            assert abs(Fraction(mean) - exact) < Fraction(1, 10**9)

    ticks(look, btc)
    flat = pd.DataFrame(
        dict.fromkeys(("open", "high", "low", "close"), 0.1 + np.tile([0.01, 0.03, 0.02], 100)),
        index=pd.date_range("2020-01-01", periods=300, freq="h", tz="UTC"),
    ).assign(volume=1.0)
    equal = []

    def tie(context, data):
        asset = symbol("x")
        equal.append(data.sma(asset, 3) == data.sma(asset, 72) == data.sma(asset, 99))

    ticks(tie, {"x_usd": flat}, start="2020-01-10", end="2020-01-12")
    assert all(equal)


def test_daily_windows_end_with_the_day_so_far(btc, ticks):
    frame = pd.DataFrame({"close": pd.Series(closes(btc))})
    frame.index = pd.to_datetime(frame.index * 3_600, unit="s", utc=True)
    bars = btc.bars(btc.assets[0])
    for name in ("open", "high", "low", "volume"):
        frame[name] = bars.column(name)

    def look(context, data):
        asset = symbol("btc_usdt")
        known = frame[frame.index < data.current_dt]
        days = known.resample("1D").agg(
            {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
        )
        for name in days:
            window = data.history(asset, name, 4, "1d")
            np.testing.assert_allclose(window.values, days[name].iloc[-4:], rtol=1e-12)
        assert (data.history(asset, "close", 4, "1d").to_pandas().index == days.index[-4:]).all()

    ticks(look, btc, end="2016-02-03")


def test_a_window_is_an_array_and_a_series(btc, ticks):
    def look(context, data):
        asset = symbol("btc_usdt")
        window = data.history(asset, "price", 30, "1h")
        series = window.to_pandas()
        assert len(window) == len(series) == 30
        np.testing.assert_array_equal(np.asarray(window), series.to_numpy())
        np.testing.assert_array_equal(np.asarray(window, dtype="float32"), series.astype("float32"))
        for name in ("mean", "std", "min", "max", "sum"):
            assert getattr(window, name)() == pytest.approx(getattr(series, name)(), rel=1e-12)
        assert list(window[10:20:3]) == list(series.iloc[10:20:3])
        assert list(window[::-1]) == list(series.iloc[::-1])
        assert window.iloc[-1] == window[29] == series.iloc[-1]
        assert (window / window[0] - 1).iloc[-1] == series.iloc[-1] / series.iloc[0] - 1
        assert window.pct_change().iloc[-1] == series.pct_change().iloc[-1]
        assert not window.isnull().values.any()
        assert (window > window.mean()).sum() == (series > series.mean()).sum()
        with pytest.raises(IndexError):
            window[30]

    ticks(look, btc, end="2016-02-01T03")


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow"])
def test_a_window_has_the_operators_of_a_series(btc, ticks, name):
    operate = getattr(operator, name)

    def look(context, data):
        window = data.history(symbol("btc_usdt"), "price", 5, "1h")
        series = window.to_pandas()
        pd.testing.assert_series_equal(operate(window, window), operate(series, series))
        pd.testing.assert_series_equal(operate(window, 2), operate(series, 2))
        pd.testing.assert_series_equal(operate(1.5, window), operate(1.5, series))
        pd.testing.assert_series_equal(operate(series, window), operate(series, series))

    ticks(look, btc, end="2016-02-01T01")


def test_a_window_has_what_a_series_has_of_one_and_of_truth(btc, ticks):
    def look(context, data):
        window = data.history(symbol("btc_usdt"), "price", 5, "1h")
        series = window.to_pandas()
        for operate in (abs, operator.neg, operator.pos):
            pd.testing.assert_series_equal(operate(window), operate(series))
        for name in ("lt", "le", "eq", "ne", "gt", "ge"):
            compare = getattr(operator, name)
            pd.testing.assert_series_equal(
                compare(window, series.iloc[2]), compare(series, series.iloc[2])
            )
        assert window @ window == series @ series
        assert ((window > 0) & (window < window + 1)).all()
        with pytest.raises(TypeError, match="unhashable"):
            hash(window)

    ticks(look, btc, end="2016-02-01T01")


def test_windows_and_values_of_several_come_as_pandas_has_them(five, ticks):
    def look(context, data):
        assets = context.assets
        prices = data.history(assets, "price", 10, "1h")
        assert prices.shape == (10, 5) and list(prices.columns) == assets
        assert prices.mean()[assets[2]] == pytest.approx(data.sma(assets[2], 10), rel=1e-12)
        both = data.history(assets[0], ["open", "close"], 3, "1h")
        assert list(both.columns) == ["open", "close"]
        assert data.history(assets, ["open", "close"], 3, "1h").shape == (15, 2)
        now = data.current(assets, "price")
        assert now[assets[1]] == data.current(assets[1], "close")
        assert data.current(assets[0], ["open", "volume"])["open"] > 0
        assert data.current(assets, ["open", "close"]).shape == (5, 2)
        assert data.can_trade(assets).all() and data.can_trade(assets[0])

    def initialize(context):
        context.assets = [symbol(asset.symbol) for asset in five.assets]

    ticks(look, five, end="2016-02-01T02", initialize=initialize)


def test_indicators(btc, ticks):
    def look(context, data):
        asset = symbol("btc_usdt")
        closes = data.history(asset, "close", 48, "1h").values
        score = (closes[-1] - closes.mean()) / closes.std(ddof=1)
        assert data.z_score(asset, 48) == pytest.approx(score, rel=1e-9)
        assert 0 <= data.rsi(asset) <= 100
        assert math.isnan(data.sma(asset, 10_000_000))

    ticks(look, btc, end="2016-02-01T05")


@pytest.mark.parametrize(
    "frequency", ["1m", "30T", "90T", "minute", "", "0h", "h1", "1w", "-1h", "9" * 30 + "h"]
)
def test_bars_that_cannot_be_had_are_refused(btc, ticks, frequency):
    def look(context, data):
        data.history(symbol("btc_usdt"), "close", 5, frequency)

    with pytest.raises(backdraft.NotSupported, match="prices are hourly"):
        ticks(look, btc)


def test_bars_have_the_names_of_zipline_and_catalyst(btc, ticks):
    def look(context, data):
        asset = symbol("btc_usdt")
        for names in (["1h", "1H", "h", "60T", "60m"], ["4h", "240min"], ["1d", "D", "24h"]):
            windows = [list(data.history(asset, "volume", 5, name)) for name in names]
            assert all(window == windows[0] for window in windows)

    ticks(look, btc, end="2016-02-01T02")


def test_bad_requests_are_answered_in_words(btc, ticks):
    def run(ask):
        ticks(lambda context, data: ask(symbol("btc_usdt"), data), btc)

    with pytest.raises(backdraft.OptionError, match="price, open, high, low, close, volume"):
        run(lambda asset, data: data.current(asset, "bid"))
    for count in (0, -3, 1.5, "x"):
        with pytest.raises(backdraft.OptionError, match="whole number of bars"):
            run(lambda asset, data, count=count: data.history(asset, "close", count, "1h"))
    with pytest.raises(backdraft.UnknownPair, match="unknown pair") as caught:
        run(lambda asset, data: symbol("doge_eur"))
    assert "btc_usdt" in caught.value.hint


def test_the_portfolio_adds_up(btc, ticks):
    def trade(context, data):
        asset = symbol("btc_usdt")
        portfolio = context.portfolio
        if data.hour % 5 == 0:
            order(asset, 2)
        if data.hour % 7 == 0:
            order(asset, -1)
        position = portfolio.positions[asset]
        value = position.amount * position.last_sale_price
        assert portfolio.portfolio_value == pytest.approx(portfolio.cash + value, rel=1e-12)
        assert portfolio.positions_value == pytest.approx(value, abs=1e-6)
        assert portfolio.starting_cash == 50_000
        assert (asset in portfolio.positions) == (position.amount != 0)
        assert len(portfolio.positions) == len(list(portfolio.positions)) <= 1
        assert position["amount"] == position.amount
        if asset in portfolio.positions:
            assert 300 < position.cost_basis < 450
            assert portfolio.positions.get(asset).amount == position.amount
        else:
            assert position.cost_basis == 0 and portfolio.positions.get(asset) is None

    result = ticks(trade, btc, capital_base=50_000)
    assert result.summary["fills"] > 20


def test_the_cost_basis_is_the_mean_price_of_what_is_held(btc, ticks):
    seen = []

    def trade(context, data):
        asset = symbol("btc_usdt")
        n_tick = len(seen)
        order(asset, {0: 2, 1: 4, 2: -3, 4: -3, 6: 1}.get(n_tick, 0))
        position = context.portfolio.positions[asset]
        seen.append((data.current(asset, "open"), position.amount, position.cost_basis))

    ticks(trade, btc, end="2016-02-01T08")
    opens = [price for price, _, _ in seen]
    assert [amount for _, amount, _ in seen] == [0, 2, 6, 3, 3, 0, 0, 1]
    both = (2 * opens[1] + 4 * opens[2]) / 6
    expected = [0, opens[1], both, both, both, 0, 0, opens[7]]
    assert [basis for _, _, basis in seen] == pytest.approx(expected)


def test_nothing_is_known_outside_of_a_tick(btc, ticks):
    kept = []

    def keep(context, data):
        kept[:] = [data, context.portfolio, symbol("btc_usdt")]

    ticks(keep, btc)
    data, portfolio, asset = kept
    for ask in (
        lambda: data.current(asset, "price"),
        lambda: data.history(asset, "price", 3, "1h"),
        lambda: portfolio.cash,
        lambda: portfolio.positions[asset],
        lambda: order(asset, 1),
        lambda: get_datetime(),
    ):
        with pytest.raises(backdraft.NotRunning):
            ask()


def test_what_is_no_asset_and_no_field_is_answered_in_words(btc, ticks):
    def ask(context, data):
        asset = symbol("btc_usdt")
        for ask in (
            lambda: data.current("btc_usdt", "price"),
            lambda: data.history("btc_usdt", "price", 5, "1h"),
            lambda: data.history([asset, "btc_usdt"], ["price"], 5, "1h"),
            lambda: data.can_trade("btc_usdt"),
        ):
            with pytest.raises(backdraft.OptionError, match="`btc_usdt` is not an asset"):
                ask()
        with pytest.raises(backdraft.OptionError, match="`5` is not the name of a field"):
            data.current(asset, 5)

    ticks(ask, btc)
