//! Wilder's relative strength index: how much of the recent movement was upwards.
//!
//! Wilder, "New Concepts in Technical Trading Systems", 1978, section VI: average
//! gain and average loss begin as plain means over the first `period` changes and
//! are smoothed from then on, `average = (average * (period - 1) + change) / period`.

use crate::money::Price;

/// The index of the last close, from 0 (only losses) to 100 (only gains).
///
/// `None` until there are `period` changes, which takes one close more, and when
/// the price never moved.
pub fn relative_strength(closes: &[Price], period: usize) -> Option<f64> {
    if period == 0 || closes.len() <= period {
        return None;
    }
    let changes = closes
        .windows(2)
        .map(|pair| (pair[1].as_units() - pair[0].as_units()) as f64);
    let (mut gain, mut loss) = (0.0, 0.0);
    for change in changes.clone().take(period) {
        gain += change.max(0.0);
        loss += (-change).max(0.0);
    }
    // Wilder's averages without the division by `period`, which cancels out.
    let decay = (period as f64 - 1.0) / period as f64;
    for change in changes.skip(period) {
        gain = gain * decay + change.max(0.0);
        loss = loss * decay + (-change).max(0.0);
    }
    let movement = gain + loss;
    (movement > 0.0).then(|| 100.0 * gain / movement)
}
