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

/// A decimal number as an integer and the count of its decimals, when it is digits
/// with at most one point among them.
#[inline]
pub fn plain(cell: &[u8]) -> Option<(u64, usize)> {
    if cell.len() > MOST_DIGITS {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut point = None;
    for (place, byte) in cell.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if *byte == b'.' && point.is_none() {
            point = Some(place);
        } else {
            return None;
        }
    }
    let (n_digits, n_decimals) = match point {
        None => (cell.len(), 0),
        Some(place) => (cell.len() - 1, cell.len() - 1 - place),
    };
    (n_digits > 0).then_some((mantissa, n_decimals))
}

/// Reads a price above zero.
#[inline]
pub fn price(cell: &[u8]) -> Result<Price, Flaw> {
    if let Some((mantissa, n_decimals)) = plain(cell)
        && mantissa > 0
        && let Some(scale) = SCALES.get(n_decimals)
        && let Some(units) = mantissa.checked_mul(*scale)
        && let Ok(units) = i64::try_from(units)
    {
        return Ok(Price::from_units(units));
    }
    odd_price(cell)
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
#[inline]
pub fn volume(cell: &[u8]) -> Result<f64, Flaw> {
    if let Some((mantissa, n_decimals)) = plain(cell)
        && mantissa < FIRST_INEXACT
    {
        // One rounding of two exact numbers, and so the closest number to the text
        // (Clinger 1990, "How to read floating point numbers accurately").
        let volume = mantissa as f64 / POWERS[n_decimals];
        return Ok(volume);
    }
    odd_volume(cell)
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
