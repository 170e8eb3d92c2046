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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_window_without_spread_has_no_score() {
        let price = Price::from_units(3);
        assert_eq!(z_score(&[]), None);
        assert_eq!(z_score(&[price]), None);
        assert_eq!(z_score(&[price; 7]), None);
    }

    #[test]
    fn a_score_worked_by_hand() {
        // Mean 4, squared deviations 4 + 0 + 4, variance 4, deviation 2.
        let closes = [2, 4, 6].map(Price::from_units);
        assert_eq!(z_score(&closes), Some(1.0));
    }

    proptest! {
        #[test]
        fn agrees_with_exact_sums(units in prop::collection::vec(1..1_000_000_i64, 2..300)) {
            // z = (n x - S) / sqrt(n (n Q - S^2) / (n - 1)), with S and Q exact.
            let n = units.len() as i128;
            let wide = || units.iter().copied().map(i128::from);
            let (sum, squares): (i128, i128) = (wide().sum(), wide().map(|x| x * x).sum());
            let closes: Vec<_> = units.iter().copied().map(Price::from_units).collect();
            let spread = n * squares - sum * sum;
            let last = wide().next_back().expect("at least two");
            let naive = (spread > 0).then(|| {
                (n * last - sum) as f64 / ((n * spread) as f64 / (n - 1) as f64).sqrt()
            });
            let ours = z_score(&closes);
            prop_assert_eq!(ours.is_some(), naive.is_some());
            let (ours, naive) = (ours.unwrap_or(0.0), naive.unwrap_or(0.0));
            prop_assert!((ours - naive).abs() < 1e-9, "{} against {}", ours, naive);
        }
    }
}
