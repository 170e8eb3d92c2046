//! Beta and alpha: how much of the returns is the market's, and what is left.
//!
//! The regression of the returns on the benchmark's (Jensen, "The Performance of
//! Mutual Funds in the Period 1945-1964", Journal of Finance 23, 1968), with a
//! risk-free rate of zero. The co-moment is updated as in Welford's method.

use super::HOURS_PER_YEAR;

/// The regression over the returns so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunningBeta {
    n: f64,
    mean: f64,
    benchmark_mean: f64,
    benchmark_squares: f64,
    products: f64,
}

impl RunningBeta {
    /// Takes in the returns of one tick.
    pub(super) fn update(&mut self, return_: f64, benchmark: f64) {
        self.n += 1.0;
        let from_old_mean = benchmark - self.benchmark_mean;
        self.mean += (return_ - self.mean) / self.n;
        self.benchmark_mean += from_old_mean / self.n;
        self.benchmark_squares += from_old_mean * (benchmark - self.benchmark_mean);
        self.products += from_old_mean * (return_ - self.mean);
    }

    /// Covariance over the benchmark's variance, or `None` when that is zero.
    pub(super) fn beta(&self) -> Option<f64> {
        (self.benchmark_squares > 0.0).then(|| self.products / self.benchmark_squares)
    }

    /// The yearly return that beta times the benchmark does not explain.
    pub(super) fn alpha(&self) -> Option<f64> {
        let alpha = |beta| (self.mean - beta * self.benchmark_mean) * HOURS_PER_YEAR;
        self.beta().map(alpha)
    }
}
