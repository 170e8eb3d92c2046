//! All that can be said of a run in numbers, each by its name.
//!
//! The union of what empyrical and backtesting.py report, on hourly returns. The few
//! that every run needs are in [`Metrics`](crate::Metrics); these cost more, and are
//! worked out when somebody asks.

mod bootstrap;
mod drawdowns;
mod returns;
mod trades;

pub use bootstrap::{Interval, Intervals};

use crate::market::Market;
use crate::metrics::equal_weight;
use crate::outcome::Outcome;
use crate::round_trip::round_trips;

/// What a number counts, which decides how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share of one; written in per cent.
    Share,
    /// A plain number.
    Number,
    /// Whole hours.
    Hours,
    /// So many of something.
    Count,
    /// An amount of the quote currency.
    Money,
}

/// One number with its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistic {
    /// Its name, in snake case, as in the JSON.
    pub name: &'static str,
    /// The number, or `None` where the run leaves it undefined.
    pub value: Option<f64>,
    /// What it counts.
    pub unit: Unit,
}

impl Statistic {
    pub(crate) fn new(name: &'static str, unit: Unit, value: impl Into<Option<f64>>) -> Self {
        let value = value.into().filter(|value: &f64| value.is_finite());
        // Without the sign of a zero.
        let value = value.map(|value| value + 0.0);
        Self { name, value, unit }
    }
}

/// All statistics of a run on `market`, in the order in which they are printed.
pub fn statistics(outcome: &Outcome, market: &Market) -> Vec<Statistic> {
    let curve = curve(outcome);
    let benchmark = equal_weight(market, outcome.range);
    let trips = round_trips(&outcome.fills, market.n_pairs());
    let mut all = returns::statistics(&curve, &benchmark, &outcome.metrics);
    all.extend(drawdowns::statistics(&curve));
    all.extend(trades::statistics(&trips));
    all.push(Statistic::new(
        "exposure",
        Unit::Share,
        outcome.metrics.exposure,
    ));
    all.push(Statistic::new(
        "commission",
        Unit::Money,
        outcome.commission.as_f64(),
    ));
    all.push(Statistic::new(
        "borrowing_cost",
        Unit::Money,
        outcome.borrowing_cost.as_f64(),
    ));
    let peak = curve.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    all.push(Statistic::new("equity_peak", Unit::Money, peak));
    all
}

/// The 95 % intervals of the yearly return and the Sharpe ratio of a run, or `None`
/// for a run of less than ten days.
pub fn intervals(outcome: &Outcome, seed: u64) -> Option<Intervals> {
    bootstrap::intervals(&curve(outcome), seed)
}

/// The equity before the first tick and at each.
pub(crate) fn curve(outcome: &Outcome) -> Vec<f64> {
    let points = std::iter::once(&outcome.capital).chain(&outcome.equity);
    points.map(|point| point.as_f64()).collect()
}
