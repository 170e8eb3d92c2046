//! A sum over the last bars that stays exact however long it rolls.

use crate::money::Price;

/// The sum of the last so many prices, carried along from tick to tick.
///
/// It is an integer of [`Price`] units, so that adding the newest price and taking
/// away the oldest leaves no trace, and the sum equals a fresh one for ever.
#[derive(Clone, Copy, Debug)]
pub struct RollingSum {
    n_bars: usize,
    sum: Option<i128>,
}

impl RollingSum {
    /// A sum over `n_bars` prices, at least one.
    pub const fn new(n_bars: usize) -> Self {
        assert!(n_bars > 0, "a sum over no prices is no indicator");
        Self { n_bars, sum: None }
    }

    /// Takes in the newest price, the last of `prices`, and returns the sum.
    ///
    /// To be called at every tick, with `n_bars` prices at the first call and at
    /// least one more from then on.
    ///
    /// # Panics
    /// When there are fewer prices than that.
    pub fn update(&mut self, prices: &[Price]) -> i128 {
        let units = |price: &Price| i128::from(price.as_units());
        let window = prices.len() - self.n_bars;
        let sum = match self.sum {
            Some(sum) => sum + units(&prices[prices.len() - 1]) - units(&prices[window - 1]),
            None => prices[window..].iter().map(units).sum(),
        };
        self.sum = Some(sum);
        sum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_rolled_sum_is_a_fresh_sum(
            units in prop::collection::vec(1..i64::MAX, 1..60),
            n_bars in 1..10_usize,
        ) {
            let prices: Vec<_> = units.iter().copied().map(Price::from_units).collect();
            let mut rolling = RollingSum::new(n_bars);
            for end in n_bars..=prices.len() {
                let fresh: i128 = units[end - n_bars..end].iter().copied().map(i128::from).sum();
                prop_assert_eq!(rolling.update(&prices[..end]), fresh);
            }
        }
    }
}
