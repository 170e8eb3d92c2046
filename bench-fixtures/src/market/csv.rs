//! A series as comma-separated text, in the layout that CryptoDataDownload uses.
//!
//! The first line is the notice, so that a copy of the file still says what it is;
//! the second names the columns; the rows follow, oldest first.

use super::{Row, SYNTHETIC_NOTICE, pairs, series};
use chrono::DateTime;
use std::io::{self, BufWriter, Write};

/// Writes one pair's rows: the notice, a header, then a line for each hour.
///
/// Times are unix seconds and `YYYY-MM-DD hh:mm:ss` in UTC, both of the bar's
/// open; prices and volume are decimals with eight places.
///
/// # Errors
///
/// Whatever `out` reports.
///
/// # Panics
///
/// If `pair_idx` is not below [`N_PAIRS`](super::N_PAIRS), as indexing does.
pub fn write_csv(out: impl Write, pair_idx: usize, seed: u64) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let pair = &pairs()[pair_idx];
    writeln!(out, "{SYNTHETIC_NOTICE}")?;
    writeln!(out, "unix,date,symbol,open,high,low,close,volume")?;
    for row in series(pair_idx, seed) {
        let Row { open_time, .. } = row;
        let date = DateTime::from_timestamp(open_time, 0)
            .expect("the market's hours are well inside the calendar")
            .format("%Y-%m-%d %H:%M:%S");
        write!(out, "{open_time},{date},{}/{}", pair.base, pair.quote)?;
        for units in [row.open, row.high, row.low, row.close, row.volume] {
            write!(out, ",{}.{:08}", units / 100_000_000, units % 100_000_000)?;
        }
        writeln!(out)?;
    }
    out.flush()
}
