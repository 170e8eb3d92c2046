//! The simple moving average, exactly.
//!
//! With two-decimal prices two averages are often equal, and running floating-point
//! sums decide such ties by their rounding. Here the sums are integers and averages
//! are compared by cross-multiplication, so that a tie is a tie on every machine.

use std::cmp::Ordering;

use crate::money::Price;

/// The mean of some prices as a fraction: their exact sum, and how many they are.
#[derive(Clone, Copy, Debug)]
pub struct Average {
    sum: i128,
    n: usize,
}

impl Average {
    /// The mean of `n` prices, at least one, whose units add up to `sum`.
    pub const fn new(sum: i128, n: usize) -> Self {
        assert!(n > 0, "no prices have no mean");
        Self { sum, n }
    }

    /// The mean of prices, or `None` when there are none.
    pub fn of(prices: &[Price]) -> Option<Self> {
        let sum = prices
            .iter()
            .map(|price| i128::from(price.as_units()))
            .sum();
        (!prices.is_empty()).then(|| Self::new(sum, prices.len()))
    }

    /// The mean as a float, in the quote currency.
    pub fn as_f64(self) -> f64 {
        self.sum as f64 / self.n as f64 / Price::UNITS as f64
    }
}

impl Ord for Average {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Ok(own), Ok(others)) = (i64::try_from(self.sum), i64::try_from(other.sum)) {
            // The usual case, in one multiplication each.
            let product = |sum: i64, n: usize| i128::from(sum) * n as i128;
            return product(own, other.n).cmp(&product(others, self.n));
        }
        // Sums have less than 63 + 40 bits, and numbers of bars less than 24.
        (self.sum * other.n as i128).cmp(&(other.sum * self.n as i128))
    }
}

impl PartialOrd for Average {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Average {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Average {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_means_of_different_windows_are_a_tie() {
        let prices = |units: &[i64]| {
            units
                .iter()
                .copied()
                .map(Price::from_units)
                .collect::<Vec<_>>()
        };
        // Means of 1/3 and 2/6, which no float holds.
        let (three, six) = (prices(&[0, 0, 1]), prices(&[1, 0, 0, 1, 0, 0]));
        assert_eq!(Average::of(&three), Average::of(&six));
        assert!(Average::of(&prices(&[1])) > Average::of(&three));
        assert_eq!(Average::of(&[]), None);
    }
}
