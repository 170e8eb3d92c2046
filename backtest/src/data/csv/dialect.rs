//! How a text is cut into lines and cells, found out from its first lines.

use memchr::memchr_iter;

use super::records;
use crate::Result;
use crate::data::DefectKind as K;
use crate::data::findings::Findings;
use crate::data::source_file::SourceFile;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// How the content of files begins that are taken for price files by mistake.
const OTHER_KINDS: [(&[u8], &str); 5] = [
    (
        b"PK\x03\x04",
        "is a zip archive or a spreadsheet; unpack it, or save it as CSV",
    ),
    (b"\xd0\xcf\x11\xe0", "is a spreadsheet; save it as CSV"),
    (b"BZh", "is a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ\0", "is an xz archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is a zstd archive; unpack it first"),
];

/// What tells cells apart. A comma is the last to be believed: it may also be a decimal
/// mark.
pub const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// How many lines tell the delimiter and the decimal mark.
const N_LINES: usize = 64;

/// A row of prices has at least so many delimiters.
const LEAST_DELIMITERS: usize = 4;

/// How a text is cut.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// Where the text begins, after a byte order mark.
    pub start: usize,
    pub delimiter: u8,
    /// Whether no cell is quoted and every line ends in LF.
    pub is_plain: bool,
}

impl Dialect {
    /// Finds the dialect. Decimal commas become points, and points between thousands
    /// commas, each in its place, so that offsets and lines stay.
    pub fn find(file: &mut SourceFile<'_>, findings: &mut Findings) -> Result<Self> {
        require_text(file)?;
        let start = if file.bytes().starts_with(BOM) {
            findings.note(K::ByteOrderMark, 0);
            BOM.len()
        } else {
            0
        };
        let delimiter = delimiter(&file.bytes()[start..]);
        if delimiter != b',' {
            findings.note(K::Delimiter, start);
            let name = match delimiter {
                b'\t' => "a tab".into(),
                other => format!("`{}`", char::from(other)),
            };
            findings.set_detail(K::Delimiter, format!("cells are told apart by {name}"));
        }
        match comma(&file.bytes()[start..], delimiter) {
            Comma::Decimal => {
                findings.note(K::DecimalComma, start);
                swap_marks(file.bytes_mut(), delimiter);
            }
            Comma::Unclear => {
                return Err(file.error(
                    "has numbers such as `9,010`, whose comma may stand before decimals or \
                     between thousands; write plain numbers",
                ));
            }
            Comma::Other => {}
        }
        note_carriage_returns(file.bytes(), findings);
        Ok(Self {
            start,
            delimiter,
            is_plain: records::is_plain(file.bytes()),
        })
    }
}

fn require_text(file: &SourceFile<'_>) -> Result<()> {
    let bytes = file.bytes();
    if let Some((_, problem)) = OTHER_KINDS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
    {
        return Err(file.error(*problem));
    }
    if bytes[..bytes.len().min(4096)].contains(&0) {
        return Err(file.error("is a binary file, not CSV text"));
    }
    Ok(())
}

fn note_carriage_returns(bytes: &[u8], findings: &mut Findings) {
    let mut n_lines = 0;
    let mut start = 0;
    for place in memchr_iter(b'\r', bytes) {
        // The first few are noted as lines, the rest only counted.
        if n_lines < 5 {
            findings.note(K::Crlf, start);
        }
        start = place + 1;
        n_lines += 1;
    }
    if n_lines > 0 {
        findings.set_count(K::Crlf, n_lines);
    }
}

/// The first lines that are not blank.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|line| !line.trim_ascii().is_empty())
        .take(N_LINES)
}

/// The character that tells cells apart.
fn delimiter(bytes: &[u8]) -> u8 {
    let is_used = |delimiter: &u8| {
        let counts = lines(bytes).map(|line| memchr_iter(*delimiter, line).count());
        let n_used = counts.filter(|n| *n >= LEAST_DELIMITERS).count();
        n_used > 0 && n_used * 2 >= lines(bytes).count().saturating_sub(4)
    };
    DELIMITERS.into_iter().find(is_used).unwrap_or(b',')
}

/// What commas within cells are.
enum Comma {
    /// They stand before decimals, as in `9010,61` and `9.010,61`.
    Decimal,
    /// There are some, and all could as well stand between thousands.
    Unclear,
    /// They stand between thousands, or there is none.
    Other,
}

/// What commas are in the first lines. Three digits after a single mark could be
/// thousands or decimals; any other number says which of the marks is the decimal one.
fn comma(bytes: &[u8], delimiter: u8) -> Comma {
    let (mut is_decimal, mut is_unclear) = (false, false);
    for cell in lines(bytes).flat_map(|line| line.split(cell_ends(delimiter))) {
        let cell = cell.trim_ascii();
        let is_mark = |byte: &u8| matches!(byte, b'.' | b',');
        let Some(last) = cell.iter().rposition(is_mark) else {
            continue;
        };
        let (mark, whole, decimals) = (cell[last], &cell[..last], &cell[last + 1..]);
        let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        let mut groups = whole.split(is_mark);
        if !is_number(decimals) || !groups.all(is_number) || whole.contains(&mark) {
            continue;
        }
        let is_alone = is_number(whole);
        if is_alone && decimals.len() == 3 && whole != b"0" {
            is_unclear |= mark == b',';
        } else if mark == b'.' {
            return Comma::Other;
        } else {
            is_decimal = true;
        }
    }
    match (is_decimal, is_unclear) {
        (true, _) => Comma::Decimal,
        (false, true) => Comma::Unclear,
        (false, false) => Comma::Other,
    }
}

/// Makes points of commas and commas of points in every number, so that a point stands
/// before decimals. Dates and words stay.
fn swap_marks(bytes: &mut [u8], delimiter: u8) {
    for cell in bytes.split_mut(cell_ends(delimiter)) {
        let is_number = cell
            .iter()
            .all(|byte| !byte.is_ascii_alphabetic() && *byte != b':' || b"eEkKmMbB".contains(byte));
        let mut groups = cell.split(|byte| *byte == b'.').skip(1);
        let is_grouped = groups.all(|group| group.len() == 3);
        if is_number && (cell.contains(&b',') || is_grouped) {
            for byte in cell {
                match byte {
                    b',' => *byte = b'.',
                    b'.' => *byte = b',',
                    _ => {}
                }
            }
        }
    }
}

/// Whether a cell ends at a byte: at a delimiter outside of quotes, at a quote, or with
/// the line.
fn cell_ends(delimiter: u8) -> impl FnMut(&u8) -> bool {
    let mut is_quoted = false;
    move |byte| match *byte {
        b'"' => {
            is_quoted = !is_quoted;
            true
        }
        b'\n' | b'\r' => {
            is_quoted = false;
            true
        }
        byte => byte == delimiter && !is_quoted,
    }
}
