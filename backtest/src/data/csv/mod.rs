//! Price files as text: one row a bar, cells between delimiters.
//!
//! Every layout comes down to the same two values: a pair, and [`Columns`], which
//! say where each part of a bar stands. Finding these is the whole work of `sniff`
//! and its helpers; reading the rows is the same for all.

mod columns;
mod date;
mod dialect;
mod file_name;
mod flaw;
mod header;
mod headerless;
mod moment;
mod number;
mod pair;
mod parts;
mod plain;
mod records;
mod row;
mod row_time;
mod scan;
mod shown;
mod sniff;
mod times;

use super::DefectKind as K;
use super::findings::Findings;
use super::layout::Layout;
use super::policy::ImportOptions;
use super::source_file::SourceFile;
use crate::instrument::Symbol;
use crate::{Error, Result};
use columns::Columns;
use dialect::Dialect;
use flaw::Flaw;
use header::Header;
use records::{Record, Records};
pub use row::Row;
use row::RowReader;

/// The rows of a file in the order of the file.
pub struct Table {
    pub layout: Layout,
    pub symbol: Symbol,
    pub is_synthetic: bool,
    pub rows: Vec<Row>,
    /// How many lines there are besides banners and headers.
    pub n_rows: usize,
    /// Whether times are unix times, which have no time zone to be wrong.
    pub is_unix: bool,
}

/// Reads a file of any layout that is understood.
pub fn read(
    file: &mut SourceFile<'_>,
    options: &ImportOptions,
    findings: &mut Findings,
) -> Result<Table> {
    let dialect = Dialect::find(file, findings)?;
    let file = &*file;
    let head = sniff::sniff(file, dialect, options, findings)?;
    let mut records = head.records(file);
    let mut reader = RowReader::new(&head.columns, &head.symbol, options.policy);
    let mut rows = Vec::with_capacity(file.bytes().len() / TYPICAL_ROW_BYTES);
    let mut n_rows = 0;
    let mut last_failed = None;
    while let Some((offset, record)) = records.next() {
        n_rows += 1;
        match reader.read(offset, record, findings) {
            Ok(row) => rows.push(row),
            Err(flaw) => {
                let Some(kind) = kind_of(&flaw, record, &head) else {
                    return Err(file.row_error(offset, flaw.problem));
                };
                n_rows -= usize::from(kind == K::RepeatedHeader);
                findings.defect(kind, offset, || flaw.problem);
                last_failed = (kind == K::UnreadableRows).then_some(offset);
            }
        }
    }
    reader.tell(findings);
    let has_clock = reader.has_clock || head.columns.time.is_unix();
    if let Some(offset) = last_failed.filter(|offset| is_cut_short(file, *offset)) {
        findings.rename_last(K::UnreadableRows, K::TruncatedLine, offset);
    }
    require_rows(file, rows.len(), n_rows, findings)?;
    if !has_clock {
        return Err(Error::NotHourly {
            path: file.path().to_owned(),
            found: "its dates have no hour".into(),
        });
    }
    Ok(Table {
        layout: head.layout,
        is_unix: head.columns.time.is_unix(),
        symbol: head.symbol,
        is_synthetic: head.is_synthetic,
        rows,
        n_rows,
    })
}

/// The shortest rows of real files are about this long, so that the rows of most
/// files are allocated once.
const TYPICAL_ROW_BYTES: usize = 48;

/// How many rows tell what a column holds.
const SAMPLE_ROWS: usize = 200;

/// What the first lines of a file say about the rest.
struct Head {
    layout: Layout,
    symbol: Symbol,
    is_synthetic: bool,
    columns: Columns,
    dialect: Dialect,
    /// Where the first row of prices stands.
    data_offset: usize,
}

impl Head {
    fn records<'a>(&self, file: &'a SourceFile<'_>) -> Records<'a> {
        let Dialect {
            delimiter,
            is_plain,
            ..
        } = self.dialect;
        Records::new(file, self.data_offset, delimiter, is_plain)
    }
}

/// What kind of defect a flaw is, or `None` for an error under every policy.
fn kind_of(flaw: &Flaw, record: Record<'_>, head: &Head) -> Option<K> {
    let is_header = || {
        Header::new(record).is_some()
            || record.len() < head.columns.names.len()
                && record.cells().any(|cell| {
                    let text = String::from_utf8_lossy(cell).to_ascii_lowercase();
                    text.contains("cryptodatadownload")
                })
    };
    match flaw.kind {
        Some(K::UnreadableRows | K::ImpossibleDates) if is_header() => Some(K::RepeatedHeader),
        kind => kind,
    }
}

/// Whether the line at `offset` is the last and has no end.
fn is_cut_short(file: &SourceFile<'_>, offset: usize) -> bool {
    let rest = file.bytes().get(offset..).unwrap_or_default();
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    !rest.trim_ascii().iter().any(is_end) && !rest.last().is_some_and(is_end)
}

/// Refuses a file of which no row, or less than half of them, can be read: whatever
/// it is, its layout is not understood.
fn require_rows(
    file: &SourceFile<'_>,
    n_read: usize,
    n_rows: usize,
    findings: &Findings,
) -> Result<()> {
    // A row of which only the prices are missing is understood: nobody has traded.
    let n_full = n_rows - findings.count(K::MissingPrices);
    if n_read > 0 && n_read * 2 >= n_full {
        return Ok(());
    }
    let first = [
        K::UnreadableRows,
        K::ImpossibleDates,
        K::NonPositivePrices,
        K::MissingPrices,
        K::TruncatedLine,
    ]
    .into_iter()
    .filter_map(|kind| findings.problem(kind))
    .min_by_key(|(offset, _)| *offset);
    Err(match first {
        Some((offset, problem)) => file.row_error(offset, problem),
        None => file.error("has a header and no row of prices"),
    })
}
