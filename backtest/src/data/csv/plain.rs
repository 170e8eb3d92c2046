//! Plain decimal numbers, read while their cells are cut.

use crate::money::{PRICE_DECIMALS, Price};

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

/// So many bytes are looked at in one word.
const WORD_BYTES: usize = 8;

/// What so many digits more multiply a number by.
const DECADES: [u64; WORD_BYTES + 1] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
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
    loop {
        let (digits, n_digits) = leading_digits(&rest[length..]);
        // What wraps has more digits than are taken below.
        mantissa = mantissa
            .wrapping_mul(DECADES[n_digits])
            .wrapping_add(digits);
        length += n_digits;
        if n_digits == WORD_BYTES {
            continue;
        }
        match rest.get(length) {
            Some(b'.') if point.is_none() => {
                point = Some(length);
                length += 1;
            }
            Some(byte) if !is_end(*byte) => {
                let more = rest[length..].iter().position(|byte| is_end(*byte));
                return (more.map_or(rest.len(), |more| length + more), None);
            }
            _ => break,
        }
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

/// The number that the first bytes of a text are, at most eight digits, and how many
/// these are.
///
/// Eight bytes are looked at in one word, without a branch for each of them (Lemire
/// 2021, "Number parsing at a gigabyte per second").
#[inline]
fn leading_digits(text: &[u8]) -> (u64, usize) {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; WORD_BYTES])
    }
    let word = text.first_chunk().copied().unwrap_or_else(|| {
        let mut last = [0; WORD_BYTES];
        last[..text.len()].copy_from_slice(text);
        last
    });
    // The first character is the lowest byte, and a digit's byte is now its value.
    let values = u64::from_le_bytes(word) ^ each(b'0');
    // A value above nine reaches the highest bit of its byte; what it carries changes
    // only bytes after it.
    let others = (values.wrapping_add(each(0x7f - 9)) | values) & each(0x80);
    let n_digits = others.trailing_zeros() as usize / WORD_BYTES;
    if n_digits == 0 {
        return (0, 0);
    }
    // Zeros before the digits push out what comes after them.
    let values = values << (8 * (WORD_BYTES - n_digits));
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    let all = (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xffff_ffff;
    (all, n_digits)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Any bytes, and digits with other bytes among them.
        #[test]
        fn digits_are_those_that_a_loop_finds(
            mut text in prop::collection::vec(any::<u8>(), 0..12),
            digits in "[0-9]{0,12}",
            at in 0..12_usize,
        ) {
            let at = at.min(text.len());
            text.splice(0..at, digits.bytes());
            let n_digits = text.iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
            let number = text[..n_digits].iter().fold(0, |number, digit| 10 * number + u64::from(digit - b'0'));
            prop_assert_eq!(leading_digits(&text), (number, n_digits));
        }
    }
}
