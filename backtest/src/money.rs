//! Prices, quantities and cash: three integers that cannot be mixed up.
//!
//! | type | one unit | product |
//! |---|---|---|
//! | [`Price`] | 1e-10 of the quote currency | `Price * Quantity = Cash` |
//! | [`Quantity`] | 1e-12 of the base currency | |
//! | [`Cash`] | 1e-22 of the quote currency | `Cash / Price = Quantity`, rounded towards zero |
//! | [`Ratio`] | 1e-12 | `Cash * Ratio = Cash`, rounded towards negative infinity; `Cash / Ratio = Cash`, towards zero |
//!
//! The scales are chosen so that a price times a quantity is *exact*: money moves
//! between cash and positions without a rounding, and equity is conserved to the
//! last digit however long a run is. Division rounds against the buyer, so that an
//! order never costs more than the cash it was sized with.
//!
//! Twelve decimals of a coin keep an SMA-cross run within 1e-12 of exact
//! arithmetic, and ten decimals of a price hold every quotation that exchanges use.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// Decimals of a [`Price`].
pub const PRICE_DECIMALS: u32 = 10;
const PRICE_UNITS: i64 = 10_i64.pow(PRICE_DECIMALS);
const QUANTITY_DECIMALS: u32 = 12;
const QUANTITY_UNITS: i128 = 10_i128.pow(QUANTITY_DECIMALS);
const CASH_UNITS: i128 = 10_i128.pow(PRICE_DECIMALS + QUANTITY_DECIMALS);
const RATIO_UNITS: i128 = 10_i128.pow(12);

/// A price in the quote currency; strictly positive when it comes from [`Price::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(i64);

/// An amount of the base currency; negative for a sale or a short position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i128);

/// An amount of the quote currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cash(i128);

/// A fraction such as a weight or a commission rate; 1 is the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ratio(i64);

/// Why a text is not a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PriceError {
    /// The text is not a decimal number.
    #[error("is not a number")]
    NotANumber,
    /// The number is zero or less.
    #[error("is not above zero")]
    NotPositive,
    /// The number is beyond what a [`Price`] can hold, about 922 million.
    #[error("is too large (the limit is 922,337,203)")]
    TooLarge,
    /// The number is positive but rounds to zero at ten decimals.
    #[error("is too small (the limit is 0.0000000001)")]
    TooSmall,
}

impl Price {
    /// How many units a price of one has.
    pub const UNITS: i64 = PRICE_UNITS;

    /// A price from its count of 1e-10 units.
    #[inline]
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// The count of 1e-10 units.
    #[inline]
    pub const fn as_units(self) -> i64 {
        self.0
    }

    /// The price as a float, for indicators and reports; off by at most one part in 2^53.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / PRICE_UNITS as f64
    }

    /// This price in the currency that `rate` is in: their product, rounded half up at
    /// 1e-10, at least that, and no more than the largest price.
    #[must_use]
    pub fn exchanged(self, rate: Self) -> Self {
        let units = i128::from(self.0) * i128::from(rate.0);
        let rounded = (units + i128::from(PRICE_UNITS / 2)) / i128::from(PRICE_UNITS);
        Self(i64::try_from(rounded).unwrap_or(i64::MAX).max(1))
    }

    /// This price times a ratio, both at least zero, rounded up at 1e-10 and no
    /// more than the largest price.
    #[must_use]
    pub fn scaled(self, ratio: Ratio) -> Self {
        let units = i128::from(self.0) * i128::from(ratio.0);
        let rounded_up = (units + RATIO_UNITS - 1) / RATIO_UNITS;
        Self(i64::try_from(rounded_up).unwrap_or(i64::MAX))
    }

    /// Reads a positive decimal number, with an exponent if it has one, exactly;
    /// digits beyond the tenth decimal are rounded half up.
    ///
    /// # Errors
    /// [`PriceError`] says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, PriceError> {
        let (negative, body) = match text.as_bytes() {
            [b'-', ..] => (true, &text[1..]),
            [b'+', ..] => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match body.find(['e', 'E']) {
            Some(at) => (
                &body[..at],
                body[at + 1..]
                    .parse::<i32>()
                    .map_err(|_| PriceError::NotANumber)?,
            ),
            None => (body, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(PriceError::NotANumber);
        }
        // Where the first digit stands, in units of 1e-10: a digit at place p is worth 10^p.
        let mut place = i64::try_from(whole.len()).map_err(|_| PriceError::TooLarge)? - 1
            + i64::from(exponent)
            + i64::from(PRICE_DECIMALS);
        let mut units: i128 = 0;
        let mut any_digit_set = false;
        for digit in whole.bytes().chain(fraction.bytes()) {
            if !digit.is_ascii_digit() {
                return Err(PriceError::NotANumber);
            }
            let digit = i128::from(digit - b'0');
            any_digit_set |= digit != 0;
            if digit != 0 && place > 20 {
                return if negative {
                    Err(PriceError::NotPositive)
                } else {
                    Err(PriceError::TooLarge)
                };
            }
            if place >= 0 && digit != 0 {
                units += digit * 10_i128.pow(u32::try_from(place).expect("0 to 20"));
            } else if place == -1 && digit >= 5 {
                units += 1;
            }
            place -= 1;
        }
        if negative || !any_digit_set {
            return Err(PriceError::NotPositive);
        }
        if units == 0 {
            return Err(PriceError::TooSmall);
        }
        i64::try_from(units)
            .map(Self)
            .map_err(|_| PriceError::TooLarge)
    }
}

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

macro_rules! additive {
    ($($type:ty),*) => {$(
        impl Add for $type {
            type Output = Self;
            #[inline]
            fn add(self, other: Self) -> Self { Self(self.0 + other.0) }
        }
        impl Sub for $type {
            type Output = Self;
            #[inline]
            fn sub(self, other: Self) -> Self { Self(self.0 - other.0) }
        }
        impl Neg for $type {
            type Output = Self;
            #[inline]
            fn neg(self) -> Self { Self(-self.0) }
        }
        impl AddAssign for $type {
            #[inline]
            fn add_assign(&mut self, other: Self) { self.0 += other.0; }
        }
        impl SubAssign for $type {
            #[inline]
            fn sub_assign(&mut self, other: Self) { self.0 -= other.0; }
        }
        impl Sum for $type {
            #[inline]
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                items.fold(Self(0), Add::add)
            }
        }
    )*};
}

additive!(Quantity, Cash, Ratio);

/// Writes `units` of 10^-`decimals` without trailing zeros, exactly.
fn write_decimal(f: &mut fmt::Formatter<'_>, units: i128, decimals: u32) -> fmt::Result {
    let scale = 10_u128.pow(decimals);
    let magnitude = units.unsigned_abs();
    let sign = if units < 0 { "-" } else { "" };
    let (whole, fraction) = (magnitude / scale, magnitude % scale);
    if fraction == 0 {
        return write!(f, "{sign}{whole}");
    }
    let digits = format!("{fraction:0width$}", width = decimals as usize);
    write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i128::from(self.0), PRICE_DECIMALS)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, QUANTITY_DECIMALS)
    }
}

impl fmt::Display for Cash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, PRICE_DECIMALS + QUANTITY_DECIMALS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, PriceError>) {
        let parsed = Price::parse(text).map(|price| price.to_string());
        assert_eq!(parsed.as_deref().map_err(|e| *e), expected, "{text}");
    }

    #[test]
    fn prices_are_read_exactly() {
        check("377.68718", Ok("377.68718"));
        check("10001", Ok("10001"));
        check(".5", Ok("0.5"));
        check("5.", Ok("5"));
        check("1.2e-7", Ok("0.00000012"));
        check("1.5E3", Ok("1500"));
        check("0.8700009999999999", Ok("0.870001"));
        check("0.00000000005", Ok("0.0000000001"));
        check("922337203.6854775807", Ok("922337203.6854775807"));
    }

    #[test]
    fn what_is_not_a_price_says_why() {
        check("", Err(PriceError::NotANumber));
        check(".", Err(PriceError::NotANumber));
        check("12,5", Err(PriceError::NotANumber));
        check("NaN", Err(PriceError::NotANumber));
        check("1e", Err(PriceError::NotANumber));
        check("--1", Err(PriceError::NotANumber));
        check("0", Err(PriceError::NotPositive));
        check("0.000", Err(PriceError::NotPositive));
        check("-1", Err(PriceError::NotPositive));
        check("-1e30", Err(PriceError::NotPositive));
        check("0.00000000004", Err(PriceError::TooSmall));
        check("1e-400", Err(PriceError::TooSmall));
        check("922337203.6854775808", Err(PriceError::TooLarge));
        check("1e2000000000", Err(PriceError::TooLarge));
    }

    proptest! {
        #[test]
        fn a_printed_price_reads_back(units in 1..i64::MAX) {
            let price = Price::from_units(units);
            prop_assert_eq!(Price::parse(&price.to_string()), Ok(price));
        }

        #[test]
        fn cash_buys_at_most_its_worth(cash in 0..10_i128.pow(34), units in 1..i64::MAX) {
            let (cash, price) = (Cash::from_units(cash), Price::from_units(units));
            let spent = price * (cash / price);
            prop_assert!(spent <= cash);
            prop_assert!(cash - spent < price * Quantity::from_units(1));
        }

        #[test]
        fn a_share_and_its_rest_are_the_whole(cash in -(10_i128.pow(36))..10_i128.pow(36), share in 0.0..1.0) {
            let cash = Cash::from_units(cash);
            let ratio = Ratio::from_f64(share).expect("within bounds");
            let (part, rest) = (cash * ratio, cash * (Ratio::ONE - ratio));
            // Each rounds down by less than one unit.
            prop_assert!((cash - part - rest).as_units() <= 1);
            prop_assert!((cash - part - rest).as_units() >= 0);
        }
    }
}
