//! Each layout and its vintages give the bars that stand in them.

use std::fmt::Write;

use backtest::data::{Layout, RowOrder};
use backtest::{Bar, Market, Timestamp};

use super::support::load_text;

/// The bars of a market's first pair, one a line.
fn bars_of(market: &Market) -> String {
    let pair = market.pairs().next().expect("a market has a pair");
    let bars = market.bars(pair);
    let mut text = market.symbol(pair).to_string();
    for bar_idx in 0..bars.len() {
        let Bar {
            open_time,
            open,
            high,
            low,
            close,
            volume,
            filled,
        } = bars.bar(bar_idx);
        let mark = if filled { " filled" } else { "" };
        write!(
            text,
            "\n{open_time} {open} {high} {low} {close} {volume}{mark}"
        )
        .expect("text can be written");
    }
    text
}

/// Two bars with an absent hour between them, in whatever layout.
const BARS: &str = "BTC/USD
2018-02-01 21:00 9100 9234 8943.67 9065.55 2425.12
2018-02-01 22:00 9065.55 9065.55 9065.55 9065.55 0 filled
2018-02-01 23:00 8939.98 9098.29 8910 9010.61 939.04";

#[track_caller]
fn check(name: &str, content: &str) {
    let loaded = load_text(name, content).expect("the file is sound");
    assert_eq!(bars_of(&loaded.market), BARS);
    assert_eq!(loaded.market.source(), name);
    assert_eq!(loaded.reports[0].n_rows, 2);
    assert!(!loaded.market.is_synthetic());
}

#[test]
fn kraken_with_seven_and_eight_columns() {
    check(
        "XBTUSD_60.csv",
        "1517518800,9100,9234,8943.67,9065.55,2425.12,4000\n\
         1517526000,8939.98,9098.29,8910,9010.61,939.04,1500\n",
    );
    check(
        "kraken_XBTUSD_60.csv",
        "1517518800,9100,9234,8943.67,9065.55,9077.1,2425.12,4000\n\
         1517526000,8939.98,9098.29,8910,9010.61,9000.3,939.04,1500",
    );
}

#[test]
fn cryptodatadownload_in_its_vintages() {
    // With a banner, float seconds and AM/PM dates.
    check(
        "a.csv",
        "Timestamps are UTC timezone,https://www.CryptoDataDownload.com\r\n\
         Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USD\r\n\
         1517526000.0,2018-02-01 11-PM,BTCUSD,8939.98,9098.29,8910,9010.61,939.04,8463729.2\r\n\
         1517518800.0,2018-02-01 09-PM,BTCUSD,9100,9234,8943.67,9065.55,2425.12,22076067.67\r\n",
    );
    // Lower case, a word for a count, milliseconds and seconds in one file.
    check(
        "b.csv",
        "https://www.CryptoDataDownload.com\n\
         unix,date,symbol,open,high,low,close,Volume BTC,Volume USD,tradecount\n\
         1517526000000,2018-02-01 23:00:00,BTC/USD,8939.98,9098.29,8910,9010.61,939.04,8463729.2,NULL\n\
         1517518800,2018-02-01 21:00:00,BTC/USD,9100,9234,8943.67,9065.55,2425.12,22076067.67,\n",
    );
    // Dates alone, and the two volumes the other way round.
    check(
        "c.csv",
        "Date,Symbol,Open,High,Low,Close,Volume USD,Volume XBT\n\
         2018-02-01 09-PM,XBTUSD,9100,9234,8943.67,9065.55,22076067.67,2425.12\n\
         2018-02-01 11-PM,XBTUSD,8939.98,9098.29,8910,9010.61,8463729.2,939.04\n",
    );
}

#[test]
fn quotes_spaces_blank_lines_and_a_byte_order_mark_change_nothing() {
    check(
        "a.csv",
        "\u{feff}\n\"Unix\" , Symbol ,open,high,low,close,volume\r\n\r\n\
         \"1517526000\",\"BTC/USD\",\"8939.98\",9098.29,8910,9010.61, 939.04 \r\n  \r\n\
         1517518800 ,btc-usd , 9100,9234,8943.67,9065.55,2425.12\r\n\r\n \r\n",
    );
    check(
        "XBTUSD_60.csv",
        "\u{feff}1517518800,9100,9234,8943.67,9065.55,2425.12,4000\r\
         1517526000,8939.98,9098.29,8910,9010.61,939.04,1500\r",
    );
}

#[test]
fn the_unix_column_is_believed_and_the_date_counted() {
    let loaded = load_text(
        "a.csv",
        "unix,date,symbol,open,high,low,close,volume\n\
         1517526000,2018-02-01 07-PM,BTCUSD,1,1,1,1,0\n\
         1517522400,2018-02-01 10-PM,BTCUSD,1,1,1,1,0\n\
         1517518800,never,BTCUSD,1,1,1,1,0\n",
    )
    .expect("the file is sound");
    let report = &loaded.reports[0];
    assert_eq!(report.n_dates_overruled, 2);
    assert_eq!(report.order, RowOrder::Descending);
    assert_eq!(report.layout, Layout::CryptoDataDownload);
    assert_eq!(Some(report.first), Timestamp::parse("2018-02-01T21"));
    assert!(!report.is_clean());
}

#[test]
fn a_file_that_says_it_is_synthetic_makes_the_market_so() {
    let loaded = load_text(
        "a.csv",
        "Synthetic market, made up.\nunix,symbol,open,high,low,close,volume\n1517526000,BTCUSD,1,1,1,1,0\n",
    )
    .expect("the file is sound");
    assert!(loaded.market.is_synthetic());
    let report = &loaded.reports[0];
    assert!(report.is_clean());
    assert_eq!(
        report.to_string(),
        "a.csv: synthetic BTC/USD, CryptoDataDownload layout, 1 row oldest first, \
         2018-02-01 23:00 to 2018-02-01 23:00",
    );
}

#[test]
fn equal_duplicates_are_dropped_and_counted() {
    let loaded = load_text(
        "ETHUSD_60.csv",
        "1517526000,8,9,7,8,0,0\n1517522400,8,9,7,8,1,1\n1517526000,8,9,7,8,0,0\n",
    )
    .expect("the file is sound");
    let report = &loaded.reports[0];
    assert_eq!((report.n_rows, report.n_equal_duplicates), (3, 1));
    assert_eq!(report.order, RowOrder::Mixed);
}
