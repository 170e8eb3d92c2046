//! The close that each month of a series must end on.
//!
//! Six coins take the Poloniex closes of `data/monthly_closes.csv`. The others
//! follow a factor: their log price is `beta` times a blend of the log moves of
//! BTC and ETH since the first hour, plus a wandering term of their own that is
//! pulled back to zero, so that no seed sends a coin out of all proportion.
//! 2018-02 lies beyond the table; there the six move by a modest seeded step.

use super::pair::{Pair, pairs};
use crate::rng::Rng;

/// The facts; `data/README.md` says whose they are.
const TABLE: &str = include_str!("../../data/monthly_closes.csv");

/// How much BTC and ETH count in the factor that moves the other coins.
const BTC_WEIGHT: f64 = 0.6;
const ETH_WEIGHT: f64 = 0.4;

/// How much of a coin's own distance from the factor lasts into the next month,
/// and the standard deviation of what each month adds to it. The distance then
/// stays within about a factor of e^0.57 = 1.8 of the path, two times in three.
const OWN_PERSISTENCE: f64 = 0.85;
const OWN_STEP: f64 = 0.3;

/// Standard deviation of the log move after the table's last month.
const BEYOND_STEP: f64 = 0.1;

/// Lists the close of each month, 2015-12 to 2018-02, in units of 1e-8 quote.
pub(super) fn month_closes(pair: &Pair, seed: u64) -> Vec<i64> {
    let mut rng = Rng::labelled(seed, &format!("months of {}", pair.base));
    let mut closes = table_closes(pair.base);
    if let Some(&last) = closes.last() {
        let beyond = last as f64 * libm::exp(BEYOND_STEP * rng.normal());
        closes.push(to_units(beyond));
        return closes;
    }
    let btc = log_moves(&pairs()[0], seed);
    let eth = log_moves(&pairs()[1], seed);
    let mut own = 0.0;
    btc.iter()
        .zip(&eth)
        .map(|(btc, eth)| {
            own = OWN_PERSISTENCE * own + OWN_STEP * rng.normal();
            let factor = BTC_WEIGHT * btc + ETH_WEIGHT * eth;
            to_units(pair.first_open as f64 * libm::exp(pair.beta * factor + own))
        })
        .collect()
}

/// Rounds a price to whole units; a price is never zero.
#[expect(
    clippy::cast_possible_truncation,
    reason = "prices stay far below 2^63 units, and a larger one would saturate"
)]
pub(super) fn to_units(price: f64) -> i64 {
    (libm::round(price) as i64).max(1)
}

/// Log of each month's close over the first open of a coin that is in the table.
fn log_moves(pair: &Pair, seed: u64) -> Vec<f64> {
    month_closes(pair, seed)
        .iter()
        .map(|&close| libm::log(close as f64 / pair.first_open as f64))
        .collect()
}

/// Reads the closes of one coin from the table; none if it is not there.
fn table_closes(coin: &str) -> Vec<i64> {
    TABLE
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(',').skip(1);
            (fields.next() == Some(coin)).then(|| fields.next().and_then(parse_units))
        })
        .map(|close| close.expect("a test reads every close of the committed table"))
        .collect()
}

/// Reads a decimal of at most eight places exactly, without floating point.
fn parse_units(decimal: &str) -> Option<i64> {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    if fraction.len() > 8 {
        return None;
    }
    format!("{whole}{fraction:0<8}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        for pair in &pairs()[..6] {
            let months: Vec<_> = TABLE
                .lines()
                .filter(|line| line.split(',').nth(1) == Some(pair.base))
                .map(|line| &line[..7])
                .collect();
            assert_eq!(months.len(), 26, "{}", pair.base);
            assert_eq!((months[0], months[25]), ("2015-12", "2018-01"));
            assert!(months.is_sorted_by(|a, b| a < b));
            let closes = table_closes(pair.base);
            assert_eq!(closes.len(), 26);
            assert!(closes.iter().all(|&close| close > 0));
        }
        assert_eq!(TABLE.lines().count(), 1 + 6 * 26);
        assert!(table_closes("DOGE").is_empty());
    }

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(parse_units("0.91991367"), Some(91_991_367));
        assert_eq!(parse_units("417"), Some(41_700_000_000));
        assert_eq!(parse_units("0.0081"), Some(810_000));
        assert_eq!(parse_units("0.123456789"), None);
        assert_eq!(parse_units("x"), None);
    }
}
