//! A ratio: a share of something.

use super::RATIO_UNITS;

/// A fraction such as a weight or a commission rate; 1 is the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ratio(pub(super) i64);

impl Ratio {
    /// The whole.
    pub const ONE: Self = Self(1_000_000_000_000);

    /// A ratio from a float, rounded to the nearest 1e-12, or `None` when it is
    /// not finite or beyond ±1,000,000.
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the line above")]
    pub fn from_f64(value: f64) -> Option<Self> {
        let in_range = value.is_finite() && value.abs() <= 1e6;
        in_range.then(|| Self((value * 1e12).round() as i64))
    }

    /// The ratio as a float.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / RATIO_UNITS as f64
    }
}
