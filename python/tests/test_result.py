"""What came of a run, in all its shapes."""

import json
import subprocess
import sys

import matplotlib
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import backdraft
from backdraft import run_algorithm
from backdraft.api import order, order_target_percent, record, symbol
from backdraft.exchange.utils.stats_utils import (
    extract_transactions,
    get_pretty_stats,
    set_print_settings,
)

matplotlib.use("Agg")


@pytest.fixture(scope="module")
def result(btc):
    def handle_data(context, data):
        asset = symbol("btc_usdt")
        if data.hour % 50 == 0:
            order_target_percent(asset, 0.5)
        if data.hour % 50 == 25:
            order(asset, -1)
        if data.hour % 2:
            record(price=data.current(asset, "price"), odd=True)

    return run_algorithm(handle_data=handle_data, data=btc, start="2016-02", end="2016-03")


def test_figures_agree_with_each_other(result):
    value = result.equity.column("portfolio_value")
    assert value[-1] == result.final_value
    assert result.final_value == pytest.approx(float(result.outcome.final_value), rel=1e-15)
    assert result.total_return == pytest.approx(value[-1] / 100_000 - 1)
    assert result.max_drawdown == pytest.approx(result.equity.column("drawdown").max())
    assert np.prod(1 + result.equity.column("returns")) - 1 == pytest.approx(result.total_return)
    assert result.equity.column("benchmark")[-1] - 1 == pytest.approx(
        result.summary["benchmark_return"]
    )
    flows = -result.fills.column("value") - result.fills.column("commission")
    assert result.equity.column("cash")[-1] == pytest.approx(100_000 + flows.sum())
    held = result.positions.column("value").sum()
    assert result.equity.column("cash")[-1] + held == pytest.approx(result.final_value)
    assert result.ticks == len(result) == 29 * 24


def test_frames(result):
    polars, pandas = result.to_polars(), result.to_pandas()
    assert polars.columns[0] == "time" and set(polars.columns[1:]) == set(pandas.columns)
    np.testing.assert_array_equal(polars["portfolio_value"], pandas["portfolio_value"])
    assert polars["time"].dtype == pl.Datetime("us", "UTC")
    assert (pandas.index == polars["time"].to_pandas()).all()
    assert pandas["price"].notna().sum() == polars["price"].drop_nulls().len() == 29 * 12
    assert pandas.index[-1] == pd.Timestamp("2016-03-01", tz="UTC")


def test_arrow_takes_the_columns_as_they_are(result):
    table = pa.table(result)
    assert table.equals(pa.table(result.equity)) and table.num_rows == result.ticks
    once, again = (pa.table(result.equity)["portfolio_value"].chunk(0) for _ in range(2))
    assert once.buffers()[1].address == again.buffers()[1].address
    assert pl.DataFrame(result.fills).height == result.summary["fills"]
    assert pa.table(result.fills).schema.field("asset").type == pa.string()


def test_it_answers_as_ziplines_frame(result):
    assert (result.portfolio_value == result["portfolio_value"]).all()
    assert "price" in result and "nothing" not in result
    result["algorithm"] = result.loc[:, "algorithm_period_return"]
    assert result["algorithm"].iloc[-1] == pytest.approx(result.total_return)
    trades = result.loc[[t != [] for t in result.transactions]]
    assert len(trades) == result.summary["fills"]
    fill = trades.transactions.iloc[0][0]
    assert fill["amount"] > 0 and fill["dt"] == trades.index[0] - pd.Timedelta("1h")
    assert {"leverage", "alpha", "beta", "treasury_period_return", "starting_cash"} <= set(
        result.columns
    )
    assert result["sharpe"].iloc[-1] == pytest.approx(result.sharpe)
    assert result["beta"].iloc[-1] == pytest.approx(result.summary["beta"])
    assert result["alpha"].iloc[-1] == pytest.approx(result.summary["alpha"])
    assert result.ix[trades.index, "price"].equals(result.loc[trades.index].ix[:, "price"])
    assert result.price.ix[trades.index].equals(result["price"].loc[trades.index])
    with pytest.raises(AttributeError):
        _ = result.no_such_thing


def test_what_catalysts_examples_do_with_it(result):
    fills = extract_transactions(result)
    assert len(fills) == result.summary["fills"]
    assert (fills["amount"].to_numpy() == result.fills.column("amount")).all()
    assert "portfolio_value" in get_pretty_stats(result)
    first = get_pretty_stats(result, ["portfolio_value"], 3, show_tail=False).splitlines()
    assert first[-1].split()[-1] == str(result["portfolio_value"].iloc[2])
    assert first[0].split() == ["portfolio_value"]
    options = ["expand_frame_repr", "precision", "width", "max_colwidth"]
    before = [
        it for name in options for it in (f"display.{name}", pd.get_option(f"display.{name}"))
    ]
    with pd.option_context(*before):
        set_print_settings()
        assert pd.get_option("display.precision") == 8


def test_words_and_pictures(result, tmp_path):
    assert "strategy" in str(result) and "handle_data" in str(result)
    assert "fills" in repr(result)
    assert json.loads(json.dumps(result.summary)) == result.summary
    figure = result.plot()
    figure.savefig(tmp_path / "plot.png")
    assert len(figure.axes) == 2
    page = result.tearsheet(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert text == str(page) and text.lower().startswith("<!doctype html>")
    assert "polyline" in result._repr_html_() and "NaN" not in text and "nan" not in text


def test_names_never_become_markup(btc):
    def handle_data(context, data):
        pass

    handle_data.__name__ = "<script>alert(1)</script>"
    result = run_algorithm(handle_data=handle_data, data=btc, start="2016-02", end="2016-02-02")
    assert "<script>" not in str(result.tearsheet())


def test_an_idle_run_has_no_sharpe_ratio(btc):
    result = backdraft.run("idle", data=btc, start="2016-02", end="2016-02-02")
    assert result.sharpe is None and result.total_return == 0
    assert len(result.fills) == 0 and len(result.positions) == 0
    result.plot()
    assert "–" in result._repr_html_()
    assert result.to_polars().height == 24


def test_the_command_line_says_the_same(btc):
    result = backdraft.run("mean-reversion", pairs=3, start="2016-02", end="2016-03")
    assert result.summary["schema"].startswith("backdraft.run/")
    slow = backdraft.run(
        "mean-reversion",
        pairs=3,
        start="2016-02",
        end="2016-03",
        logging="eager",
        folder_check="every-call",
        exchange="test-python",
    )
    assert slow.summary == result.summary
    for strategy, words in [
        ("momentum", "choose one of idle"),
        ("sma-cross:fast=80,slow=20", "less than slow"),
        ("sma-cross:speed=3", "sma-cross has no speed, but fast, slow, allocation"),
        ("idle:x=1", "idle has no"),
    ]:
        with pytest.raises(backdraft.OptionError, match=words):
            backdraft.run(strategy, data=btc)


def test_neither_pandas_nor_numpy_is_imported_unless_it_is_needed():
    script = """
import sys, backdraft
def handle_data(context, data):
    data.history(context.asset, "close", 72, "1h").mean()
def initialize(context):
    context.asset = context.symbol("btc_usdt")
result = backdraft.run_algorithm(initialize, handle_data, pairs=1, start="2016-02", end="2016-03")
assert result.ticks == 696 and "final value" in str(result)
print([name for name in ("numpy", "pandas", "polars", "matplotlib") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout == "[]\n", done.stderr
