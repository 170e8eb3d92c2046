//! The z-score: how many standard deviations the last close is from the mean.
//!
//! It is the position within Bollinger's bands in other units: with bands at k
//! deviations, %b = (z / k + 1) / 2 (Bollinger, "Bollinger on Bollinger Bands",
//! 2001), except that Bollinger divides by n and this, a sample, by n - 1.

use crate::money::Price;

/// The z-score of the last close within its window, or `None` when the window has
/// fewer than two closes or all are equal.
pub fn z_score(closes: &[Price]) -> Option<f64> {
    let [_, .., last] = closes else {
        return None;
    };
    let n = closes.len() as f64;
    // The sum is exact, so that a flat window has no deviation at all.
    let sum: i128 = closes
        .iter()
        .map(|close| i128::from(close.as_units()))
        .sum();
    let mean = sum as f64 / n;
    let squares: f64 = closes
        .iter()
        .map(|close| {
            let deviation = close.as_units() as f64 - mean;
            deviation * deviation
        })
        .sum();
    let deviation = (squares / (n - 1.0)).sqrt();
    (deviation > 0.0).then(|| (last.as_units() as f64 - mean) / deviation)
}
