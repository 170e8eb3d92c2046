//! Bars as bytes, for another process.

use backtest::{Bar, BarSeries, Price, Timestamp};

const DAY: i64 = 24 * 3_600;

/// The bars as bytes, for another process.
pub fn pack(bars: &BarSeries) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + bars.len() * 41);
    bytes.extend(bars.start().as_seconds().to_le_bytes());
    for bar_idx in 0..bars.len() {
        let bar = bars.bar(bar_idx);
        for price in [bar.open, bar.high, bar.low, bar.close] {
            bytes.extend(price.as_units().to_le_bytes());
        }
        bytes.extend(bar.volume.to_le_bytes());
        bytes.push(u8::from(bar.filled));
    }
    bytes
}

/// The bars that [`pack`] packed, and whether there is one a day.
pub fn unpack(bytes: &[u8]) -> Option<(BarSeries, bool)> {
    let (start, mut rest) = bytes.split_first_chunk()?;
    let mut series = BarSeries::new(Timestamp::from_seconds(i64::from_le_bytes(*start)));
    let mut is_daily = true;
    while !rest.is_empty() {
        let mut units = [0; 4];
        for unit in &mut units {
            let (bytes, after) = rest.split_first_chunk()?;
            *unit = i64::from_le_bytes(*bytes);
            rest = after;
        }
        let (volume, after) = rest.split_first_chunk()?;
        let (filled, after) = after.split_first()?;
        rest = after;
        let open_time = series.end();
        let [open, high, low, close] = units.map(Price::from_units);
        is_daily &= *filled == 1 || open_time.as_seconds().rem_euclid(DAY) == 0;
        series.push(Bar {
            open_time,
            open,
            high,
            low,
            close,
            volume: f64::from_le_bytes(*volume),
            filled: *filled == 1,
        });
    }
    Some((series, is_daily))
}
