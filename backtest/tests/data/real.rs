//! Real files of exchanges, with the counts that were established for them
//! independently. They are not part of the repository; without them these tests
//! say so and pass.

use std::fs;
use std::path::{Path, PathBuf};

use backtest::data::{DefectKind, ImportOptions, load};
use backtest::{Error, HourRange, Timestamp};

use super::support::{bars, load_text_with};

/// The path of a real file, or `None` where the folder is absent.
fn real(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/real");
    if !folder.is_dir() {
        println!("skipped: there are no real price files at ../shared/data/real");
        return None;
    }
    Some(folder.join(name))
}

/// Loads a real file and compares the report's text.
#[track_caller]
fn check(name: &str, expected: &str) {
    let Some(path) = real(name) else { return };
    let loaded = load(&[path]).expect("a real file loads");
    assert_eq!(loaded.reports[0].to_string(), expected);
}

#[test]
fn kraken_bitcoin() {
    check(
        "kraken_XBTUSD_60.csv",
        "kraken_XBTUSD_60.csv: BTC/USD, Kraken layout, 18635 rows oldest first, \
         2015-12-01 00:00 to 2018-02-01 23:00\n  \
         421 hours absent in 232 runs, filled with the last close and no volume; \
         the longest, 23 hours, after 2018-01-11 15:00",
    );
}

#[test]
fn kraken_ether() {
    check(
        "kraken_ETHUSD_60.csv",
        "kraken_ETHUSD_60.csv: ETH/USD, Kraken layout, 17777 rows oldest first, \
         2015-12-01 01:00 to 2018-02-01 23:00\n  \
         1278 hours absent in 468 runs, filled with the last close and no volume; \
         the longest, 40 hours, after 2018-01-11 18:00",
    );
}

#[test]
fn coinbase_has_duplicates_and_dates_in_local_time() {
    check(
        "Coinbase_BTCUSD_1h.csv",
        "Coinbase_BTCUSD_1h.csv: BTC/USD, CryptoDataDownload layout, 5173 rows newest first, \
         2017-07-01 11:00 to 2018-02-01 23:00\n  \
         5 hours absent in 2 runs, filled with the last close and no volume; \
         the longest, 4 hours, after 2017-09-22 19:00\n  \
         5 equal duplicates dropped\n  \
         1208 dates overruled by the unix column; the dates are off by -5 to -4 hours",
    );
}

#[test]
fn binance_has_a_hole() {
    check(
        "Binance_BTCUSDT_1h.csv",
        "Binance_BTCUSDT_1h.csv: BTC/USDT, CryptoDataDownload layout, 4048 rows newest first, \
         2017-08-17 05:00 to 2018-02-01 23:00\n  \
         4 hours absent in 1 run, filled with the last close and no volume; \
         the longest, 4 hours, after 2017-09-22 19:00\n  \
         91 dates overruled by the unix column; the dates are off by -4 hours\n  \
         1 bad tick, row dropped",
    );
}

/// These have dates only, and they are in local time for seven weeks. By date the file
/// looks complete; what gives it away are five bars that stand twice.
#[test]
fn kraken_litecoin_and_ripple_show_their_local_time() {
    for coin in ["LTC", "XRP"] {
        check(
            &format!("Kraken_{coin}USD_1h.csv"),
            &format!(
                "Kraken_{coin}USD_1h.csv: {coin}/USD, CryptoDataDownload layout, \
                 5173 rows in no order, 2017-07-01 11:00 to 2018-02-01 23:00\n  \
                 5 rows out of order, sorted\n  \
                 5 rows with dates in local time, left as they are: 5 bars from \
                 2017-11-12 04:00 on repeat those of 5 hours before, so weeks of dates \
                 beside them are local time; give --reference FILE to move them"
            ),
        );
    }
}

/// The same file read by its dates, which are local time for seven weeks, and a file
/// of another exchange beside it: the bars are those that its unix column gives.
#[test]
fn local_time_is_moved_by_a_reference() {
    let (Some(path), Some(reference)) =
        (real("Coinbase_BTCUSD_1h.csv"), real("kraken_XBTUSD_60.csv"))
    else {
        return;
    };
    let by_unix = load(&[&path]).expect("a real file loads");
    let content = fs::read_to_string(&path).expect("it can be read");
    let (banner, rows) = content.split_once('\n').expect("a banner");
    let dates: String = rows
        .lines()
        .filter_map(|line| Some(line.split_once(',')?.1.to_owned() + "\n"))
        .collect();
    let mut options = ImportOptions::default();
    options.reference = Some(reference);
    let name = "Coinbase_BTCUSD_1h.csv";
    let by_date = load_text_with(name, format!("{banner}\n{dates}"), &options).expect("it loads");
    let moved = by_date.reports[0]
        .finding(DefectKind::LocalTime)
        .expect("it is found");
    assert_eq!(moved.n, 1_208);
    assert_eq!(moved.detail.as_deref(), Some("moved by +4 to +5 hours"));
    assert_eq!(bars(&by_date), bars(&by_unix));
}

#[test]
fn crashes_are_no_bad_ticks_and_a_wrong_open_is_one() {
    for name in [
        "kraken_XBTUSD_60.csv",
        "kraken_ETHUSD_60.csv",
        "Coinbase_BTCUSD_1h.csv",
        "Kraken_LTCUSD_1h.csv",
        "Kraken_XRPUSD_1h.csv",
    ] {
        let Some(path) = real(name) else { return };
        let loaded = load(&[path]).expect("a real file loads");
        assert_eq!(loaded.reports[0].finding(DefectKind::BadTicks), None);
    }
}

#[test]
fn poloniex_daily_files_are_not_hourly() {
    for coin in ["BTC", "ETH", "LTC", "XRP", "XMR", "DASH"] {
        let Some(path) = real(&format!("poloniex_USDT_{coin}_daily.csv")) else {
            return;
        };
        let error = load(&[path]).expect_err("daily bars are no hourly ones");
        assert!(matches!(error, Error::NotHourly { .. }), "{error}");
    }
}

#[test]
fn hours_filled_in_the_talks_two_years_are_those_without_a_line() {
    let names = ["kraken_XBTUSD_60.csv", "kraken_ETHUSD_60.csv"];
    let Some(paths) = names.map(real).into_iter().collect::<Option<Vec<_>>>() else {
        return;
    };
    let market = load(&paths).expect("both load").market;
    assert_eq!(
        market.source(),
        "kraken_XBTUSD_60.csv, kraken_ETHUSD_60.csv"
    );
    let month = |text| Timestamp::parse(text).expect("a month");
    let range = HourRange::new(month("2016-01"), month("2018-01")).expect("a range");
    market.require(range).expect("both cover the two years");
    for (pair, path) in market.pairs().zip(paths) {
        // 2016-01-01 to 2018-01-01 in unix seconds, written out to be independent.
        let text = fs::read_to_string(path).expect("the file can be read");
        let n_lines = text
            .lines()
            .filter_map(|line| line.split(',').next()?.parse::<i64>().ok())
            .filter(|seconds| (1_451_606_400..1_514_764_800).contains(seconds))
            .count();
        assert_eq!(market.n_filled(pair, range), 17_544 - n_lines);
        println!("{}: {} hours filled", market.symbol(pair), 17_544 - n_lines);
    }
}
