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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The range of bars given as (high, low, close).
    fn range(bars: &[(i64, i64, i64)], period: usize) -> Option<f64> {
        let column = |of: fn(&(i64, i64, i64)) -> i64| -> Vec<_> {
            bars.iter().map(of).map(Price::from_units).collect()
        };
        let (highs, lows, closes) = (column(|b| b.0), column(|b| b.1), column(|b| b.2));
        average_true_range(&highs, &lows, &closes, period)
    }

    #[test]
    fn gaps_count_and_a_period_of_bars_is_needed() {
        assert_eq!(range(&[], 1), None);
        assert_eq!(range(&[(2, 1, 1)], 1), None);
        assert_eq!(range(&[(2, 1, 1), (2, 1, 1)], 0), None);
        // From the close of 10 down to the low of 6 is 4, a quarter of 16 less.
        assert_eq!(range(&[(11, 9, 10), (8, 6, 8)], 1), Some(0.5));
        assert_eq!(range(&[(11, 9, 10), (20, 18, 20)], 1), Some(0.5));
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            bars in prop::collection::vec((1..1_000_i64, 1..1_000_i64, 0.0..1.0_f64), 16..300),
        ) {
            #[expect(clippy::cast_possible_truncation, reason = "between the two integers")]
            let bars: Vec<_> = bars
                .iter()
                .map(|(a, b, at)| {
                    let (low, high) = (*a.min(b), *a.max(b));
                    (high, low, low + ((high - low) as f64 * at) as i64)
                })
                .collect();
            let mut average = 0.0;
            for at in 1..bars.len() {
                let ((high, low, _), (_, _, before)) = (bars[at], bars[at - 1]);
                let spans = [high - low, (high - before).abs(), (low - before).abs()];
                let span = spans.into_iter().max().expect("three spans") as f64;
                if at <= 14 {
                    average += span / 14.0;
                } else {
                    average = (average * 13.0 + span) / 14.0;
                }
            }
            let naive = average / bars[bars.len() - 1].2 as f64;
            let ours = range(&bars, 14).expect("fifteen bars");
            prop_assert!((ours - naive).abs() <= 1e-9 * naive.max(1.0), "{} against {}", ours, naive);
        }
    }
}
