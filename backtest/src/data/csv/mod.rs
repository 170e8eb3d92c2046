//! Price files as text: one row a bar, cells between commas.
//!
//! Every layout comes down to the same two values: a pair, and [`Columns`], which
//! say where each part of a bar stands. Finding these is a layout's whole work
//! ([`kraken`], [`cryptodatadownload`]); reading the rows is the same for all.

mod cell;
mod cells;
mod columns;
mod cryptodatadownload;
mod kraken;
mod sniff;

use std::fmt;

use ::csv::{ByteRecord, Reader, ReaderBuilder};

use super::source_file::SourceFile;
use crate::Result;
use crate::bar::Bar;
use crate::instrument::Symbol;
use columns::Columns;

/// How a price file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// Kraken's OHLCVT files: no header, unix seconds, prices, volume, trades.
    Kraken,
    /// CryptoDataDownload's files, and those that this project writes: a banner
    /// line or none, then a header that names the columns.
    CryptoDataDownload,
}

/// The rows of a file in the order of the file.
pub struct Table {
    pub layout: Layout,
    pub symbol: Symbol,
    pub is_synthetic: bool,
    pub rows: Vec<Row>,
    /// How many rows have a date that tells another time than their unix seconds.
    pub n_dates_overruled: usize,
}

/// A bar and where it stands in its file.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub offset: usize,
    pub bar: Bar,
}

/// Reads a file of any layout that is understood.
pub fn read(file: &SourceFile<'_>) -> Result<Table> {
    let head = sniff::sniff(file)?;
    let mut records = Records::new(file, head.data_offset);
    let mut table = Table {
        layout: head.layout,
        symbol: head.symbol,
        is_synthetic: head.is_synthetic,
        rows: Vec::with_capacity(file.bytes().len() / TYPICAL_ROW_BYTES),
        n_dates_overruled: 0,
    };
    while let Some((offset, record)) = records.next()? {
        let read = head.columns.read(record, &table.symbol);
        let (bar, is_date_overruled) = read.map_err(|problem| file.row_error(offset, problem))?;
        table.n_dates_overruled += usize::from(is_date_overruled);
        table.rows.push(Row { offset, bar });
    }
    Ok(table)
}

/// The shortest rows of real files are about this long, so that the rows of most
/// files are allocated once.
const TYPICAL_ROW_BYTES: usize = 48;

/// What the first lines of a file say about the rest.
struct Head {
    layout: Layout,
    symbol: Symbol,
    is_synthetic: bool,
    columns: Columns,
    /// Where the first row of prices stands.
    data_offset: usize,
}

/// The records of a file from an offset on, blank lines left out.
struct Records<'a> {
    file: &'a SourceFile<'a>,
    start: usize,
    reader: Reader<&'a [u8]>,
    record: ByteRecord,
}

impl<'a> Records<'a> {
    fn new(file: &'a SourceFile<'a>, start: usize) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            // The number of cells is checked by Columns, which can say what is amiss.
            .flexible(true)
            .from_reader(&file.bytes()[start..]);
        Self {
            file,
            start,
            reader,
            record: ByteRecord::new(),
        }
    }

    /// The next record and its offset in the file.
    fn next(&mut self) -> Result<Option<(usize, &ByteRecord)>> {
        loop {
            let offset = self.offset();
            let is_some = self.reader.read_byte_record(&mut self.record);
            if !is_some.map_err(|error| self.file.row_error(offset, error.to_string()))? {
                return Ok(None);
            }
            if self.record.len() > 1 || !self.record[0].trim_ascii().is_empty() {
                return Ok(Some((offset, &self.record)));
            }
        }
    }

    /// Where the next record begins, or the line break before it.
    fn offset(&self) -> usize {
        let read = usize::try_from(self.reader.position().byte());
        self.start + read.expect("a position in memory fits")
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kraken => "Kraken",
            Self::CryptoDataDownload => "CryptoDataDownload",
        })
    }
}
