//! The Sortino ratio: reward per unit of downside risk.
//!
//! Sortino and Price, "Performance Measurement in a Downside Risk Framework",
//! Journal of Investing 3 (1994): the deviation is the root mean square of the
//! returns below the target, here zero, over *all* returns.

use super::HOURS_PER_YEAR;

/// The ratio from hourly mean and downside deviation, or `None` without a loss.
pub(super) fn ratio(mean: f64, deviation: f64) -> Option<f64> {
    (deviation > 0.0).then(|| mean / deviation * HOURS_PER_YEAR.sqrt())
}

/// The downside of the returns so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunningDownside {
    squares: f64,
}

impl RunningDownside {
    /// Takes in one return.
    pub(super) fn update(&mut self, return_: f64) {
        let loss = return_.min(0.0);
        self.squares += loss * loss;
    }

    /// The downside deviation of `n` returns, at least one.
    pub(super) fn deviation(self, n: f64) -> f64 {
        (self.squares / n).sqrt()
    }
}
