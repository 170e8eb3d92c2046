//! The Sharpe ratio: reward per unit of risk.
//!
//! Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21 (1994), with a
//! risk-free rate of zero and the sample standard deviation, annualised by the
//! square root of the number of periods (Lo 2002).

use super::HOURS_PER_YEAR;

/// The ratio from hourly mean and deviation, or `None` when nothing varied.
pub(crate) fn ratio(mean: f64, deviation: f64) -> Option<f64> {
    (deviation > 0.0).then(|| mean / deviation * HOURS_PER_YEAR.sqrt())
}
