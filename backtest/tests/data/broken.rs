//! Every defect has an error that names the place and the rule.

use std::fs;
use std::path::Path;

use backtest::Error;
use backtest::data::{Policy, load, load_with};
use insta::assert_snapshot;

use super::support::{error_of, file, load_text, with};

/// A Kraken file with a good row, this one, and another good row.
#[track_caller]
fn kraken(row: &str) -> String {
    let content = format!(
        "1451606400,430,431,429,430.5,12.5,7\n{row}\n1451613600,430,431,429,430.5,12.5,7\n"
    );
    error_of("XBTUSD_60.csv", content)
}

/// A CryptoDataDownload file with a good row and this one.
#[track_caller]
fn named(row: &str) -> String {
    let content = format!(
        "Timestamps are UTC timezone,https://www.CryptoDataDownload.com\r\n\
         Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USD\r\n\
         1517526000.0,2018-02-01 11-PM,BTCUSD,8939.98,9098.29,8910,9010.61,939.04,8463729.2\r\n\
         \r\n\
         {row}\r\n"
    );
    error_of("prices.csv", content)
}

#[test]
fn a_line_has_its_number_of_columns() {
    assert_snapshot!(kraken("1451610000,430,431,429,430.5,12.5"), @"XBTUSD_60.csv:2: the line has 6 columns, where 7 belong (time, open, high, low, close, volume, trades)");
    assert_snapshot!(kraken("1451610000,430,431,429,430.5,12.5,7,8"), @"XBTUSD_60.csv:2: the line has 8 columns, where 7 belong (time, open, high, low, close, volume, trades)");
    assert_snapshot!(named("1517522400"), @"prices.csv:5: the line has 1 column, where 9 belong (unix timestamp, date, symbol, open, high, low, close, volume btc, volume usd)");
}

#[test]
fn a_price_is_a_number_above_zero() {
    assert_snapshot!(kraken("1451610000,430,431,-3.5,430.5,12.5,7"), @"XBTUSD_60.csv:2: column low holds -3.5, which is not above zero");
    assert_snapshot!(kraken("1451610000,0,431,429,430.5,12.5,7"), @"XBTUSD_60.csv:2: column open holds 0, which is not above zero");
    assert_snapshot!(kraken("1451610000,430,NaN,429,430.5,12.5,7"), @"XBTUSD_60.csv:2: column high holds NaN, which is not a number");
    assert_snapshot!(kraken("1451610000,430,inf,429,430.5,12.5,7"), @"XBTUSD_60.csv:2: column high holds inf, which is not a number");
    assert_snapshot!(kraken("1451610000,430,431,429,4x,12.5,7"), @"XBTUSD_60.csv:2: column close holds 4x, which is not a number");
    assert_snapshot!(kraken("1451610000,430,431,429,,12.5,7"), @"XBTUSD_60.csv:2: column close is empty");
    assert_snapshot!(kraken("1451610000,430,1e30,429,430.5,12.5,7"), @"XBTUSD_60.csv:2: column high holds 1e30, which is too large (the limit is 922,337,203)");
    assert_snapshot!(kraken("1451610000,430,431,1e-30,430.5,12.5,7"), @"XBTUSD_60.csv:2: column low holds 1e-30, which is too small (the limit is 0.0000000001)");
}

#[test]
fn prices_lie_between_low_and_high() {
    assert_snapshot!(kraken("1451610000,430,431,430.2,430.5,12.5,7"), @"XBTUSD_60.csv:2: column low holds 430.2, which is above open (430)");
    assert_snapshot!(kraken("1451610000,430,431,429,428,12.5,7"), @"XBTUSD_60.csv:2: column low holds 429, which is above close (428)");
    assert_snapshot!(kraken("1451610000,430,428,429,430,12.5,7"), @"XBTUSD_60.csv:2: column low holds 429, which is above high (428)");
    assert_snapshot!(kraken("1451610000,430,429.9,429,429.5,12.5,7"), @"XBTUSD_60.csv:2: column high holds 429.9, which is below open (430)");
    assert_snapshot!(kraken("1451610000,430,431,429,431.5,12.5,7"), @"XBTUSD_60.csv:2: column high holds 431, which is below close (431.5)");
}

#[test]
fn a_volume_is_a_number_not_below_zero() {
    assert_snapshot!(kraken("1451610000,430,431,429,430.5,-1,7"), @"XBTUSD_60.csv:2: column volume holds -1, which is below zero");
    assert_snapshot!(kraken("1451610000,430,431,429,430.5,nan,7"), @"XBTUSD_60.csv:2: column volume holds nan, which is not a number");
    assert_snapshot!(kraken("1451610000,430,431,429,430.5,inf,7"), @"XBTUSD_60.csv:2: column volume holds inf, which is too large (the limit is 1e18)");
    assert_snapshot!(kraken("1451610000,430,431,429,430.5,,7"), @"XBTUSD_60.csv:2: column volume is empty");
    assert_snapshot!(kraken("1451610000,430,431,429,430.5,12.5,"), @"XBTUSD_60.csv:2: column trades is empty");
    assert_snapshot!(kraken("1451610000,430,431,429,430.5,7,12.5"), @"XBTUSD_60.csv:2: column trades holds 12.5, which is not a count of trades");
}

#[test]
fn a_time_is_possible_and_on_the_hour() {
    assert_snapshot!(kraken("1451610060,430,431,429,430.5,12.5,7"), @"XBTUSD_60.csv:2: the bar of 2016-01-01 01:01 does not open on the hour");
    assert_snapshot!(kraken("0,430,431,429,430.5,12.5,7"), @"XBTUSD_60.csv:2: column time holds 0, which is not a time between 1990 and 2100");
    assert_snapshot!(kraken("soon,430,431,429,430.5,12.5,7"), @"XBTUSD_60.csv:2: column time holds soon, which is not a time in unix seconds");
    assert_snapshot!(kraken(",430,431,429,430.5,12.5,7"), @"XBTUSD_60.csv:2: column time is empty");
    let dated = |date: &str| {
        let header = "date,symbol,open,high,low,close,volume";
        error_of("prices.csv", format!("{header}\n{date},BTCUSD,1,1,1,1,1\n"))
    };
    assert_snapshot!(dated("2017-02-29 01-PM"), @"prices.csv:2: column date holds 2017-02-29 01-PM, which is not a date such as 2018-02-01");
    assert_snapshot!(dated("2017-02-28 13-PM"), @"prices.csv:2: column date holds 2017-02-28 13-PM, which is not a time of day");
    assert_snapshot!(dated("2017-02-28 13:30"), @"`prices.csv` does not hold hourly bars: they open 30 minutes past the hour");
    assert_snapshot!(dated("2017-02-28"), @"`prices.csv` does not hold hourly bars: its dates have no hour");
}

#[test]
fn rows_are_of_one_pair() {
    assert_snapshot!(named("1517522400,2018-02-01 10-PM,ETHUSD,1,1,1,1,1,1"), @"prices.csv:5: column symbol holds ETHUSD, which is not the file's pair, BTC/USD");
    assert_snapshot!(named("1517522400,2018-02-01 10-PM,?,1,1,1,1,1,1"), @"prices.csv:5: column symbol holds ?, which is not the name of a pair");
    let header = "unix,symbol,open,high,low,close,volume";
    assert_snapshot!(error_of("a.csv", format!("{header}\n1517522400,../x,1,1,1,1,1\n")), @"a.csv:2: column symbol holds ../x, which is not the name of a pair");
    assert_snapshot!(error_of("a.csv", format!("{header}\n1517522400\n")), @"a.csv:2: the line has 1 column, where 7 belong (unix, symbol, open, high, low, close, volume)");
}

#[test]
fn rows_that_disagree_are_both_named() {
    assert_snapshot!(kraken("1451606400,430,431,429,430.6,12.5,7"), @"XBTUSD_60.csv:2: the bar of 2016-01-01 00:00 differs from that of line 1, and only one can be right");
    assert_snapshot!(named("1517526000,2018-02-01 11-PM,BTCUSD,8939.98,9098.29,8910,9010.61,939.05,8463729.2"), @"prices.csv:5: the bar of 2018-02-01 23:00 differs from that of line 3, and only one can be right");
}

#[test]
fn bars_are_hourly() {
    let row = "1451606400,430,431,429,430.5,12.5,7\n";
    assert_snapshot!(error_of("XBTUSD_1440.csv", row), @"`XBTUSD_1440.csv` does not hold hourly bars: by its name they have 1440 minutes");
    let every = |hours: i64, n_rows: i64| {
        let row = |n| {
            format!(
                "{},430,431,429,430.5,12.5,7\n",
                1_451_606_400 + n * hours * 3_600
            )
        };
        error_of("XBTUSD.csv", (0..n_rows).map(row).collect::<String>())
    };
    assert_snapshot!(every(24, 3), @"`XBTUSD.csv` does not hold hourly bars: all its bars stand 24 hours apart, or a multiple of that");
    assert_snapshot!(every(4, 24), @"`XBTUSD.csv` does not hold hourly bars: all its bars stand 4 hours apart, or a multiple of that");
}

#[test]
fn a_file_of_no_known_layout_says_what_was_seen() {
    assert_snapshot!(error_of("a.csv", "date,close,high,low,open,quoteVolume,volume,weightedAverage\n2015-12-01,364.0,379.4,355.0,379.4,16.4,6039.9,368.3\n"), @"`a.csv` does not hold hourly bars: its dates have no hour");
    assert_snapshot!(error_of("a.csv", "symbol,open,high,low,close,volume\n"), @"`a.csv` has a header and no row of prices");
    assert_snapshot!(error_of("a.csv", "unix,symbol,open,high,low,close,Volume USD\n1517526000,BTCUSD,1,1,1,1,1\n"), @"`a.csv` has a layout that is not understood: its header is `unix,symbol,open,high,low,close,Volume USD`, without a column volume or volume BTC");
    assert_snapshot!(error_of("a.csv", "Dear reader,\nthis is a letter.\n"), @"`a.csv` has a layout that is not understood: its first line is `Dear reader,`");
    assert_snapshot!(error_of("a.csv", "1451606400,430,431,429,430.5,12.5\n"), @"`a.csv` does not say which pair its prices are of");
    assert_snapshot!(error_of("a.csv", "x".repeat(100)), @"`a.csv` has a layout that is not understood: its first line is `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`");
}

#[test]
fn an_unknown_header_is_not_taken_for_a_banner() {
    let rows = "1451606400,430.5,430,431,429,12.5\n1451610000,431,430.5,432,430,2\n";
    let content = format!("Datum,Schluss,Er\u{f6}ffnung,Hoch,Tief,Volumen\n{rows}");
    let padded = format!("Bitcoin,,,,,\n{rows}");
    assert!(load_text("BTCUSD.csv", padded).is_ok());
    assert_snapshot!(error_of("BTCUSD.csv", content), @"`BTCUSD.csv` has a layout that is not understood: its header is `Datum,Schluss,Eröffnung,Hoch,Tief,Volumen`, without columns open, high, low and close");
    // Without it, rows have the order in which the high is the highest.
    assert!(load_text("BTCUSD.csv", rows).is_ok());
}

#[test]
fn rows_before_another_delimiter_are_not_lost() {
    let row = |hour: i64, cut: &str| {
        let time = (1_451_606_400 + 3600 * hour).to_string();
        [&time, "430", "431", "429", "430.5", "12.5"].join(cut) + "\n"
    };
    let rows: Vec<_> = (0..60)
        .map(|hour| row(hour, if hour < 20 { "," } else { ";" }))
        .collect();
    assert_snapshot!(error_of("BTCUSD.csv", rows.concat()), @"BTCUSD.csv:1: is cut by `,`, and the lines after it by `;`");
}

#[test]
fn a_file_without_prices_says_what_it_is() {
    assert_snapshot!(error_of("a.csv", ""), @"`a.csv` is empty");
    assert_snapshot!(error_of("a.csv", "\u{feff}\r\n \n\n"), @"`a.csv` is empty");
    assert_snapshot!(error_of("a.csv", "unix,symbol,open,high,low,close,volume\n\n"), @"`a.csv` has a header and no row of prices");
    assert_snapshot!(error_of("a.csv", b"\x7fELF\x02\x01\x01\0\0\0"), @"`a.csv` is a binary file, not CSV text");
    assert_snapshot!(error_of("a.csv", b"PK\x03\x04\x14\0"), @"`a.csv` is a zip archive or a spreadsheet; unpack it, or save it as CSV");
    assert_snapshot!(error_of("a.csv", b"\x28\xb5\x2f\xfd\x04\0"), @"`a.csv` is a zstd archive; unpack it first");
    assert_snapshot!(error_of("a.csv", b"\xff\xfeu\0n\0i"), @"`a.csv` is broken UTF-16 text; save it as UTF-8");
    assert_snapshot!(error_of("a.csv", b"\x1f\x8b\x08\0"), @"`a.csv` is a gzip archive that cannot be unpacked: unexpected end of file");
    assert_snapshot!(kraken("1451610000,430,431,429,\u{1}430.5,12.5,7"), @r"XBTUSD_60.csv:2: column close holds \u{1}430.5, which is not a number");
    let latin1 = b"unix,symbol,open,high,low,close,volume\n1517522400,BTCUSD,1,1,1,\xe9,1\n";
    assert_snapshot!(error_of("a.csv", latin1), @"a.csv:2: column close holds �, which is not UTF-8 text");
}

#[test]
fn a_nameless_kraken_file_is_to_be_renamed() {
    let (_folder, path) = file("prices.csv", "1451606400,430,431,429,430.5,12.5,7\n");
    let error = load_with(&[path], &with(Policy::Strict)).expect_err("the name has no pair");
    assert!(matches!(error, Error::NamelessFile { .. }), "{error}");
    assert_snapshot!(error.hint().unwrap_or_default(), @"rename it as Kraken does, for example XBTUSD_60.csv");
}

#[test]
fn what_is_no_file_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let hint_of = |path: &Path| {
        let error = load(&[path]).expect_err("there is no file");
        assert!(matches!(error, Error::Io { action: "read", .. }), "{error}");
        error.hint().unwrap_or_default()
    };
    assert_snapshot!(hint_of(folder.path()), @"name a file, not a folder");
    assert_snapshot!(hint_of(&folder.path().join("absent.csv")), @"check the path for a typing mistake");
}

#[test]
fn a_pair_stands_once_and_quotes_agree() {
    let row = "1451606400,430,431,429,430.5,12.5,7\n";
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = |name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, row).expect("a temporary folder can be written");
        path
    };
    let error_of = |names: &[&str]| {
        let paths: Vec<_> = names.iter().map(|name| path(name)).collect();
        load(&paths)
            .expect_err("these do not go together")
            .to_string()
    };
    assert_snapshot!(error_of(&["XBTUSD_60.csv", "XBTUSD_60.csv"]), @"the pair BTC/USD stands twice");
    assert_snapshot!(error_of(&["XBTUSD_60.csv", "btc_usd.csv"]), @"the pair BTC/USD stands twice");
    assert_snapshot!(error_of(&["XBTUSD_60.csv", "ETHUSDT_60.csv"]), @"BTC/USD and ETH/USDT are quoted in different currencies");
    assert_snapshot!(error_of(&[]), @"there is no pair to trade");
}
