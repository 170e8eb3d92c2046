//! Mean and variance of a stream, without keeping it.
//!
//! Welford, "Note on a Method for Calculating Corrected Sums of Squares and
//! Products", Technometrics 4 (1962): unlike a sum of squares it does not cancel
//! when the mean is large against the deviation.

/// Mean and corrected sum of squares of the values so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Takes in one value, which is `share`, one over their number, of all so far.
    pub(super) fn update(&mut self, value: f64, share: f64) {
        let from_old_mean = value - self.mean;
        self.mean += from_old_mean * share;
        self.squares += from_old_mean * (value - self.mean);
    }

    /// The mean; zero before the first value.
    pub(super) const fn mean(&self) -> f64 {
        self.mean
    }

    /// The sum of squared deviations from the mean.
    pub(super) const fn squares(&self) -> f64 {
        self.squares
    }

    /// The sample standard deviation (n - 1) of `n` values, or `None` below two.
    pub(super) fn standard_deviation(&self, n: f64) -> Option<f64> {
        (n >= 2.0).then(|| (self.squares / (n - 1.0)).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn one_pass_agrees_with_two(values in prop::collection::vec(-1.0..1.0_f64, 2..200), offset in -100.0..100.0_f64) {
            let values: Vec<f64> = values.iter().map(|value| value + offset).collect();
            let mut moments = Moments::default();
            for (idx, value) in values.iter().enumerate() {
                moments.update(*value, 1.0 / (idx as f64 + 1.0));
            }
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            let deviation = (squares / (n - 1.0)).sqrt();
            prop_assert!((moments.mean() - mean).abs() < 1e-12 * 100.0);
            let running = moments.standard_deviation(n).expect("two values");
            prop_assert!((running - deviation).abs() < 1e-10);
        }
    }

    #[test]
    fn one_value_has_no_deviation() {
        let mut moments = Moments::default();
        moments.update(3.0, 1.0);
        assert_eq!(moments.standard_deviation(1.0), None);
    }
}
