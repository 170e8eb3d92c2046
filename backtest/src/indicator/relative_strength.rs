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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn closes(units: &[i64]) -> Vec<Price> {
        units.iter().copied().map(Price::from_units).collect()
    }

    #[test]
    fn needs_a_period_of_changes_and_some_movement() {
        assert_eq!(relative_strength(&closes(&[1, 2, 3]), 3), None);
        assert_eq!(relative_strength(&closes(&[5, 5, 5, 5]), 3), None);
        assert_eq!(relative_strength(&closes(&[1, 2]), 0), None);
        assert_eq!(relative_strength(&closes(&[1, 2, 3, 4]), 3), Some(100.0));
        assert_eq!(relative_strength(&closes(&[4, 3, 2, 1]), 3), Some(0.0));
    }

    #[test]
    fn an_index_worked_by_hand() {
        // Changes +3, -1, then -2 with period 2: the average gain goes from 1.5 to
        // 0.75, the average loss from 0.5 to 1.25.
        let index = relative_strength(&closes(&[10, 13, 12, 10]), 2).expect("enough closes");
        assert!((index - 37.5).abs() < 1e-12, "{index}");
    }

    /// Wilder's own wording: two averages, their ratio, and 100 - 100 / (1 + ratio).
    fn naive(units: &[i64], period: usize) -> f64 {
        let n = period as f64;
        let change = |at: usize| (units[at] - units[at - 1]) as f64;
        let (mut gain, mut loss) = (0.0, 0.0);
        for at in 1..units.len() {
            let (up, down) = (change(at).max(0.0), (-change(at)).max(0.0));
            if at <= period {
                gain += up / n;
                loss += down / n;
            } else {
                gain = (gain * (n - 1.0) + up) / n;
                loss = (loss * (n - 1.0) + down) / n;
            }
        }
        100.0 - 100.0 / (1.0 + gain / loss)
    }

    proptest! {
        #[test]
        fn agrees_with_wilders_wording(units in prop::collection::vec(1..1_000_000_i64, 16..300)) {
            let ours = relative_strength(&closes(&units), 14).expect("fifteen closes");
            let naive = naive(&units, 14);
            prop_assert!((ours - naive).abs() < 1e-9, "{} against {}", ours, naive);
        }
    }
}
