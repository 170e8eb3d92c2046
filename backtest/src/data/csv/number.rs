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

/// The rule that a number with marks at odd places breaks.
const UNCLEAR: &str = "has separators at places that are not clear; write plain numbers";

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
    let plain = without_separators(text);
    Price::parse(plain.as_deref().unwrap_or(text)).map_err(|error| {
        let kind = match error {
            PriceError::NotPositive => DefectKind::NonPositivePrices,
            PriceError::NotANumber if is_nothing(text) => DefectKind::MissingPrices,
            PriceError::NotANumber if has_separators(text) => {
                return Flaw::fatal(UNCLEAR);
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
    let said = text_of(cell).ok().and_then(|text| {
        let plain = without_separators(text);
        plain.as_deref().unwrap_or(text).parse::<f64>().ok()
    });
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
    let plain = without_separators(text);
    let number = plain.as_deref().unwrap_or(text);
    match number.parse().or_else(|_| in_units(number).ok_or(())) {
        Err(()) if has_separators(text) => Err(Flaw::fatal(UNCLEAR)),
        Err(()) => Err(flaw("is not a number")),
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

/// An amount in thousands, millions or billions, such as `17.82K`.
fn in_units(text: &str) -> Option<f64> {
    let units = match text.bytes().last()?.to_ascii_uppercase() {
        b'K' => 1e3,
        b'M' => 1e6,
        b'B' => 1e9,
        _ => return None,
    };
    let number = &text[..text.len() - 1];
    number.parse::<f64>().ok().map(|number| number * units)
}

/// Whether a cell is a number with a mark between thousands.
pub fn is_grouped(cell: &[u8]) -> bool {
    text_of(cell).is_ok_and(|text| without_separators(text).is_some())
}

/// A number such as `1,234.5`, `$1 234` or `12'345` without what only makes it easier
/// to read; `None` for any other text. Groups have three digits, but for the first; in
/// India only the last has three, and those before it two.
fn without_separators(text: &str) -> Option<String> {
    let number = text.trim_start_matches(['$', '€', '£']);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let separator = whole.chars().find(|c| is_separator(*c))?;
    let groups: Vec<_> = whole.split(separator).collect();
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let [first, middle @ .., last] = &groups[..] else {
        return None;
    };
    let has_width = |width: usize| middle.iter().all(|group| group.len() == width);
    let is_sound = matches!(first.len(), 1..=3)
        && !first.starts_with('0')
        && (has_width(3) || first.len() < 3 && has_width(2))
        && last.len() == 3
        && is_digits(decimals)
        && groups.iter().all(|group| is_digits(group));
    is_sound.then(|| format!("{}.{decimals}", groups.concat()))
}

const fn is_separator(c: char) -> bool {
    matches!(c, ',' | '\'' | '’' | '_' | ' ' | '\u{a0}' | '\u{202f}')
}

/// Whether a text is a number but for separators, which may stand anywhere.
fn has_separators(text: &str) -> bool {
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
        refused("1,23.5", None);
        refused("0,123", None);
        refused("1.234,56", None);
        refused("1234,567", None);
        refused("1,234 567", None);
    }

    #[test]
    fn thousands_may_be_told_apart() {
        for (text, plain) in [
            ("1,234.5", "1234.5"),
            ("1 234", "1234"),
            ("$12'345.67", "12345.67"),
            ("9\u{202f}000.00", "9000"),
            ("1,234,567.8", "1234567.8"),
            ("12,34,567.8", "1234567.8"),
        ] {
            assert_eq!(price(text.as_bytes()), price(plain.as_bytes()), "{text}");
            assert_eq!(volume(text.as_bytes()), volume(plain.as_bytes()), "{text}");
        }
    }

    #[test]
    fn volumes_are_zero_or_more() {
        assert_eq!(volume(b"2E+3"), Ok(2000.0));
        assert_eq!(volume(b"0"), Ok(0.0));
        assert_eq!(volume(b"-0").map(f64::to_bits), Ok(0));
        assert_eq!(volume(b"17.5K"), Ok(17_500.0));
        assert_eq!(volume(b"2m"), Ok(2e6));
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
