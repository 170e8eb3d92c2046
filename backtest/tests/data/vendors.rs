//! What vendors ship: the same three hours in each of their layouts.

use backtest::data::{ColumnChoice, ImportOptions, Layout, TimeFormat};
use backtest::{BarSeries, Price, Timestamp};

use super::support::{bars, load_text_with};

/// Open, high, low, close and volume of three hours from 2018-02-01 21:00.
const BARS: [[f64; 5]; 3] = [
    [9100.0, 9234.0, 8943.67, 9065.55, 2425.12],
    [9065.55, 9119.01, 8905.0, 8939.98, 1274.87],
    [8939.98, 9098.29, 8910.0, 9010.61, 939.04],
];

#[track_caller]
fn assert_bars(found: &BarSeries) {
    assert_eq!(Some(found.start()), Timestamp::parse("2018-02-01T21"));
    assert_eq!(found.len(), BARS.len());
    for (idx, [open, high, low, close, volume]) in BARS.into_iter().enumerate() {
        let bar = found.bar(idx);
        let prices = [bar.open, bar.high, bar.low, bar.close].map(Price::as_f64);
        assert_eq!(
            prices.map(f64::to_bits),
            [open, high, low, close].map(f64::to_bits)
        );
        assert_eq!(bar.volume.to_bits(), volume.to_bits());
        assert!(!bar.filled);
    }
}

#[track_caller]
fn check_with(
    name: &str,
    symbol: &str,
    layout: Layout,
    content: impl AsRef<[u8]>,
    options: &ImportOptions,
) {
    let loaded = load_text_with(name, content, options).expect("the file is sound");
    let report = &loaded.reports[0];
    assert!(report.is_clean(), "{}", report.full_text());
    assert_eq!(
        (report.symbol.to_string().as_str(), report.layout),
        (symbol, layout)
    );
    assert_bars(bars(&loaded));
}

#[track_caller]
fn check(name: &str, symbol: &str, layout: Layout, content: impl AsRef<[u8]>) {
    let mut options = ImportOptions::default();
    options.policy = backtest::data::Policy::Strict;
    check_with(name, symbol, layout, content, &options);
}

#[test]
fn binance() {
    let rows = "\
1517518800000,9100,9234,8943.67,9065.55,2425.12,1517522399999,22076067.67,4000,1200.1,10000000.1,0
1517522400000,9065.55,9119.01,8905,8939.98,1274.87,1517525999999,11471902.94,3000,600.1,5000000.1,0
1517526000000,8939.98,9098.29,8910,9010.61,939.04,1517529599999,8463729.2,1500,400.1,4000000.1,0
";
    check("BTCUSDT-1h-2018-02.csv", "BTC/USDT", Layout::Binance, rows);
    let micros = rows
        .replace("00000,9", "00000000,9")
        .replace("00000,8", "00000000,8");
    check(
        "BTCUSDT-1h-2018-02.csv",
        "BTC/USDT",
        Layout::Binance,
        micros,
    );
    let header = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n";
    check(
        "BTCUSDT-1h-2018-02.csv",
        "BTC/USDT",
        Layout::Binance,
        format!("{header}{rows}"),
    );
}

#[test]
fn cryptodatadownload() {
    check(
        "a.csv",
        "BTC/USD",
        Layout::CryptoDataDownload,
        "\
https://www.CryptoDataDownload.com
unix,date,symbol,open,high,low,close,Volume BTC,Volume USD
1517526000,2018-02-01 23:00:00,BTC/USD,8939.98,9098.29,8910,9010.61,939.04,8463729.2
1517522400,2018-02-01 22:00:00,BTC/USD,9065.55,9119.01,8905,8939.98,1274.87,11471902.94
1517518800,2018-02-01 21:00:00,BTC/USD,9100,9234,8943.67,9065.55,2425.12,22076067.67
",
    );
    check(
        "b.csv",
        "BTC/USD",
        Layout::CryptoDataDownload,
        "\
Date,Symbol,Open,High,Low,Close,Volume From,Volume To
2018-02-01 11-PM,BTCUSD,8939.98,9098.29,8910,9010.61,939.04,8463729.2
2018-02-01 10-PM,BTCUSD,9065.55,9119.01,8905,8939.98,1274.87,11471902.94
2018-02-01 09-PM,BTCUSD,9100,9234,8943.67,9065.55,2425.12,22076067.67
",
    );
    check(
        "c.csv",
        "BTC/USD",
        Layout::CryptoDataDownload,
        "\
https://www.CryptoDataDownload.com
Unix,Date,Symbol,Open,High,Low,Close,Volume USD,Volume BTC
1517526000000,2018-02-01 23:00:00,BTC/USD,8939.98,9098.29,8910,9010.61,8463729.2,939.04
1517522400000,2018-02-01 22:00:00,BTC/USD,9065.55,9119.01,8905,8939.98,11471902.94,1274.87
1517518800000,2018-02-01 21:00:00,BTC/USD,9100,9234,8943.67,9065.55,22076067.67,2425.12
",
    );
}

#[test]
fn exchanges_of_other_orders() {
    check(
        "BTC-USD.csv",
        "BTC/USD",
        Layout::Csv,
        "\
time,low,high,open,close,volume
1517526000,8910,9098.29,8939.98,9010.61,939.04
1517522400,8905,9119.01,9065.55,8939.98,1274.87
1517518800,8943.67,9234,9100,9065.55,2425.12
",
    );
    check(
        "BTC-USD.csv",
        "BTC/USD",
        Layout::Csv,
        "\
1517526000,8910,9098.29,8939.98,9010.61,939.04
1517522400,8905,9119.01,9065.55,8939.98,1274.87
1517518800,8943.67,9234,9100,9065.55,2425.12
",
    );
    check(
        "tBTCUSD_BTCUSD.csv",
        "TBTC/USD",
        Layout::Csv,
        "\
1517518800000,9100,9065.55,9234,8943.67,2425.12
1517522400000,9065.55,8939.98,9119.01,8905,1274.87
1517526000000,8939.98,9010.61,9098.29,8910,939.04
",
    );
    check(
        "btcusd_bitstamp.csv",
        "BTC/USD",
        Layout::Csv,
        "\
timestamp,open,high,low,close,volume
1517518800,9100.00,9234.00,8943.67,9065.55,2425.12000000
1517522400,9065.55,9119.01,8905.00,8939.98,1274.87000000
1517526000,8939.98,9098.29,8910.00,9010.61,939.04000000
",
    );
}

#[test]
fn charting_programs() {
    check(
        "BTCUSD.csv",
        "BTC/USD",
        Layout::Csv,
        "\
<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>
2018.02.01\t21:00:00\t9100\t9234\t8943.67\t9065.55\t10\t2425.12\t1
2018.02.01\t22:00:00\t9065.55\t9119.01\t8905\t8939.98\t10\t1274.87\t1
2018.02.01\t23:00:00\t8939.98\t9098.29\t8910\t9010.61\t10\t939.04\t1
",
    );
    check(
        "BTCUSD.csv",
        "BTC/USD",
        Layout::Csv,
        "\
20180201 210000;9100;9234;8943.67;9065.55;2425.12
20180201 220000;9065.55;9119.01;8905;8939.98;1274.87
20180201 230000;8939.98;9098.29;8910;9010.61;939.04
",
    );
    check(
        "BTCUSD.csv",
        "BTC/USD",
        Layout::Csv,
        "\
20180201,210000,9100,9234,8943.67,9065.55,2425.12
20180201,220000,9065.55,9119.01,8905,8939.98,1274.87
20180201,230000,8939.98,9098.29,8910,9010.61,939.04
",
    );
    check(
        "BTCUSD.csv",
        "BTC/USD",
        Layout::Csv,
        "\
Gmt time,Open,High,Low,Close,Volume
01.02.2018 21:00:00.000,9100,9234,8943.67,9065.55,2425.12
01.02.2018 22:00:00.000,9065.55,9119.01,8905,8939.98,1274.87
01.02.2018 23:00:00.000,8939.98,9098.29,8910,9010.61,939.04
",
    );
    check(
        "BTCUSD.csv",
        "BTC/USD",
        Layout::Csv,
        "\
,open,high,low,close,volume
2018-02-01 21:00:00+00:00,9100,9234,8943.67,9065.55,2425.12
2018-02-01 22:00:00+00:00,9065.55,9119.01,8905,8939.98,1274.87
2018-02-01 23:00:00+00:00,8939.98,9098.29,8910,9010.61,939.04
",
    );
}

#[test]
fn json() {
    let rows = "[[1517518800000,9100,9234,8943.67,9065.55,2425.12],\
        [1517522400000,9065.55,9119.01,8905,8939.98,1274.87],\n\
        [1517526000000,8939.98,9098.29,8910,9010.61,939.04]]";
    check("BTC_USDT.json", "BTC/USDT", Layout::Json, rows);
    check(
        "x.json",
        "BTC/USDT",
        Layout::Json,
        format!("{{\"symbol\":\"BTC/USDT\",\"timeframe\":\"1h\",\"ohlcv\":{rows}}}"),
    );
    check(
        "ohlc.json",
        "BTC/USD",
        Layout::Json,
        format!("{{\"error\":[],\"result\":{{\"XXBTZUSD\":{rows},\"last\":1517526000}}}}"),
    );
    check(
        "BTCUSD.json",
        "BTC/USD",
        Layout::Json,
        "{\"data\":{\"ohlc\":[\
        {\"close\":\"9065.55\",\"high\":\"9234\",\"low\":\"8943.67\",\"open\":\"9100\",\"timestamp\":\"1517518800\",\"volume\":\"2425.12\"},\
        {\"close\":\"8939.98\",\"high\":\"9119.01\",\"low\":\"8905\",\"open\":\"9065.55\",\"timestamp\":\"1517522400\",\"volume\":\"1274.87\"},\
        {\"close\":\"9010.61\",\"high\":\"9098.29\",\"low\":\"8910\",\"open\":\"8939.98\",\"timestamp\":\"1517526000\",\"volume\":\"939.04\"}]}}",
    );
}

#[test]
fn columns_and_time_format_are_taken_at_their_word() {
    let mut options = ImportOptions::default();
    options.columns = ColumnChoice::parse("Zeit,Auf,Hoch,Tief,Zu,Menge").ok();
    options.time_format = TimeFormat::parse("%d.%m.%Y %H Uhr").ok();
    let content = "\
Paar;Zeit;Auf;Hoch;Tief;Zu;Menge
x;01.02.2018 21 Uhr;9100;9234;8943,67;9065,55;2425,12
x;01.02.2018 22 Uhr;9065,55;9119,01;8905;8939,98;1274,87
x;01.02.2018 23 Uhr;8939,98;9098,29;8910;9010,61;939,04
";
    check_with("BTCUSD.csv", "BTC/USD", Layout::Csv, content, &options);
    options.columns = ColumnChoice::parse("2,3,4,5,6,7").ok();
    check_with("BTCUSD.csv", "BTC/USD", Layout::Csv, content, &options);
    options.time_format = None;
    options.columns = ColumnChoice::parse("_,time,close,low,high,open,volume").ok();
    check_with(
        "BTCUSD.csv",
        "BTC/USD",
        Layout::Csv,
        "\
x,1517518800,9065.55,8943.67,9234,9100,2425.12
x,1517522400,8939.98,8905,9119.01,9065.55,1274.87
x,1517526000,9010.61,8910,9098.29,8939.98,939.04
",
        &options,
    );
}
