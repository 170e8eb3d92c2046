//! Which layout a file has, decided from its first lines.
//!
//! A file is accepted for what it says, never for what it is called: the name only
//! tells what Kraken's layout leaves out.

use ::csv::ByteRecord;

use super::cells::Shown;
use super::cryptodatadownload::Header;
use super::{Head, Layout, Records, kraken};
use crate::data::source_file::SourceFile;
use crate::{Error, Result};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// How the content of files begins that are taken for price files by mistake.
const OTHER_KINDS: [(&[u8], &str); 5] = [
    (b"PK\x03\x04", "is a zip archive; unpack it first"),
    (b"\x1f\x8b", "is a gzip archive; unpack it first"),
    (b"PAR1", "is a Parquet file, not CSV text"),
    (b"\xff\xfe", "is UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16 text; save it as UTF-8"),
];

/// Finds the layout, the pair, and where the rows begin.
pub fn sniff(file: &SourceFile<'_>) -> Result<Head> {
    require_text(file)?;
    let bom = if file.bytes().starts_with(BOM) {
        BOM.len()
    } else {
        0
    };
    let mut records = Records::new(file, bom);
    let Some((first_offset, first)) = records.next()?.map(cloned) else {
        return Err(file.error("is empty"));
    };
    if let Some(columns) = is_count(&first[0])
        .then(|| kraken::columns(first.len()))
        .flatten()
    {
        if let Some(minutes) = kraken::other_interval_of(file.path()) {
            return Err(Error::NotHourly {
                path: file.path().to_owned(),
                found: format!("by its name they have {minutes} minutes"),
            });
        }
        return Ok(Head {
            layout: Layout::Kraken,
            symbol: kraken::symbol_of(file.path()).ok_or_else(|| Error::NamelessFile {
                path: file.path().to_owned(),
            })?,
            is_synthetic: false,
            columns,
            data_offset: first_offset,
        });
    }
    if let Some(header) = Header::new(&first) {
        return named_columns(file, &header, &mut records, first_offset, false);
    }
    let is_synthetic = is_synthetic(&first);
    if let Some((offset, second)) = records.next()?.map(cloned)
        && let Some(header) = Header::new(&second)
    {
        return named_columns(file, &header, &mut records, offset, is_synthetic);
    }
    Err(layout_error(file, first_offset, "its first line is", ""))
}

/// The head of a file whose header stands at `header_offset`, with the records after it.
fn named_columns(
    file: &SourceFile<'_>,
    header: &Header,
    records: &mut Records<'_>,
    header_offset: usize,
    is_synthetic: bool,
) -> Result<Head> {
    if let Some(missing) = header.missing() {
        let lack = format!(", without a column {missing}");
        return Err(layout_error(file, header_offset, "its header is", &lack));
    }
    let Some((data_offset, first_row)) = records.next()? else {
        return Err(file.error("has a header and no row of prices"));
    };
    let (symbol, spelling) = header
        .pair(first_row)
        .map_err(|problem| file.row_error(data_offset, problem))?;
    let Some(columns) = header.columns(&symbol, &spelling) else {
        let lack = format!(", without a column volume or volume {}", symbol.base());
        return Err(layout_error(file, header_offset, "its header is", &lack));
    };
    Ok(Head {
        layout: Layout::CryptoDataDownload,
        symbol,
        is_synthetic,
        columns,
        data_offset,
    })
}

fn require_text(file: &SourceFile<'_>) -> Result<()> {
    let bytes = file.bytes();
    if let Some((_, problem)) = OTHER_KINDS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
    {
        return Err(file.error(*problem));
    }
    let start = &bytes[..bytes.len().min(4096)];
    if start.contains(&0) {
        return Err(file.error("is a binary file, not CSV text"));
    }
    Ok(())
}

fn layout_error(file: &SourceFile<'_>, offset: usize, what: &str, lack: &str) -> Error {
    Error::Layout {
        path: file.path().to_owned(),
        seen: format!("{what} `{}`{lack}", Shown(file.line_text(offset))),
    }
}

fn cloned((offset, record): (usize, &ByteRecord)) -> (usize, ByteRecord) {
    (offset, record.clone())
}

/// Whether a cell is a whole number, as unix seconds are.
fn is_count(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    !cell.is_empty() && cell.iter().all(u8::is_ascii_digit)
}

/// Whether a banner says that the prices are made up.
fn is_synthetic(banner: &ByteRecord) -> bool {
    let text = String::from_utf8_lossy(banner.as_slice()).to_ascii_lowercase();
    text.contains("synthetic")
}
