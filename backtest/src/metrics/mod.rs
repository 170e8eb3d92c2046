//! Return and risk of a run, one metric a file.
//!
//! Metrics are taken from the whole curve when the run is over, in as many passes as
//! their definitions have. Returns are hourly and simple, `equity / equity before -
//! 1`, the first one against the capital. Ratios are annualised with
//! [`HOURS_PER_YEAR`], since crypto markets never close.
//!
//! A metric that the run leaves undefined, such as the Sharpe ratio of a curve that
//! never moved, is `None` rather than a number that means nothing.

mod benchmark;
mod beta;
mod drawdown;
mod exposure;
mod sharpe;
mod sortino;
mod volatility;

pub use benchmark::equal_weight;
pub use drawdown::Drawdown;

pub(crate) use benchmark::Benchmark;
pub(crate) use exposure::MeanExposure;
pub(crate) use sharpe::ratio as sharpe_ratio;

use std::cell::Cell;

use beta::Regression;

/// Hours in a Julian year of 365.25 days, the mean over a leap-year cycle.
pub const HOURS_PER_YEAR: f64 = 8_766.0;

/// Return and risk over a whole run.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// Final value over capital, less one: 9.3 for a capital that grew 10.3-fold.
    pub total_return: f64,
    /// The worst fall of the equity from its running peak.
    pub max_drawdown: Drawdown,
    /// Standard deviation of returns, annualised.
    pub volatility: Option<f64>,
    /// Mean return over volatility, annualised, without a risk-free rate.
    pub sharpe: Option<f64>,
    /// Mean return over downside deviation below zero, annualised.
    pub sortino: Option<f64>,
    /// The mean share of the equity that was invested.
    pub exposure: f64,
    /// The total return of buying all pairs in equal parts at the first open and
    /// holding them, without commission.
    pub benchmark_return: f64,
    /// How far the returns move with that benchmark's.
    pub beta: Option<f64>,
    /// The mean return that beta does not explain, annualised.
    pub alpha: Option<f64>,
}

/// The metrics of a run: of its equity before the first tick and at each, as
/// floats in any unit, of its mean exposure, and against the benchmark of the same hours.
pub(crate) fn metrics(curve: Vec<f64>, exposure: MeanExposure, benchmark: &Benchmark) -> Metrics {
    let total_return = curve[curve.len() - 1] / curve[0] - 1.0;
    let max_drawdown = drawdown::worst(&curve);
    let returns = into_returns(curve);
    let n = returns.len() as f64;
    let mean = sum(&returns, |r| r) / n;
    let squares = sum(&returns, |r| (r - mean) * (r - mean));
    let deviation = (n >= 2.0).then(|| (squares / (n - 1.0)).sqrt());
    let regression = Regression::new(&returns, mean, benchmark);
    Metrics {
        total_return,
        max_drawdown,
        volatility: deviation.map(volatility::annualised),
        sharpe: deviation.and_then(|deviation| sharpe::ratio(mean, deviation)),
        sortino: sortino::ratio(mean, sortino::downside_deviation(&returns)),
        exposure: exposure.mean(n),
        benchmark_return: benchmark.total_return,
        beta: regression.beta(),
        alpha: regression.alpha(),
    }
}

/// The relative changes of a curve; zero where nothing was left to change.
pub(crate) fn simple_returns(curve: &[f64]) -> Vec<f64> {
    into_returns(curve.to_vec())
}

/// The same in place of the curve: a sweep has none of this size to spare for each point.
fn into_returns(mut curve: Vec<f64>) -> Vec<f64> {
    for pair in Cell::from_mut(&mut curve[..])
        .as_slice_of_cells()
        .windows(2)
    {
        let (before, after) = (pair[0].get(), pair[1].get());
        pair[0].set(if before == 0.0 {
            0.0
        } else {
            after / before - 1.0
        });
    }
    curve.pop();
    curve
}

/// The sum of `of` over all values, in eight lanes that are added up at the end: an
/// order that is the same everywhere, and that the processor can keep up with.
pub(crate) fn sum(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; 8];
    let (chunks, rest) = values.as_chunks::<8>();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += of(*value);
        }
    }
    for (lane, value) in lanes.iter_mut().zip(rest) {
        *lane += of(*value);
    }
    lanes.iter().sum()
}

/// The same over pairs of values, of two slices of one length.
pub(crate) fn sum_of_pairs(left: &[f64], right: &[f64], of: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0; 8];
    let (left_chunks, left_rest) = left.as_chunks::<8>();
    let (right_chunks, right_rest) = right.as_chunks::<8>();
    for (left, right) in left_chunks.iter().zip(right_chunks) {
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            *lane += of(*left, *right);
        }
    }
    for ((lane, left), right) in lanes.iter_mut().zip(left_rest).zip(right_rest) {
        *lane += of(*left, *right);
    }
    lanes.iter().sum()
}
