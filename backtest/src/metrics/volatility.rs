//! Volatility: the standard deviation of returns, annualised.
//!
//! The square-root rule holds for returns that are independent of each other; for
//! others it is a convention (Lo, "The Statistics of Sharpe Ratios", Financial
//! Analysts Journal 58, 2002).

use super::HOURS_PER_YEAR;

/// The yearly deviation that corresponds to an hourly one.
pub(super) fn annualised(deviation: f64) -> f64 {
    deviation * HOURS_PER_YEAR.sqrt()
}
