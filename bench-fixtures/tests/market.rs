//! The laws of the synthetic market, and the checksum that pins its bytes.

use bench_fixtures::market::{
    DEFAULT_SEED, END_HOUR, FIRST_HOUR, N_PAIRS, Row, SYNTHETIC_NOTICE, pairs, series, write_csv,
};
use chrono::{DateTime, Datelike};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// SHA-256 over the CSV of every pair in turn, with the default seed.
///
/// It changes only when the market itself does, which every reader of a number
/// computed from it has to be told in the changelog.
const CHECKSUM: &str = "acfcbf73979399523787eea72385d9bdab05422f473a5b2685beb43011183ff3";

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_machine() {
    let mut bytes = Vec::new();
    for pair_idx in 0..N_PAIRS {
        write_csv(&mut bytes, pair_idx, DEFAULT_SEED).expect("a vector takes any write");
    }
    let mut hex = String::new();
    for byte in Sha256::digest(&bytes) {
        write!(hex, "{byte:02x}").expect("a string takes any write");
    }
    assert_eq!(hex, CHECKSUM, "the default market has changed");
}

#[test]
fn the_window_is_2015_12_to_2018_02() {
    let utc = |time| DateTime::from_timestamp(time, 0).map(|t| t.to_rfc3339());
    assert_eq!(
        utc(FIRST_HOUR).as_deref(),
        Some("2015-12-01T00:00:00+00:00")
    );
    assert_eq!(utc(END_HOUR).as_deref(), Some("2018-03-01T00:00:00+00:00"));
    assert_eq!(pairs().len(), N_PAIRS);
}

/// Reads the committed table anew, so that the generator's own reader is tested too.
#[test]
fn each_month_ends_on_the_close_of_the_table() {
    let table: Vec<Vec<&str>> = include_str!("../data/monthly_closes.csv")
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    let mut n_anchors = 0;
    for (pair_idx, pair) in pairs().iter().enumerate() {
        for seed in [DEFAULT_SEED, 1] {
            let rows = series(pair_idx, seed);
            let month_ends: BTreeMap<String, i64> =
                rows.iter().map(|row| (month_of(row), row.close)).collect();
            assert_eq!(month_ends.len(), 27);
            for anchor in table.iter().filter(|anchor| anchor[1] == pair.base) {
                let close: f64 = anchor[2].parse().expect("the table holds numbers");
                let got = month_ends[anchor[0]] as f64 / 1e8;
                assert!((got - close).abs() < 0.5e-8, "{anchor:?}: got {got}");
                n_anchors += 1;
            }
        }
    }
    assert_eq!(n_anchors, 2 * 6 * 26);
}

#[test]
fn months_beyond_the_table_move_modestly() {
    for pair_idx in 0..6 {
        for seed in 0..8 {
            let rows = series(pair_idx, seed);
            let january = rows.iter().rfind(|row| month_of(row) == "2018-01");
            let january = january.expect("the market covers 2018-01").close;
            let february = rows[rows.len() - 1].close;
            let log_move = (february as f64 / january as f64).ln();
            assert!(log_move.abs() < 0.5 && february != january, "{log_move}");
        }
    }
}

#[test]
fn hourly_returns_look_like_a_coin() {
    for seed in [DEFAULT_SEED, 1, 2, 3] {
        for (pair_idx, pair) in pairs().iter().enumerate() {
            let rows = series(pair_idx, seed);
            let returns = log_returns(&rows);
            let squares: Vec<f64> = returns.iter().map(|r| r * r).collect();
            let variance = mean(&squares) - mean(&returns).powi(2);
            let fourth = mean(&squares.iter().map(|s| s * s).collect::<Vec<_>>());
            let excess_kurtosis = fourth / variance.powi(2) - 3.0;
            let context = format!("{} with seed {seed}", pair.base);

            // A normal market of this length stays below 0.2.
            assert!(excess_kurtosis > 4.0, "{context}: {excess_kurtosis}");
            let vol = variance.sqrt();
            assert!((0.006..0.018).contains(&vol), "{context}: {vol}");

            // Wild hours follow wild hours, even a day later. Without clusters the
            // correlation has a standard error of 0.007.
            let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
            for lag in [1, 24] {
                let clustering = correlation(&sizes[lag..], &sizes[..sizes.len() - lag]);
                assert!(clustering > 0.05, "{context}, lag {lag}: {clustering}");
            }
            let bounce = correlation(&returns[1..], &returns[..returns.len() - 1]);
            assert!((-0.15..0.03).contains(&bounce), "{context}: {bounce}");

            // Kraken's bars span 1.17 (BTC) and 0.91 (ETH) standard deviations.
            let log_range = |row: &Row| (row.high as f64 / row.low as f64).ln();
            let spans: Vec<f64> = rows.iter().map(log_range).collect();
            let span = mean(&spans) / vol;
            assert!((0.9..1.4).contains(&span), "{context}: {span}");
        }
    }
}

#[test]
fn coins_move_together_and_volume_follows_the_move() {
    let btc = log_returns(&series(0, DEFAULT_SEED));
    for pair_idx in 1..N_PAIRS {
        let rows = series(pair_idx, DEFAULT_SEED);
        let returns = log_returns(&rows);
        let with_btc = correlation(&btc, &returns);
        assert!((0.1..0.8).contains(&with_btc), "{with_btc}");

        let sizes: Vec<f64> = returns.iter().map(|r| r.abs()).collect();
        let turnover = |row: &Row| (row.volume as f64 * row.close as f64).ln();
        let turnovers: Vec<f64> = rows[1..].iter().map(turnover).collect();
        let with_volume = correlation(&sizes, &turnovers);
        assert!(with_volume > 0.05, "{with_volume}");
    }
}

#[test]
fn every_pair_and_every_seed_is_another_series() {
    let mut seen: Vec<Vec<i64>> = Vec::new();
    for seed in [DEFAULT_SEED, DEFAULT_SEED + 1] {
        for pair_idx in 0..N_PAIRS {
            let rows = series(pair_idx, seed);
            let closes: Vec<i64> = rows.iter().map(|row| row.close).collect();
            assert!(!seen.contains(&closes));
            seen.push(closes);
        }
    }
}

#[test]
fn the_csv_says_what_it_is_and_holds_the_rows() {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, 0, 5).expect("a vector takes any write");
    let text = String::from_utf8(bytes).expect("the CSV is text");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(SYNTHETIC_NOTICE));
    let header = "unix,date,symbol,open,high,low,close,volume";
    assert_eq!(lines.next(), Some(header));
    let rows = series(0, 5);
    assert_eq!(lines.clone().count(), rows.len());
    for (line, row) in lines.zip(&rows) {
        let fields: Vec<_> = line.split(',').collect();
        let time = DateTime::parse_from_rfc3339(&format!("{}Z", fields[1]));
        let time = time.expect("the date is a date").timestamp();
        assert_eq!(time, row.open_time);
        assert_eq!(fields[0], row.open_time.to_string());
        assert_eq!(fields[2], "BTC/USDT");
        let units: Vec<i64> = fields[3..]
            .iter()
            .map(|field| field.replace('.', "").parse().expect("a decimal"))
            .collect();
        assert_eq!(units, [row.open, row.high, row.low, row.close, row.volume]);
        assert!(
            fields[3..]
                .iter()
                .all(|f| f.rfind('.') == Some(f.len() - 9))
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bars_obey_their_laws(pair_idx in 0..N_PAIRS, seed: u64) {
        let rows = series(pair_idx, seed);
        let mut open_time = FIRST_HOUR;
        for row in &rows {
            prop_assert_eq!(row.open_time, open_time);
            prop_assert!(0 < row.low);
            prop_assert!(row.low <= row.open.min(row.close));
            prop_assert!(row.open.max(row.close) <= row.high);
            prop_assert!(0 < row.volume);
            // An hour's volume is far from saturation; the sum of a cheap coin's hours
            // may need more than 63 bits.
            prop_assert!(row.volume < i64::MAX / 16);
            open_time += 3_600;
        }
        prop_assert_eq!(open_time, END_HOUR);
        for two in rows.windows(2) {
            let gap = two[1].open as f64 / two[0].close as f64 - 1.0;
            prop_assert!(gap.abs() < 0.03, "gap of {}", gap);
        }
    }
}

/// The law above for all pairs at once, which the random cases may not reach.
#[test]
fn every_pair_of_the_default_market_obeys_the_laws() {
    for pair_idx in 0..N_PAIRS {
        let rows = series(pair_idx, DEFAULT_SEED);
        assert_eq!(rows.len(), 19_704);
        assert!(rows.iter().all(|row| {
            0 < row.low
                && row.low <= row.open.min(row.close)
                && row.open.max(row.close) <= row.high
                && 0 < row.volume
        }));
    }
}

fn month_of(row: &Row) -> String {
    let time = DateTime::from_timestamp(row.open_time, 0).expect("the hour exists");
    format!("{}-{:02}", time.year(), time.month())
}

fn log_returns(rows: &[Row]) -> Vec<f64> {
    let log_return = |two: &[Row]| (two[1].close as f64 / two[0].close as f64).ln();
    rows.windows(2).map(log_return).collect()
}

fn mean(xs: &[f64]) -> f64 {
    xs.iter().sum::<f64>() / xs.len() as f64
}

fn correlation(xs: &[f64], ys: &[f64]) -> f64 {
    let (mean_x, mean_y) = (mean(xs), mean(ys));
    let pairs = || xs.iter().zip(ys).map(|(x, y)| (x - mean_x, y - mean_y));
    let covariance: f64 = pairs().map(|(x, y)| x * y).sum();
    let square_x: f64 = pairs().map(|(x, _)| x * x).sum();
    let square_y: f64 = pairs().map(|(_, y)| y * y).sum();
    covariance / (square_x * square_y).sqrt()
}
