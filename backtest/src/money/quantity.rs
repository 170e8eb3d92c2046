//! A quantity: so many coins, or a part of one.

use std::fmt;

use super::{QUANTITY_DECIMALS, QUANTITY_UNITS, write_decimal};

/// An amount of the base currency; negative for a sale or a short position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(pub(super) i128);

impl Quantity {
    /// No coins.
    pub const ZERO: Self = Self(0);

    /// One coin.
    pub const ONE: Self = Self(QUANTITY_UNITS);

    /// A quantity from a float, rounded to the nearest 1e-12, or `None` when it is
    /// not finite or beyond ±1e15.
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the line above")]
    pub fn from_f64(value: f64) -> Option<Self> {
        let in_range = value.is_finite() && value.abs() <= 1e15;
        in_range.then(|| Self((value * 1e12).round() as i128))
    }

    /// The quantity rounded towards zero to a multiple of `step`, which is above zero.
    #[must_use]
    pub const fn rounded_to(self, step: Self) -> Self {
        Self(self.0 / step.0 * step.0)
    }

    /// A quantity from its count of 1e-12 units.
    #[inline]
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// The count of 1e-12 units.
    #[inline]
    pub const fn as_units(self) -> i128 {
        self.0
    }

    /// The quantity as a float, for indicators and reports.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / QUANTITY_UNITS as f64
    }

    /// Whether this is no coins at all.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether this is less than nothing: a sale.
    #[inline]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The same quantity without its sign.
    #[must_use]
    #[inline]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, QUANTITY_DECIMALS)
    }
}
