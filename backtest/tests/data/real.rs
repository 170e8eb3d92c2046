//! Real files of exchanges, with the counts that were established for them
//! independently. They are not part of the repository; without them these tests
//! say so and pass.

use std::path::{Path, PathBuf};

use backtest::data::{DefectKind, ImportOptions, Policy, load, load_with};
use backtest::{Error, HourRange, Timestamp};

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
         1208 dates overruled by the unix column",
    );
}

#[test]
fn binance_has_a_hole() {
    check(
        "Binance_BTCUSDT_1h.csv",
        "Binance_BTCUSDT_1h.csv: BTC/USDT, CryptoDataDownload layout, 4048 rows newest first, \
         2017-08-17 04:00 to 2018-02-01 23:00\n  \
         4 hours absent in 1 run, filled with the last close and no volume; \
         the longest, 4 hours, after 2017-09-22 19:00\n  \
         91 dates overruled by the unix column",
    );
}

/// These have dates only, and they are in local time for seven weeks: by date the
/// file looks complete, and nothing in it tells that it is not.
#[test]
fn kraken_litecoin_and_ripple_look_complete_by_date() {
    for coin in ["LTC", "XRP"] {
        check(
            &format!("Kraken_{coin}USD_1h.csv"),
            &format!(
                "Kraken_{coin}USD_1h.csv: {coin}/USD, CryptoDataDownload layout, \
                 5173 rows in no order, 2017-07-01 11:00 to 2018-02-01 23:00"
            ),
        );
    }
}

#[test]
fn poloniex_daily_files_are_not_understood() {
    for coin in ["BTC", "ETH", "LTC", "XRP", "XMR", "DASH"] {
        let Some(path) = real(&format!("poloniex_USDT_{coin}_daily.csv")) else {
            return;
        };
        let error = load(&[path]).expect_err("daily bars are no hourly ones");
        assert!(matches!(error, Error::Layout { .. }), "{error}");
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
        let text = std::fs::read_to_string(path).expect("the file can be read");
        let n_lines = text
            .lines()
            .filter_map(|line| line.split(',').next()?.parse::<i64>().ok())
            .filter(|seconds| (1_451_606_400..1_514_764_800).contains(seconds))
            .count();
        assert_eq!(market.n_filled(pair, range), 17_544 - n_lines);
        println!("{}: {} hours filled", market.symbol(pair), 17_544 - n_lines);
    }
}
