//! A price, and how it is read from text.

use std::fmt;

use super::{PRICE_DECIMALS, PRICE_UNITS, RATIO_UNITS, Ratio, write_decimal};

/// A price in the quote currency; strictly positive when it comes from [`Price::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Price(pub(super) i64);

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

    /// The price as a float that is only ever set against others: its unit cancels out.
    #[inline]
    pub(crate) const fn in_units(self) -> f64 {
        self.0 as f64
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

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, i128::from(self.0), PRICE_DECIMALS)
    }
}

#[cfg(test)]
mod tests {
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
}
