//! Return and risk of a run, one metric a file.
//!
//! Every metric is kept up to date tick by tick, as a live system would have to,
//! in constant space. Returns are hourly and simple, `equity / equity before - 1`,
//! the first one against the capital. Ratios are annualised with
//! [`HOURS_PER_YEAR`], since crypto markets never close.
//!
//! A metric that the run leaves undefined, such as the Sharpe ratio of a curve that
//! never moved, is `None` rather than a number that means nothing.

mod benchmark;
mod beta;
mod drawdown;
mod exposure;
mod moments;
mod sharpe;
mod sortino;
mod volatility;

pub use drawdown::Drawdown;

pub(crate) use benchmark::EqualWeight;

use crate::money::Cash;
use beta::RunningBeta;
use drawdown::RunningDrawdown;
use exposure::RunningExposure;
use moments::Moments;
use sortino::RunningDownside;

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

/// The metrics of a run that is still going on.
#[derive(Clone, Debug)]
pub(crate) struct RunningMetrics {
    n_ticks: f64,
    capital: f64,
    equity: f64,
    benchmark: f64,
    returns: Moments,
    downside: RunningDownside,
    drawdown: RunningDrawdown,
    exposure: RunningExposure,
    beta: RunningBeta,
}

impl RunningMetrics {
    /// Before the first tick, with nothing but capital.
    pub(crate) fn new(capital: Cash) -> Self {
        Self {
            n_ticks: 0.0,
            capital: units(capital),
            equity: units(capital),
            benchmark: 1.0,
            returns: Moments::default(),
            downside: RunningDownside::default(),
            drawdown: RunningDrawdown::new(capital),
            exposure: RunningExposure::default(),
            beta: RunningBeta::default(),
        }
    }

    /// Takes in one tick: its equity, how much of it is invested, and what one unit
    /// of the benchmark has become.
    pub(crate) fn update(&mut self, equity: Cash, invested: Cash, benchmark: f64) {
        self.n_ticks += 1.0;
        let share = 1.0 / self.n_ticks;
        let equity_before = std::mem::replace(&mut self.equity, units(equity));
        let benchmark_before = std::mem::replace(&mut self.benchmark, benchmark);
        let return_ = simple_return(equity_before, self.equity);
        let benchmark_return = simple_return(benchmark_before, benchmark);
        self.returns.update(return_, share);
        self.downside.update(return_);
        self.drawdown.update(equity);
        self.exposure.update(units(invested), self.equity);
        let deviation = return_ - self.returns.mean();
        self.beta.update(deviation, benchmark_return, share);
    }

    /// The metrics of all ticks so far, of which there is at least one.
    pub(crate) fn finish(&self) -> Metrics {
        let mean = self.returns.mean();
        let deviation = self.returns.standard_deviation(self.n_ticks);
        Metrics {
            total_return: self.equity / self.capital - 1.0,
            max_drawdown: self.drawdown.worst(),
            volatility: deviation.map(volatility::annualised),
            sharpe: deviation.and_then(|deviation| sharpe::ratio(mean, deviation)),
            sortino: sortino::ratio(mean, self.downside.deviation(self.n_ticks)),
            exposure: self.exposure.mean(self.n_ticks),
            benchmark_return: self.benchmark - 1.0,
            beta: self.beta.beta(),
            alpha: self.beta.alpha(mean),
        }
    }
}

/// An amount as a float that is only ever set against others: its unit cancels out.
fn units(cash: Cash) -> f64 {
    cash.as_units() as f64
}

/// The relative change of a value; zero when nothing was left to change.
fn simple_return(before: f64, after: f64) -> f64 {
    if before == 0.0 {
        0.0
    } else {
        after / before - 1.0
    }
}
