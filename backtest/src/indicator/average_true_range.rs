//! Wilder's average true range: how far a bar reaches, gaps included.
//!
//! Wilder, "New Concepts in Technical Trading Systems", 1978, section III: a bar's
//! true range spans its high, its low and the close before; the average begins as
//! a plain mean over the first `period` bars and is smoothed from then on.

use crate::money::Price;

/// The average true range of the last bar as a fraction of its close.
///
/// The columns are those of one window. `None` until there are `period` bars with a
/// close before them.
pub fn average_true_range(
    highs: &[Price],
    lows: &[Price],
    closes: &[Price],
    period: usize,
) -> Option<f64> {
    if period == 0 || closes.len() <= period {
        return None;
    }
    let bars = highs[1..].iter().zip(&lows[1..]).zip(closes);
    let ranges = bars.map(|((high, low), close_before)| {
        let top = high.max(close_before).as_units();
        let bottom = low.min(close_before).as_units();
        (top - bottom) as f64
    });
    let n = period as f64;
    let mut average = ranges.clone().take(period).sum::<f64>() / n;
    for range in ranges.skip(period) {
        average = (average * (n - 1.0) + range) / n;
    }
    Some(average / closes.last()?.as_units() as f64)
}
