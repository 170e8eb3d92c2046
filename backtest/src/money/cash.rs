//! Cash: what prices times quantities come to.

use std::fmt;
use std::ops::{Div, Mul};

use super::{
    CASH_UNITS, PRICE_DECIMALS, Price, QUANTITY_DECIMALS, QUANTITY_UNITS, Quantity, RATIO_UNITS,
    Ratio, write_decimal,
};

/// An amount of the quote currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cash(pub(super) i128);

impl Cash {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The largest capital that a run may start with, 1e12. It leaves room for a
    /// thirtyfold gain before the engine stops with [`Error::TooRich`], well before
    /// an `i128` of 1e-22 units is full.
    ///
    /// [`Error::TooRich`]: crate::Error::TooRich
    pub const MAX_CAPITAL: f64 = 1e12;

    /// Cash from its count of 1e-22 units.
    #[inline]
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// The count of 1e-22 units.
    #[inline]
    pub const fn as_units(self) -> i128 {
        self.0
    }

    /// Cash from a float, rounded to the nearest 1e-10 of the quote currency, or
    /// `None` when it is not finite or beyond ±[`Cash::MAX_CAPITAL`].
    #[expect(
        clippy::cast_possible_truncation,
        reason = "bounded by MAX_CAPITAL just above"
    )]
    pub fn from_f64(value: f64) -> Option<Self> {
        let in_range = value.is_finite() && value.abs() <= Self::MAX_CAPITAL;
        in_range.then(|| Self((value * 1e10).round() as i128 * QUANTITY_UNITS))
    }

    /// The amount as a float, for metrics and reports.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / CASH_UNITS as f64
    }

    /// The amount as a float that is only ever set against others: its unit cancels out.
    #[inline]
    pub(crate) const fn in_units(self) -> f64 {
        const LOW: f64 = 18_446_744_073_709_551_616.0;
        // In two halves, which a processor converts in an instant each.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the two halves of the number"
        )]
        let (high, low) = ((self.0 >> 64) as i64, self.0 as u64);
        high as f64 * LOW + low as f64
    }

    /// Whether this is a debt.
    #[inline]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The same amount without its sign.
    #[must_use]
    #[inline]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

impl Mul<Quantity> for Price {
    type Output = Cash;

    /// The exact value of a quantity at this price.
    #[inline]
    fn mul(self, quantity: Quantity) -> Cash {
        Cash(i128::from(self.0) * quantity.0)
    }
}

impl Div<Price> for Cash {
    type Output = Quantity;

    /// How much this cash buys, rounded towards zero.
    #[inline]
    fn div(self, price: Price) -> Quantity {
        Quantity(self.0 / i128::from(price.0))
    }
}

impl Mul<Ratio> for Cash {
    type Output = Cash;

    /// The share of this cash, rounded towards negative infinity at 1e-22.
    #[inline]
    fn mul(self, ratio: Ratio) -> Cash {
        let ratio = i128::from(ratio.0);
        if let Some(product) = self.0.checked_mul(ratio) {
            return Cash(product.div_euclid(RATIO_UNITS));
        }
        // In two steps, because cash times 1e12 does not fit an i128.
        let whole = self.0.div_euclid(RATIO_UNITS);
        let rest = self.0 - whole * RATIO_UNITS;
        Cash(whole * ratio + (rest * ratio).div_euclid(RATIO_UNITS))
    }
}

impl Div<Ratio> for Cash {
    type Output = Cash;

    /// The cash of which this is the share, rounded towards zero at 1e-22.
    #[inline]
    fn div(self, ratio: Ratio) -> Cash {
        let ratio = i128::from(ratio.0);
        // In two steps, as in multiplication.
        let whole = self.0 / ratio;
        let rest = self.0 - whole * ratio;
        Cash(whole * RATIO_UNITS + rest * RATIO_UNITS / ratio)
    }
}

impl fmt::Display for Cash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, PRICE_DECIMALS + QUANTITY_DECIMALS)
    }
}
