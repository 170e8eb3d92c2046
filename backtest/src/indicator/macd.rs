//! Moving average convergence and divergence: how far two averages are apart.

use super::ExponentialAverage;
use crate::money::Price;

/// The indicator so far (Appel, "Technical Analysis: Power Tools for Active
/// Investors", 2005).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Macd {
    fast: ExponentialAverage,
    slow: ExponentialAverage,
    signal: ExponentialAverage,
}

/// The two lines, in the quote currency. Their difference is the histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MacdLines {
    /// The fast average less the slow one.
    pub macd: f64,
    /// The exponential average of that, or `None` until there is one.
    pub signal: Option<f64>,
}

impl Macd {
    /// With the spans of the two averages and of the signal, each at least one;
    /// usual are 12, 26 and 9.
    pub const fn new(fast: usize, slow: usize, signal: usize) -> Self {
        Self {
            fast: ExponentialAverage::new(fast),
            slow: ExponentialAverage::new(slow),
            signal: ExponentialAverage::new(signal),
        }
    }

    /// Takes in the newest price; `None` until both averages are there.
    pub fn update(&mut self, price: Price) -> Option<MacdLines> {
        let (fast, slow) = (self.fast.update(price), self.slow.update(price));
        let macd = fast? - slow?;
        Some(MacdLines {
            macd,
            signal: self.signal.update_with(macd),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signal_follows_the_difference() {
        let mut macd = Macd::new(1, 2, 2);
        let price = |whole: i64| Price::from_units(whole * Price::UNITS);
        assert_eq!(macd.update(price(1)), None);
        // The slow average is 2, then 4.
        let first = macd.update(price(3)).expect("both averages");
        assert_eq!(
            first,
            MacdLines {
                macd: 1.0,
                signal: None
            }
        );
        let second = macd.update(price(5)).expect("both averages");
        assert_eq!(
            second,
            MacdLines {
                macd: 1.0,
                signal: Some(1.0)
            }
        );
    }
}
