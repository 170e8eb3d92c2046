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

/// A decimal number: its digits as an integer, and how many of them are decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain {
    pub mantissa: u64,
    pub n_decimals: usize,
}

/// The length of the cell that `rest` begins with, and the number that it is when it
/// is digits with at most one point among them.
///
/// One pass over the bytes does both: most of a price file is digits. Eight digits at
/// once, as in Lemire 2021, "Number parsing at a gigabyte per second", took a quarter
/// longer here: the cells are short.
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
