//! The exponential moving average: recent prices weigh more, and none is forgotten.

use crate::money::Price;

/// The average so far, with a weight of `2 / (span + 1)` for the newest price.
///
/// It begins with the plain mean of the first `span` prices, as in TA-Lib, and there
/// is none before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialAverage {
    span: usize,
    n: usize,
    sum: f64,
    value: f64,
}

impl ExponentialAverage {
    /// An average over about `span` prices, at least one.
    pub const fn new(span: usize) -> Self {
        assert!(span > 0, "a span of no prices is no average");
        Self {
            span,
            n: 0,
            sum: 0.0,
            value: 0.0,
        }
    }

    /// Takes in the newest price and returns the average, in the quote currency.
    pub fn update(&mut self, price: Price) -> Option<f64> {
        self.update_with(price.as_f64())
    }

    /// The same for any number.
    pub(super) fn update_with(&mut self, value: f64) -> Option<f64> {
        if self.n < self.span {
            self.n += 1;
            self.sum += value;
            self.value = self.sum / self.n as f64;
        } else {
            self.value += (value - self.value) * 2.0 / (self.span as f64 + 1.0);
        }
        (self.n == self.span).then_some(self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_with_a_mean_and_then_forgets_slowly() {
        let mut average = ExponentialAverage::new(3);
        let found = [1.0, 2.0, 6.0, 5.0, 5.0].map(|value| average.update_with(value));
        assert_eq!(found, [None, None, Some(3.0), Some(4.0), Some(4.5)]);
    }
}
