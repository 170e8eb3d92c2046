//! Beta and alpha: how much of the returns is the market's, and what is left.
//!
//! The regression of the returns on the benchmark's (Jensen, "The Performance of
//! Mutual Funds in the Period 1945-1964", Journal of Finance 23, 1968), with a
//! risk-free rate of zero.

use super::{Benchmark, HOURS_PER_YEAR, sum_of_pairs};

/// The regression of a run's returns on the benchmark's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regression {
    mean: f64,
    benchmark_mean: f64,
    products: f64,
    benchmark_squares: f64,
}

impl Regression {
    /// Over returns with this mean, and as many of the benchmark.
    pub(super) fn new(returns: &[f64], mean: f64, benchmark: &Benchmark) -> Self {
        let other_mean = benchmark.mean;
        let product = |r: f64, b: f64| (r - mean) * (b - other_mean);
        Self {
            mean,
            benchmark_mean: other_mean,
            products: sum_of_pairs(returns, &benchmark.returns, product),
            benchmark_squares: benchmark.squares,
        }
    }

    /// Covariance over the benchmark's variance, or `None` when that is zero.
    pub(super) fn beta(self) -> Option<f64> {
        let squares = self.benchmark_squares;
        (squares > 0.0).then(|| self.products / squares)
    }

    /// The yearly part of the mean return that beta does not explain.
    pub(super) fn alpha(self) -> Option<f64> {
        let alpha = |beta| (self.mean - beta * self.benchmark_mean) * HOURS_PER_YEAR;
        self.beta().map(alpha)
    }
}
