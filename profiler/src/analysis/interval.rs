//! Confidence intervals for shares.
//!
//! A sampled share is a proportion, and Wilson's score interval (E. B. Wilson,
//! "Probable inference, the law of succession, and statistical inference",
//! Journal of the American Statistical Association 22, 1927, 209-212) keeps its
//! promise for small counts and for shares near 0 and 1, where the textbook
//! interval `p ± z·sqrt(p(1-p)/n)` shrinks to nothing.

use std::fmt;

/// The two-sided 95 % quantile of the normal distribution.
pub(crate) const Z_95: f64 = 1.959_963_984_540_054;

/// A share of all samples with its 95 % confidence interval, as fractions of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The observed fraction.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Share {
    /// Computes the share of `hits` in `n` samples with Wilson's interval.
    ///
    /// Without any samples nothing is known: the value is 0, the interval 0 to 1.
    pub fn new(hits: u64, n: u64) -> Self {
        Self::of_fraction(hits as f64 / n.max(1) as f64, n as f64)
    }

    /// Computes Wilson's interval around an observed fraction of `n` observations.
    pub(crate) fn of_fraction(fraction: f64, n: f64) -> Self {
        let value = fraction.clamp(0.0, 1.0);
        if n <= 0.0 {
            return Self {
                value,
                low: 0.0,
                high: 1.0,
            };
        }
        let z2 = Z_95 * Z_95;
        let centre = (value + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let reach = Z_95 / (1.0 + z2 / n) * (value * (1.0 - value) / n + z2 / (4.0 * n * n)).sqrt();
        // The value is always inside; `min` and `max` only remove rounding.
        Self {
            value,
            low: (centre - reach).clamp(0.0, value),
            high: (centre + reach).clamp(value, 1.0),
        }
    }

    /// Returns half the length of the interval.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Tells whether `fraction` lies in the interval.
    pub fn contains(&self, fraction: f64) -> bool {
        (self.low..=self.high).contains(&fraction)
    }
}

impl fmt::Display for Share {
    /// Writes the share in per cent with its half-width, like `12.3 % ±0.4 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.1} % ±{:.1} %",
            self.value * 100.0,
            self.half_width() * 100.0
        )
    }
}
