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

use std::io::Read;

use super::pieces::Pieces;
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

/// Columns that have been read, and are believed once their checksum is right.
pub struct Columns {
    start: i64,
    prices: [Vec<Price>; 4],
    volume: Vec<f64>,
    filled: Vec<bool>,
}

impl Columns {
    /// Reads columns, or `None` when there are too few bytes.
    pub fn read(pieces: &mut Pieces<impl Read>) -> Option<Self> {
        let start = pieces.word(i64::from_le_bytes)?;
        let n_bars = usize::try_from(pieces.word(u64::from_le_bytes)?).ok()?;
        Some(Self {
            start,
            prices: [
                prices(pieces, n_bars)?,
                prices(pieces, n_bars)?,
                prices(pieces, n_bars)?,
                prices(pieces, n_bars)?,
            ],
            volume: pieces.values(n_bars, f64::from_le_bytes)?,
            filled: pieces.values(n_bars, |[byte]| byte != 0)?,
        })
    }

    /// The series, or `None` when it has no bar or does not begin on the hour.
    pub fn into_series(self) -> Option<BarSeries> {
        let start = Timestamp::from_seconds(self.start);
        let series = BarSeries::from_columns(start, self.prices, self.volume, self.filled)?;
        (!series.is_empty()).then_some(series)
    }
}

fn prices(pieces: &mut Pieces<impl Read>, n_bars: usize) -> Option<Vec<Price>> {
    let scale = pieces.word(i64::from_le_bytes)?;
    // A product that wraps is of bytes that no encoder wrote.
    let price = |value: i64| Price::from_units(value.wrapping_mul(scale));
    match pieces.word(u64::from_le_bytes)? {
        4 => pieces.values(n_bars, |bytes| price(u32::from_le_bytes(bytes).into())),
        8 => pieces.values(n_bars, |bytes| price(i64::from_le_bytes(bytes))),
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
