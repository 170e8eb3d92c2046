//! Bars as columns of bytes.
//!
//! ```text
//! hour of the first bar (i64 seconds), number of bars (u64),
//! open, high, low, close: scale (u64), bytes a value (u64: 4 or 8), values
//! volume: f64 values
//! filled: a byte each, 0 or 1
//! ```
//!
//! A price is its value times the scale, which is the largest power of ten that all
//! prices of the column are multiples of: four bytes are enough for nearly all pairs,
//! and reading half as many bytes takes half as long.

use crate::bar::BarSeries;
use crate::money::Price;
use crate::time::Timestamp;

/// The largest power of ten that an `i64` holds.
const MOST_SCALE: i64 = 1_000_000_000_000_000_000;

/// Appends a series.
pub fn encode(bars: &BarSeries, bytes: &mut Vec<u8>) {
    bytes.extend(bars.start().as_seconds().to_le_bytes());
    bytes.extend((bars.len() as u64).to_le_bytes());
    for column in [bars.opens(), bars.highs(), bars.lows(), bars.closes()] {
        let scale = scale_of(column);
        let scaled = |price: &Price| price.as_units() / scale;
        let is_narrow = column
            .iter()
            .all(|price| u32::try_from(scaled(price)).is_ok());
        bytes.extend(scale.to_le_bytes());
        bytes.extend(if is_narrow { 4_u64 } else { 8 }.to_le_bytes());
        for value in column.iter().map(scaled) {
            match u32::try_from(value) {
                Ok(value) if is_narrow => bytes.extend(value.to_le_bytes()),
                _ => bytes.extend(value.to_le_bytes()),
            }
        }
    }
    for volume in bars.volumes() {
        bytes.extend(volume.to_le_bytes());
    }
    bytes.extend(bars.filled().iter().map(|filled| u8::from(*filled)));
}

/// Reads a series, or `None` when the bytes are not one.
pub fn decode(bytes: &[u8]) -> Option<BarSeries> {
    let mut rest = bytes;
    let start = i64::from_le_bytes(word(&mut rest)?);
    let n_bars = usize::try_from(u64::from_le_bytes(word(&mut rest)?)).ok()?;
    // Guards the reservations below against a length that the bytes do not have.
    if n_bars == 0 || n_bars > rest.len() {
        return None;
    }
    let prices = [
        prices(&mut rest, n_bars)?,
        prices(&mut rest, n_bars)?,
        prices(&mut rest, n_bars)?,
        prices(&mut rest, n_bars)?,
    ];
    let volume = take(&mut rest, n_bars.checked_mul(8)?)?;
    let (volume, _) = volume.as_chunks();
    let volume = volume
        .iter()
        .map(|bytes| f64::from_le_bytes(*bytes))
        .collect();
    let filled = take(&mut rest, n_bars)?
        .iter()
        .map(|byte| *byte != 0)
        .collect();
    if !rest.is_empty() {
        return None;
    }
    BarSeries::from_columns(Timestamp::from_seconds(start), prices, volume, filled)
}

fn prices(rest: &mut &[u8], n_bars: usize) -> Option<Vec<Price>> {
    let scale = i64::from_le_bytes(word(rest)?);
    let width = u64::from_le_bytes(word(rest)?);
    // A product that wraps is of bytes that no encoder wrote.
    let price = |value: i64| Price::from_units(value.wrapping_mul(scale));
    match width {
        4 => {
            let (values, _) = take(rest, n_bars.checked_mul(4)?)?.as_chunks();
            let values = values.iter().map(|bytes| u32::from_le_bytes(*bytes));
            Some(values.map(|value| price(i64::from(value))).collect())
        }
        8 => {
            let (values, _) = take(rest, n_bars.checked_mul(8)?)?.as_chunks();
            let values = values.iter().map(|bytes| i64::from_le_bytes(*bytes));
            Some(values.map(price).collect())
        }
        _ => None,
    }
}

fn scale_of(column: &[Price]) -> i64 {
    let mut scale = MOST_SCALE;
    for price in column {
        while price.as_units() % scale != 0 {
            scale /= 10;
        }
    }
    scale
}

fn word(rest: &mut &[u8]) -> Option<[u8; 8]> {
    take(rest, 8)?.try_into().ok()
}

fn take<'a>(rest: &mut &'a [u8], n_bytes: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(n_bytes)?;
    *rest = left;
    Some(taken)
}
