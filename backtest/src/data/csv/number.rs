//! Prices and volumes from the bytes of a cell, exactly.
//!
//! Nearly every cell is digits with one point. Those are read here with integers;
//! all others go the long way through [`Price::parse`] and the standard library,
//! which give the same value for the same text.

use super::flaw::Flaw;
use super::plain::{Plain, plain};
use crate::data::DefectKind;
use crate::money::{Price, PriceError};

/// No hour of any market has traded a volume beyond this.
const MAX_VOLUME: f64 = 1e18;

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

/// Whether a price is off by more than a ten millionth of what its cell says: so many
/// decimals are beyond what it holds.
pub fn is_rounded(cell: &[u8], price: Price) -> bool {
    // Half a unit is less of a larger price.
    if price.as_units() > 5_000_000 {
        return false;
    }
    let said = text_of(cell).ok().and_then(|text| text.parse::<f64>().ok());
    said.is_some_and(|said| (said - price.as_f64()).abs() > 1e-7 * said)
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
    [
        "", "nan", "null", "none", "n/a", "na", "#n/a", "<na>", "-", "--", "nil",
    ]
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
