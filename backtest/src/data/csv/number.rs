//! Prices and volumes from the bytes of a cell, exactly.
//!
//! Nearly every cell is digits with one point. Those are read here with integers;
//! all others go the long way through [`Price::parse`] and the standard library,
//! which give the same value for the same text.

use super::flaw::Flaw;
use crate::data::DefectKind;
use crate::money::{PRICE_DECIMALS, Price, PriceError};

/// No hour of any market has traded a volume beyond this.
const MAX_VOLUME: f64 = 1e18;

/// As many digits fit an `u64` whatever they are.
const MOST_DIGITS: usize = 19;

/// The first integer that an `f64` may round.
const FIRST_INEXACT: u64 = 1 << 53;

/// What makes price units of a number with so many decimals.
const SCALES: [u64; PRICE_DECIMALS as usize + 1] = [
    10_000_000_000,
    1_000_000_000,
    100_000_000,
    10_000_000,
    1_000_000,
    100_000,
    10_000,
    1_000,
    100,
    10,
    1,
];

/// Powers of ten that an `f64` holds exactly, and all that a mantissa can ask for.
const POWERS: [f64; MOST_DIGITS + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19,
];

/// A decimal number: its digits as an integer, and how many of them are decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain {
    pub mantissa: u64,
    pub n_decimals: usize,
}

/// The length of the cell that `rest` begins with, and the number that it is when it
/// is digits with at most one point among them.
///
/// One pass over the bytes does both: most of a price file is digits.
#[inline]
pub fn cut(rest: &[u8], delimiter: u8) -> (usize, Option<Plain>) {
    let is_end = |byte: u8| byte == delimiter || matches!(byte, b'\n' | b'\r');
    let mut mantissa = 0_u64;
    let mut point = None;
    let mut length = 0;
    while let Some(&byte) = rest.get(length) {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            // What wraps has more digits than are taken below.
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        } else if byte == b'.' && point.is_none() {
            point = Some(length);
        } else if is_end(byte) {
            break;
        } else {
            let more = rest[length..].iter().position(|byte| is_end(*byte));
            return (more.map_or(rest.len(), |more| length + more), None);
        }
        length += 1;
    }
    let (n_digits, n_decimals) = match point {
        None => (length, 0),
        Some(place) => (length - 1, length - 1 - place),
    };
    let is_number = n_digits > 0 && length <= MOST_DIGITS;
    let number = is_number.then_some(Plain {
        mantissa,
        n_decimals,
    });
    (length, number)
}

/// The number that a cell is, when it is digits with at most one point among them.
pub fn plain(cell: &[u8]) -> Option<Plain> {
    let (length, number) = cut(cell, b'\n');
    number.filter(|_| length == cell.len())
}

impl Plain {
    /// The price above zero that the number is, if it is one.
    #[inline]
    pub fn price(self) -> Option<Price> {
        let units = self.mantissa.checked_mul(*SCALES.get(self.n_decimals)?)?;
        let units = i64::try_from(units).ok().filter(|units| *units > 0)?;
        Some(Price::from_units(units))
    }

    /// The amount that the number is, if that takes a single rounding.
    #[inline]
    pub fn volume(self) -> Option<f64> {
        // One rounding of two exact numbers, and so the closest number to the text
        // (Clinger 1990, "How to read floating point numbers accurately").
        (self.mantissa < FIRST_INEXACT).then(|| self.mantissa as f64 / POWERS[self.n_decimals])
    }
}

/// Reads a price above zero.
pub fn price(cell: &[u8]) -> Result<Price, Flaw> {
    match plain(cell).and_then(Plain::price) {
        Some(price) => Ok(price),
        None => odd_price(cell),
    }
}

/// Reads a price that is written in no plain way, or is none.
#[cold]
fn odd_price(cell: &[u8]) -> Result<Price, Flaw> {
    let text = text_of(cell)?;
    Price::parse(text).map_err(|error| {
        let kind = match error {
            PriceError::NotPositive => DefectKind::NonPositivePrices,
            PriceError::NotANumber if is_nothing(text) => DefectKind::MissingPrices,
            PriceError::NotANumber if has_separators(text) => {
                return Flaw::fatal("has thousands separators; write plain numbers");
            }
            _ => DefectKind::UnreadableRows,
        };
        Flaw::new(kind, error.to_string())
    })
}

/// Reads an amount: zero or more, finite.
pub fn volume(cell: &[u8]) -> Result<f64, Flaw> {
    match plain(cell).and_then(Plain::volume) {
        Some(volume) => Ok(volume),
        None => odd_volume(cell),
    }
}

/// Reads an amount that is written in no plain way, or is none.
#[cold]
fn odd_volume(cell: &[u8]) -> Result<f64, Flaw> {
    let flaw = |rule: &str| Flaw::new(DefectKind::BadVolumes, rule);
    let text = text_of(cell)?;
    match text.parse::<f64>() {
        Err(_) if has_separators(text) => {
            Err(Flaw::fatal("has thousands separators; write plain numbers"))
        }
        Err(_) => Err(flaw("is not a number")),
        Ok(volume) if volume.is_nan() => Err(flaw("is not a number")),
        Ok(volume) if volume < 0.0 => Err(flaw("is below zero")),
        Ok(volume) if volume > MAX_VOLUME => Err(flaw("is too large (the limit is 1e18)")),
        // Adding zero makes a negative zero a plain one.
        Ok(volume) => Ok(volume + 0.0),
    }
}

/// Whether a cell is a number with an exponent.
pub fn is_scientific(cell: &[u8]) -> bool {
    cell.iter().any(|byte| matches!(byte, b'e' | b'E'))
        && cell
            .first()
            .is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// Whether a cell says that there is no value.
pub fn is_nothing(text: &str) -> bool {
    ["", "nan", "null", "none", "n/a", "na", "-", "nil"]
        .iter()
        .any(|nothing| text.eq_ignore_ascii_case(nothing))
}

/// The text of a cell.
pub fn text_of(cell: &[u8]) -> Result<&str, Flaw> {
    str::from_utf8(cell).map_err(|_| Flaw::unreadable("is not UTF-8 text"))
}

/// Whether digits stand in groups of three, as in `1,234.5` or `1 234`.
fn has_separators(text: &str) -> bool {
    let is_separator = |c: char| matches!(c, ',' | '\'' | '_' | ' ' | '\u{a0}' | '\u{202f}');
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    text.contains(is_separator)
        && text.starts_with(is_number)
        && text.chars().all(|c| is_separator(c) || is_number(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_short_way_and_the_long_way_agree(text in "[0-9]{0,12}(\\.[0-9]{0,12})?") {
            prop_assert_eq!(
                price(text.as_bytes()).ok(),
                Price::parse(&text).ok()
            );
            prop_assert_eq!(
                volume(text.as_bytes()).map(f64::to_bits).ok(),
                text.parse::<f64>().map(f64::to_bits).ok().filter(|_| text != "." )
            );
        }
    }

    #[track_caller]
    fn refused(text: &str, kind: Option<DefectKind>) {
        assert_eq!(
            price(text.as_bytes()).map_err(|flaw| flaw.kind),
            Err(kind),
            "{text}"
        );
    }

    #[test]
    fn what_is_no_price_is_told_apart() {
        refused("0", Some(DefectKind::NonPositivePrices));
        refused("0.000", Some(DefectKind::NonPositivePrices));
        refused("-3.5", Some(DefectKind::NonPositivePrices));
        refused("NaN", Some(DefectKind::MissingPrices));
        refused("null", Some(DefectKind::MissingPrices));
        refused("4x", Some(DefectKind::UnreadableRows));
        refused("1e30", Some(DefectKind::UnreadableRows));
        refused("1,234.5", None);
        refused("1 234", None);
        refused("12'345", None);
    }

    #[test]
    fn volumes_are_zero_or_more() {
        assert_eq!(volume(b"2E+3"), Ok(2000.0));
        assert_eq!(volume(b"0"), Ok(0.0));
        assert_eq!(volume(b"-0").map(f64::to_bits), Ok(0));
        for (text, rule) in [
            ("", "is not a number"),
            ("nan", "is not a number"),
            ("-0.1", "is below zero"),
            ("-inf", "is below zero"),
            ("inf", "is too large (the limit is 1e18)"),
            ("1e300", "is too large (the limit is 1e18)"),
        ] {
            let flaw = volume(text.as_bytes()).expect_err("it is no volume");
            assert_eq!(flaw.problem, rule, "{text}");
        }
    }
}
