//! The benchmark: all pairs, bought in equal parts at the first open, and held.

use crate::history::Hour;

/// What one unit of money in the benchmark is worth as time goes by.
#[derive(Clone, Debug)]
pub(crate) struct EqualWeight {
    /// For each pair, what one unit of its price adds to the value.
    shares: Vec<f64>,
}

impl EqualWeight {
    /// Buys at the first hour's opening prices.
    pub(crate) fn new(first: &Hour<'_>) -> Self {
        let n_pairs = first.pairs().len() as f64;
        let share = |pair| 1.0 / (n_pairs * first.first_price(pair).as_units() as f64);
        Self {
            shares: first.pairs().map(share).collect(),
        }
    }

    /// The value at the hour's close.
    pub(crate) fn value(&self, hour: &Hour<'_>) -> f64 {
        let pairs = hour.pairs().zip(&self.shares);
        pairs
            .map(|(pair, share)| hour.close(pair).as_units() as f64 * share)
            .sum()
    }
}
