//! Beta and alpha: how much of the returns is the market's, and what is left.
//!
//! The regression of the returns on the benchmark's (Jensen, "The Performance of
//! Mutual Funds in the Period 1945-1964", Journal of Finance 23, 1968), with a
//! risk-free rate of zero. The co-moment is updated as in Welford's method.

use super::HOURS_PER_YEAR;
use super::moments::Moments;

/// The regression over the returns so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunningBeta {
    benchmark: Moments,
    products: f64,
}

impl RunningBeta {
    /// Takes in a tick's deviation of the return from the mean, this return
    /// included, and the benchmark's return, which is `share` of all so far.
    pub(super) fn update(&mut self, deviation: f64, benchmark: f64, share: f64) {
        self.products += (benchmark - self.benchmark.mean()) * deviation;
        self.benchmark.update(benchmark, share);
    }

    /// Covariance over the benchmark's variance, or `None` when that is zero.
    pub(super) fn beta(&self) -> Option<f64> {
        let squares = self.benchmark.squares();
        (squares > 0.0).then(|| self.products / squares)
    }

    /// The yearly part of the `mean` return that beta does not explain.
    pub(super) fn alpha(&self, mean: f64) -> Option<f64> {
        let alpha = |beta| (mean - beta * self.benchmark.mean()) * HOURS_PER_YEAR;
        self.beta().map(alpha)
    }
}
