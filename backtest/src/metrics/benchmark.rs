//! The benchmark: all pairs, bought in equal parts at the first open, and held.

use super::{simple_returns, sum};
use crate::history::History;
use crate::market::Market;
use crate::time::HourRange;

/// What every run on a range is compared with.
#[derive(Clone, Debug)]
pub(crate) struct Benchmark {
    /// Its return in each hour.
    pub(super) returns: Vec<f64>,
    /// Their mean.
    pub(super) mean: f64,
    /// The sum of their squared distances from the mean.
    pub(super) squares: f64,
    /// Its return over all hours.
    pub(super) total_return: f64,
}

impl Benchmark {
    /// Of a range that the market has all of.
    pub(crate) fn new(market: &Market, range: HourRange) -> Self {
        let curve = equal_weight(market, range);
        let returns = simple_returns(&curve);
        let mean = sum(&returns, |r| r) / returns.len() as f64;
        Self {
            mean,
            squares: sum(&returns, |r| (r - mean) * (r - mean)),
            returns,
            total_return: curve[curve.len() - 1] - 1.0,
        }
    }
}

/// What one unit of money in the benchmark is worth: before the first tick of the
/// range, and at each close.
///
/// # Panics
/// If the market does not have all of the range; a run on it would have been refused.
pub fn equal_weight(market: &Market, range: HourRange) -> Vec<f64> {
    let mut curve = vec![0.0; range.n_hours() + 1];
    curve[0] = 1.0;
    let bars = |pair| History::of(market, pair, range);
    for pair in market.pairs() {
        let prices = bars(pair);
        let share = 1.0 / (market.n_pairs() as f64 * prices.opens()[0].in_units());
        let values = curve[1..].iter_mut().zip(prices.closes());
        match market.rate_pair(pair).map(bars) {
            None => values.for_each(|(value, close)| *value += close.in_units() * share),
            Some(rates) => {
                let share = share / rates.opens()[0].in_units();
                for ((value, close), rate) in values.zip(rates.closes()) {
                    *value += close.in_units() * rate.in_units() * share;
                }
            }
        }
    }
    curve
}
