//! Which layout a file has, decided from its first lines.
//!
//! A file is accepted for what it says, never for what it is called: the name only
//! tells what some layouts leave out.

use super::columns::{Columns, TimeColumns};
use super::date::DayOrder;
use super::dialect::Dialect;
use super::header::Header;
use super::headerless::{Headerless, is_number};
use super::parts::Parts;
use super::records::{Record, Records};
use super::shown::Shown;
use super::times::{day_order, time_columns, told_order};
use super::{Head, file_name, pair};
use crate::data::DefectKind as K;
use crate::data::findings::Findings;
use crate::data::policy::ImportOptions;
use crate::data::source_file::SourceFile;
use crate::instrument::Symbol;
use crate::{Error, Result};

/// How many lines may stand before the header.
const MOST_BANNER_LINES: usize = 30;

/// What the first lines were found to be.
struct Start {
    header: Option<Header>,
    /// Right before the first row, a line of as many cells, all of them words.
    unknown_header: Option<usize>,
    /// The first line that is no banner.
    first_offset: usize,
    /// The first line of the file.
    file_offset: usize,
    data_offset: usize,
    is_synthetic: bool,
}

/// Finds the layout, the pair, and where the rows begin.
pub fn sniff(
    file: &SourceFile<'_>,
    dialect: Dialect,
    options: &ImportOptions,
    findings: &mut Findings,
) -> Result<Head> {
    let start = start(file, dialect, options, findings)?;
    let records = |offset| Records::new(file, offset, dialect.delimiter, dialect.is_plain);
    let mut at_data = records(start.data_offset);
    let Some((data_offset, first_row)) = at_data.next() else {
        return Err(file.error("has a header and no row of prices"));
    };
    let mut parts = match (&options.columns, &start.header) {
        (Some(choice), header) => {
            let numbered = || Header::numbered(first_row.len());
            let header = header.as_ref().map_or_else(numbered, Header::clone);
            let positions = choice
                .positions(&header.names)
                .map_err(|problem| file.error(problem))?;
            Parts::chosen(&positions, &header)
        }
        (None, Some(header)) => Parts::named(header),
        (None, None) => {
            let rows = &mut records(start.data_offset);
            Parts::headerless(headerless(file, &start, first_row, rows)?)
        }
    };
    let lack = |what: &str| {
        let lack = format!(", without a column {what}");
        let line = match start.header {
            Some(_) => "its header is",
            None => "its first line is",
        };
        layout_error(file, start.first_offset, line, &lack)
    };
    let candidates = if parts.times.is_empty() {
        // The name of the time may be of any language; what it looks like is not.
        let is_other = |column: &usize| {
            !parts.prices.contains(column) && parts.symbol.as_ref() != Some(column)
        };
        (0..parts.names.len()).filter(is_other).collect()
    } else {
        parts.times.clone()
    };
    let time = time_columns(
        &candidates,
        &mut records(start.data_offset),
        options.time_format.as_ref(),
    )
    // No cell is a time: the reader of rows says so.
    .or_else(|| Some(TimeColumns::Date(*parts.times.first()?)))
    .ok_or_else(|| lack("unix or date"))?;
    let spelling = match parts.symbol {
        Some(column) => first_spelling(column, &mut records(start.data_offset)),
        None => None,
    };
    let symbol = pair::pair(file, spelling.as_deref(), start.header.as_ref(), findings)?;
    let Some(symbol) = symbol else {
        let (column, spelling) = parts
            .symbol
            .zip(spelling)
            .expect("only a spelling can fail");
        let problem = format!(
            "column {} holds {}, which is not the name of a pair",
            parts.names[column],
            Shown(&spelling)
        );
        return Err(file.row_error(data_offset, problem));
    };
    if let (None, Some(header)) = (&options.columns, &start.header) {
        (parts.volume, parts.quote_volume) = header.volumes(&symbol);
        if parts.volume.is_none() && parts.quote_volume.is_some() {
            return Err(lack(&format!("volume or volume {}", symbol.base())));
        }
    }
    if parts.volume.is_none() {
        findings.note(K::NoVolumes, start.first_offset);
    }
    let mut head = Head {
        layout: parts.layout,
        is_synthetic: start.is_synthetic,
        columns: Columns {
            names: parts.names,
            time,
            day_order: DayOrder::default(),
            time_format: options.time_format.clone(),
            symbol: parts.symbol.zip(spelling),
            prices: parts.prices,
            volume: parts.volume,
            quote_volume: parts.quote_volume,
            trades: parts.trades,
        },
        symbol,
        dialect,
        data_offset,
    };
    head.columns.day_order = order_of_days(file, &head)?;
    Ok(head)
}

/// The columns of a file without a header that is known.
fn headerless(
    file: &SourceFile<'_>,
    start: &Start,
    first_row: Record<'_>,
    rows: &mut Records<'_>,
) -> Result<Headerless> {
    let found = Headerless::find(first_row, rows)
        .ok_or_else(|| layout_error(file, start.file_offset, "its first line is", ""))?;
    if let Some(header) = start.unknown_header {
        // It says what the columns are; prices alone do not tell an open from a close.
        let lack = ", without columns open, high, low and close";
        return Err(layout_error(file, header, "its header is", lack));
    }
    if found.is_kraken
        && let Some(minutes) = file_name::longer_interval_of(file.path())
    {
        return Err(Error::NotHourly {
            path: file.path().to_owned(),
            found: format!("by its name they have {minutes} minutes"),
        });
    }
    Ok(found)
}

/// Steps over banners to the header or the first row.
fn start(
    file: &SourceFile<'_>,
    dialect: Dialect,
    options: &ImportOptions,
    findings: &mut Findings,
) -> Result<Start> {
    let mut records = Records::new(file, dialect.start, dialect.delimiter, dialect.is_plain);
    let mut file_offset = None;
    let mut is_synthetic = false;
    let mut banners = Vec::new();
    let mut last_width = None;
    for _ in 0..=MOST_BANNER_LINES {
        let Some((offset, record)) = records.next() else {
            break;
        };
        let file_offset = *file_offset.get_or_insert(offset);
        if is_row(record) {
            for banner in &banners {
                require_no_row(file, *banner, dialect.delimiter)?;
            }
            findings.note(K::NoHeader, offset);
            let as_wide = last_width.filter(|width| *width == record.len());
            return Ok(Start {
                header: None,
                unknown_header: as_wide.and_then(|_| banners.last().copied()),
                first_offset: offset,
                file_offset,
                data_offset: offset,
                is_synthetic,
            });
        }
        let header = Header::new(record).or_else(|| {
            let header = Header::unchecked(record);
            let choice = options.columns.as_ref()?;
            let is_named = record.len() > 4 && choice.positions(&header.names).is_ok();
            is_named.then_some(header)
        });
        if let Some(header) = header {
            return Ok(Start {
                header: Some(header),
                unknown_header: None,
                first_offset: offset,
                file_offset,
                data_offset: records.place(),
                is_synthetic,
            });
        }
        is_synthetic |= record.cells().any(|cell| {
            String::from_utf8_lossy(cell)
                .to_lowercase()
                .contains("synthetic")
        });
        findings.note(K::Banner, offset);
        banners.push(offset);
        last_width = record.cells().all(is_word).then(|| record.len());
    }
    match file_offset {
        None => Err(file.error("is empty")),
        Some(offset) => Err(layout_error(file, offset, "its first line is", "")),
    }
}

/// Whether a line holds numbers enough to be a bar.
fn is_row(record: Record<'_>) -> bool {
    record.len() >= 5 && record.cells().filter(|cell| is_number(cell)).count() >= 4
}

/// Refuses a line before the first row that is a row itself, cut by another character.
fn require_no_row(file: &SourceFile<'_>, offset: usize, delimiter: u8) -> Result<()> {
    let line = file.line_text(offset);
    let others = super::dialect::DELIMITERS.into_iter();
    let is_row = |other: &u8| {
        let n_numbers = line
            .split(|byte| byte == other)
            .filter(|cell| is_number(cell));
        n_numbers.count() >= 4
    };
    match others.filter(|it| *it != delimiter).find(is_row) {
        None => Ok(()),
        Some(other) => Err(file.row_error(
            offset,
            format!(
                "is cut by `{}`, and the lines after it by `{}`",
                char::from(other).escape_default(),
                char::from(delimiter).escape_default()
            ),
        )),
    }
}

/// Whether a cell has a letter of any script.
fn is_word(cell: &[u8]) -> bool {
    String::from_utf8_lossy(cell).contains(char::is_alphabetic)
}

/// How the first rows spell the pair.
fn first_spelling(column: usize, records: &mut Records<'_>) -> Option<Vec<u8>> {
    let mut first = None;
    for _ in 0..super::SAMPLE_ROWS {
        let Some((_, record)) = records.next() else {
            break;
        };
        if column >= record.len() || record.cell(column).is_empty() {
            continue;
        }
        let cell = record.cell(column).to_vec();
        if str::from_utf8(&cell).is_ok_and(|text| Symbol::parse(text).is_ok()) {
            return Some(cell);
        }
        first.get_or_insert(cell);
    }
    first
}

fn order_of_days(file: &SourceFile<'_>, head: &Head) -> Result<DayOrder> {
    let column = match head.columns.time {
        TimeColumns::Unix(_) => return Ok(DayOrder::default()),
        TimeColumns::Date(column)
        | TimeColumns::DateAndClock(column, _)
        | TimeColumns::UnixAndDate(_, column) => column,
    };
    if head.columns.time_format.is_some() {
        return Ok(DayOrder::default());
    }
    if let Some(order) = told_order(column, &mut head.records(file)) {
        return Ok(order);
    }
    let order = day_order(column, &mut head.records(file));
    let is_needed = !head.columns.time.is_unix();
    order
        .or_else(|| (!is_needed).then(DayOrder::default))
        .ok_or_else(|| {
            file.error(
                "has dates whose day and month cannot be told apart; say which is which with \
                 --time-format, such as %d/%m/%Y %H:%M",
            )
        })
}

fn layout_error(file: &SourceFile<'_>, offset: usize, what: &str, lack: &str) -> Error {
    Error::Layout {
        path: file.path().to_owned(),
        seen: format!("{what} `{}`{lack}", Shown(file.line_text(offset))),
    }
}
