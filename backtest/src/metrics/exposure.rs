//! Exposure: the share of the equity that is invested, averaged over all ticks.

use super::sum_of_pairs;

/// The mean over all ticks, of which there is at least one.
pub(super) fn mean(invested: &[f64], equity: &[f64]) -> f64 {
    let share = |invested, equity| if equity > 0.0 { invested / equity } else { 0.0 };
    sum_of_pairs(invested, equity, share) / invested.len() as f64
}
