"""Prices as users have them."""

import pickle
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import backdraft
import backdraft.api
from backdraft import DataError

SPAN = {"start": "2016-02", "end": "2016-03"}


@pytest.fixture(scope="module")
def table():
    market = backdraft.market(pairs=["btc_usdt"])
    bars = market.bars(market.assets[0])
    frame = pd.DataFrame({name: bars.column(name) for name in bars.columns if name != "filled"})
    return frame[(frame["time"] >= "2016-01-01") & (frame["time"] < "2016-04-01")]


def value(data, **options):
    return backdraft.run("sma-cross", data=data, **SPAN, **options).outcome.final_value


@pytest.fixture(scope="module")
def expected():
    return value(backdraft.market(pairs=["btc_usdt"]))


def shapes(frame):
    frame = frame.reset_index(drop=True)
    seconds = frame["time"].astype("datetime64[s]").astype("int64")
    yield "pandas, a column of times", frame
    yield "pandas, an index", frame.set_index("time")
    yield (
        "pandas, an index with a zone",
        frame.set_index("time").tz_localize("UTC").tz_convert("Asia/Tokyo"),
    )
    yield "pandas, newest first", frame.iloc[::-1]
    yield (
        "pandas, other names",
        frame.rename(columns=str.title).rename(columns={"Time": "Date"}),
    )
    yield "polars", pl.from_pandas(frame)
    yield "polars, lazily seconds", pl.from_pandas(frame.assign(time=seconds.to_numpy()))
    yield "polars, milliseconds", pl.from_pandas(frame.assign(time=seconds.to_numpy() * 1000))
    yield "polars, texts", pl.from_pandas(frame.assign(time=frame["time"].astype(str)))
    yield "Arrow", pa.Table.from_pandas(frame, preserve_index=False)
    yield "NumPy arrays", {name: frame[name].to_numpy() for name in frame}
    yield "NumPy records", frame.to_records(index=False)
    yield "lists", {name: frame[name].tolist() for name in frame} | {"time": seconds.tolist()}


def test_every_shape_gives_the_same_run(table, expected):
    for name, data in shapes(table):
        assert value({"btc_usdt": data}) == expected, name


def test_one_frame_is_named_by_pairs_or_by_a_column(table, expected):
    assert value(table, pairs=["btc_usdt"]) == expected
    both = pd.concat([table.assign(symbol="btc_usdt"), table.assign(symbol="eth_usdt")])
    for data in (both, pl.from_pandas(both), pa.Table.from_pandas(both)):
        market = backdraft.market(data)
        assert [asset.symbol for asset in market.assets] == ["btc_usdt", "eth_usdt"]
    with pytest.raises(DataError, match="which pair"):
        backdraft.market(table)


def test_paths(tmp_path, table, expected):
    rows = table.assign(time=table["time"].astype("datetime64[s]").astype("int64"), trades=1)
    path = tmp_path / "XBTUSDT_60.csv"
    rows.to_csv(path, header=False, index=False)
    for data in (path, str(path), [path]):
        assert value(data) == expected
    with pytest.raises(backdraft.FileError, match="cannot read") as caught:
        backdraft.market(tmp_path / "absent.csv")
    assert caught.value.hint == "check the path for a typing mistake"


def test_absent_hours_are_filled_and_counted(table):
    holes = table.drop(table.index[[40 * 24 + 3, 40 * 24 + 4, 45 * 24]])
    result = backdraft.run("buy-and-hold", data={"btc_usdt": holes}, **SPAN)
    assert result.summary["filled_hours"] == {"BTC/USDT": 3}
    nan = table.copy()
    nan.iloc[[40 * 24 + 3, 40 * 24 + 4, 45 * 24], 1:] = np.nan
    assert (
        backdraft.run("buy-and-hold", data={"btc_usdt": nan}, **SPAN).final_value
        == result.final_value
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda it: it.drop(columns="open"), "no column `open`"),
        (lambda it: it.drop(columns="time").reset_index(drop=True), "row|time|hour"),
        (lambda it: it.assign(close=0.0, low=0.0), "low 0 is not above zero"),
        (lambda it: it.assign(high=1.0), "high below"),
        (lambda it: it.assign(volume=-1.0), "volume -1"),
        (lambda it: it.assign(time=it["time"] + pd.Timedelta("30min")), "hourly"),
        (lambda it: pd.concat([it, it.head(1).assign(volume=7.0)]), "same time"),
        (lambda it: it.head(0), "no rows"),
    ],
)
def test_what_is_wrong_with_prices_is_said(table, change, words):
    for convert in (lambda it: it, pl.from_pandas):
        with pytest.raises(DataError, match=words):
            backdraft.market({"btc_usdt": convert(change(table))})


def test_daily_bars_are_for_daily_runs():
    days = pd.bdate_range("2015-01-01", "2016-12-31", tz="America/New_York")
    prices = 100 + np.arange(len(days)) * 0.25
    frame = pd.DataFrame(
        {
            "open": prices,
            "high": prices + 1,
            "low": prices - 1,
            "close": prices + 0.5,
            "volume": 1e6,
        },
        index=days,
    )
    seen = []

    def handle_data(context, data):
        asset = backdraft.api.symbol("AAPL")
        seen.append(data.current(asset, "price"))
        window = data.history(asset, "price", 5, "1d")
        assert list(window) == seen[-5:][-len(window) :]
        backdraft.api.order_target(asset, 10)

    result = backdraft.run_algorithm(
        handle_data=handle_data, data={"AAPL": frame}, data_frequency="daily"
    )
    assert seen == (prices + 0.5).tolist()
    assert len(result.perf) == len(days)
    assert result.fills.column("price").tolist() == [prices[1]]
    with pytest.raises(backdraft.OptionError, match="data_frequency='daily'"):
        backdraft.run_algorithm(handle_data=handle_data, data={"AAPL": frame})


def test_a_market_survives_pickling(table):
    embedded = backdraft.market(pairs=3, seed=7)
    assert len(pickle.dumps(embedded)) < 1_000
    of_frames = backdraft.market({"btc_usdt": table, "AAPL_usdt": table})
    for market in (embedded, of_frames):
        again = pickle.loads(pickle.dumps(market))
        assert [asset.symbol for asset in again.assets] == [asset.symbol for asset in market.assets]
        assert value(again) == value(market)


def test_the_synthetic_market():
    market = backdraft.market()
    assert len(market) == 10 and market.is_synthetic and market.quote_currency == "usdt"
    assert market.asset("BTC/USDT") == market.asset("btc") == market.asset("btc_usd")
    with pytest.raises(backdraft.UnknownPair):
        backdraft.market(pairs=["no_such"])
    with pytest.raises(backdraft.OptionError, match="1 to 20 pairs"):
        backdraft.market(pairs=21)


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("kind", ["times", "numbers", "texts"])
def test_a_row_without_a_time_is_refused(table, library, kind):
    frame = table.head(20).reset_index(drop=True)
    times = frame["time"].astype("datetime64[s]")
    if kind == "numbers":
        times = times.astype("int64").astype("float64")
    elif kind == "texts":
        times = times.astype(str).astype(object)
    times[5] = None
    frame["time"] = times
    data = frame if library == "pandas" else pl.from_pandas(frame)
    with pytest.raises(DataError, match="btc_usdt, row 5: has no time"):
        backdraft.market({"btc_usdt": data})


def test_what_is_no_number_and_no_time_is_a_data_error(table):
    frame = table.head(20)
    with pytest.raises(DataError, match=r"column `close` without numbers: .*'abc'"):
        backdraft.market({"btc_usdt": frame.assign(close="abc")})
    with pytest.raises(DataError, match=r"times that cannot be read: .*hello"):
        backdraft.market({"btc_usdt": frame.assign(time="hello")})
    with pytest.raises(DataError, match="not one column `open`"):
        backdraft.market({"btc_usdt": {name: np.ones((3, 2)) for name in frame}})


def test_one_pair_can_be_named_by_its_name_alone():
    assert len(backdraft.market(pairs="eth_usdt")) == 1


@pytest.mark.parametrize("never", [pd.NaT, np.datetime64("NaT")])
def test_no_time_is_no_start(never):
    with pytest.raises(backdraft.OptionError, match="`NaT` is not a valid start"):
        backdraft.run("sma-cross", start=never)


@pytest.mark.parametrize("call", ["sma", "rsi", "z_score", "history"])
def test_any_count_of_bars_is_answered(call):
    def ask(data, asset, n_bars):
        if call == "history":
            return data.history(asset, "close", n_bars, "1d").mean()
        return getattr(data, call)(asset, n_bars)

    def handle_data(context, data):
        asset = backdraft.api.symbol("btc_usdt")
        for wrong in (0, -1, 1.5, "x", None):
            with pytest.raises(backdraft.OptionError, match="at least one"):
                ask(data, asset, wrong)
        ask(data, asset, 2**62)

    backdraft.run_algorithm(handle_data=handle_data, start="2016-01-01", end="2016-01-03")


def several(table):
    frame = pd.concat([table.assign(symbol="btc_usdt"), table.assign(symbol="eth_usdt")])
    return frame.reset_index(drop=True)


def libraries(frame):
    yield "pandas", frame
    yield "pandas, categories", frame.astype({"symbol": "category"})
    yield "polars", pl.from_pandas(frame)
    yield "polars, lazy", pl.from_pandas(frame).lazy()
    yield "Arrow", pa.Table.from_pandas(frame, preserve_index=False)
    yield "Arrow, read once", pa.Table.from_pandas(frame, preserve_index=False).to_reader()
    yield "arrays", {name: frame[name].to_numpy() for name in frame}
    yield "records", frame.to_records(index=False)


@pytest.mark.filterwarnings("error")
def test_a_column_of_pairs_splits_every_kind_of_frame(table):
    frame = several(table)
    for name, data in [
        *libraries(frame),
        ("pandas, levels", frame.set_index(["symbol", "time"])),
        (
            "Arrow, a batch",
            pa.RecordBatch.from_struct_array(
                pa.Table.from_pandas(frame, preserve_index=False).to_struct_array().combine_chunks()
            ),
        ),
    ]:
        market = backdraft.market(data)
        assert [asset.symbol for asset in market.assets] == ["btc_usdt", "eth_usdt"], name
        for asset in market.assets:
            assert market.bars(asset).column("close").tolist() == table["close"].tolist(), name


def test_a_row_without_a_pair_is_refused(table):
    for never in (None, 7):
        frame = several(table.head(20))
        frame["symbol"] = frame["symbol"].astype(object)
        frame.loc[5, "symbol"] = never
        if never is not None:
            frame["symbol"] = 7
        for name, data in libraries(frame):
            with pytest.raises(DataError, match=r"row [05]: `.*` in the column `symbol`"):
                backdraft.market(data)
                pytest.fail(name)


def test_pairs_choose_among_those_of_the_data(table, expected):
    frame = several(table)
    parts = {"btc_usdt": table, "eth_usdt": table}
    for data in (frame, pl.from_pandas(frame), parts, backdraft.market(parts)):
        assert [it.symbol for it in backdraft.market(data, ["ETH/USDT"]).assets] == ["eth_usdt"]
        assert value(data, pairs=1) == expected
        with pytest.raises(backdraft.UnknownPair, match="unknown pair xrp_usdt"):
            backdraft.market(data, "xrp_usdt")
        with pytest.raises(backdraft.OptionError, match="`3` is not a valid pairs"):
            backdraft.market(data, 3)
        with pytest.raises(backdraft.OptionError, match="`7` is not a valid seed"):
            backdraft.market(data, seed=7)
    chosen = backdraft.market(backdraft.market(pairs=3, seed=7), "eth_usdt")
    assert value(pickle.loads(pickle.dumps(chosen))) == value(chosen)
    assert value(chosen) == value(backdraft.market(pairs="eth_usdt", seed=7))


@pytest.mark.parametrize(
    "data",
    [
        5,
        b"x",
        object(),
        [5],
        [{"time": 5}],
        np.ones((3, 5)),
        pd.Series([1.0]),
        pl.Series([1.0]),
        {"btc_usdt": None},
        {"btc_usdt": "x.csv"},
    ],
)
def test_what_is_no_frame_is_a_data_error(data):
    with pytest.raises(DataError, match="is not a frame of prices: pass paths"):
        backdraft.market(data)


def test_one_bad_frame_among_good_ones(table):
    frame = pl.from_pandas(table)
    both = backdraft.market({"btc_usdt": table, "eth_usdt": frame})
    assert [asset.symbol for asset in both.assets] == ["btc_usdt", "eth_usdt"]
    with pytest.raises(DataError, match="`int` is not a frame"):
        backdraft.market({"btc_usdt": frame, "eth_usdt": 5})
    with pytest.raises(DataError, match="`5` is not the name of a pair"):
        backdraft.market({5: table})


def test_two_columns_of_one_name_are_refused(table):
    twice = table.assign(Open=table["open"] * 2)
    for frame in (
        twice,
        twice.rename(columns=str.lower),
        pl.from_pandas(twice),
        pa.Table.from_pandas(twice, preserve_index=False),
        {name: twice[name].to_numpy() for name in twice},
    ):
        with pytest.raises(DataError, match="btc_usdt has two columns `open`"):
            backdraft.market({"btc_usdt": frame})


@pytest.mark.filterwarnings("error")
def test_times_of_every_kind_are_the_same_hours(table, expected):
    times = table["time"].reset_index(drop=True)
    table = table.reset_index(drop=True)
    india = "Asia/Kolkata"
    here = times.dt.tz_localize("UTC").dt.tz_convert(india)
    moments = [time.to_pydatetime() for time in here]
    for name, spelled in {
        "aware": here,
        "aware objects": pd.Series(moments, dtype=object),
        "naive and aware": pd.Series(
            [
                there if at % 2 else naive
                for at, (there, naive) in enumerate(zip(here, times, strict=True))
            ],
            dtype=object,
        ),
        "texts with a zone": here.map(lambda time: time.isoformat()),
        "texts with Z": times.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "texts": times.astype(str).astype("string"),
        "categories": times.astype("category"),
        "periods": pd.Series(pd.PeriodIndex(times, freq="h")),
    }.items():
        frame = table.assign(time=spelled.to_numpy() if spelled.dtype == object else spelled)
        assert value({"btc_usdt": frame}) == expected, name
    lists = {name: table[name].tolist() for name in table} | {"time": moments}
    assert value({"btc_usdt": lists}) == expected


def test_numbers_of_every_kind_are_the_same_prices(table, expected):
    prices = ["open", "high", "low", "close"]
    exact = table.copy()
    for column in prices:
        exact[column] = [Decimal(repr(price)) for price in table[column]]
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    place = arrow.column_names.index("close")
    half = arrow.num_rows // 2
    for name, frame in {
        "objects": table.astype({"close": object}),
        "categories": table.astype({"close": "category"}),
        "decimals": exact,
        "decimals of polars": pl.from_pandas(exact),
        "texts": table.assign(close=table["close"].map(repr)),
        "texts of polars": pl.from_pandas(table.assign(close=table["close"].map(repr))),
        "nullable": table.convert_dtypes(),
        "of Arrow": table.convert_dtypes(dtype_backend="pyarrow"),
        "in chunks": pa.concat_tables([arrow.slice(0, half), arrow.slice(half)]),
        "a dictionary": arrow.set_column(place, "close", arrow["close"].dictionary_encode()),
        "shuffled": table.sample(frac=1, random_state=1),
    }.items():
        assert value({"btc_usdt": frame}) == expected, name


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_text_that_is_no_number_is_no_absent_hour(table, library):
    # An hour of which nothing is known is one thing, an hour that is misspelt another.
    frame = table.head(20).reset_index(drop=True).astype({"open": str, "close": str})
    frame.loc[5, ["open", "close"]] = "n/a"
    data = frame if library == "pandas" else pl.from_pandas(frame)
    with pytest.raises(DataError, match=r"column `(open|close)` without numbers: .*n/a"):
        backdraft.market({"btc_usdt": data})


def test_an_unknown_price_or_volume_is_refused_with_its_row(table):
    frame = table.head(20).reset_index(drop=True)
    for column, kind in (("close", "Float64"), ("volume", "Float64"), ("volume", object)):
        holed = frame.astype({column: kind})
        holed.loc[5, column] = pd.NA if kind == "Float64" else None
        for data in (holed, pl.from_pandas(holed.astype({column: "Float64"}))):
            with pytest.raises(DataError, match=f"row 5: {column} NaN is not a number"):
                backdraft.market({"btc_usdt": data})


def test_a_frame_without_times_says_so(table):
    frame = table.drop(columns="time").reset_index(drop=True)
    with pytest.raises(DataError, match="btc_usdt has no column `time`"):
        backdraft.market({"btc_usdt": frame})
