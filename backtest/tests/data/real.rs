//! Real files of exchanges, with the counts that were established for them
//! independently. They are not part of the repository; without them these tests
//! say so and pass.

use std::path::{Path, PathBuf};

use backtest::data::load;

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
