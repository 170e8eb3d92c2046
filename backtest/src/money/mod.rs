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
//! Twelve decimals of a coin keep an SMA-cross run within 1e-12 of exact arithmetic
//! where the capital buys a tenth of a coin or more, and ten decimals of a price hold
//! the quotations of exchanges; a price with more is told when its file is read.

mod cash;
mod price;
mod quantity;
mod ratio;

pub use cash::Cash;
pub use price::{Price, PriceError};
pub use quantity::Quantity;
pub use ratio::Ratio;

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// Decimals of a [`Price`].
pub const PRICE_DECIMALS: u32 = 10;
const PRICE_UNITS: i64 = 10_i64.pow(PRICE_DECIMALS);
const QUANTITY_DECIMALS: u32 = 12;
const QUANTITY_UNITS: i128 = 10_i128.pow(QUANTITY_DECIMALS);
const CASH_UNITS: i128 = 10_i128.pow(PRICE_DECIMALS + QUANTITY_DECIMALS);
const RATIO_UNITS: i128 = 10_i128.pow(12);

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
