//! The Sortino ratio: reward per unit of downside risk.
//!
//! Sortino and Price, "Performance Measurement in a Downside Risk Framework",
//! Journal of Investing 3 (1994): the deviation is the root mean square of the
//! returns below the target, here zero, over *all* returns.

use super::{HOURS_PER_YEAR, sum};

/// The ratio from hourly mean and downside deviation, or `None` without a loss.
pub(super) fn ratio(mean: f64, deviation: f64) -> Option<f64> {
    (deviation > 0.0).then(|| mean / deviation * HOURS_PER_YEAR.sqrt())
}

/// The downside deviation of hourly returns, of which there is at least one.
pub(super) fn downside_deviation(returns: &[f64]) -> f64 {
    let loss = |return_: f64| return_.min(0.0);
    let squares = sum(returns, |return_| loss(return_) * loss(return_));
    (squares / returns.len() as f64).sqrt()
}
