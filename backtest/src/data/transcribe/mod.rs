//! Files that are not tables of text, written out as such.
//!
//! JSON, Parquet and Arrow become a header and a line for each row, exactly as they
//! hold it; from there on they are read like any other file. What is then called a
//! line is a row: line 1 the header where there is one.

mod arrow;
mod json;

use super::layout::Layout;
use super::source_file::SourceFile;
use crate::Result;

/// The file as text, and what it was when it was none.
pub fn transcribe(file: SourceFile<'_>) -> Result<(SourceFile<'_>, Option<Layout>)> {
    let bytes = file.bytes();
    let (text, layout) = if bytes.starts_with(b"PAR1") {
        (arrow::parquet(&file)?, Layout::Parquet)
    } else if bytes.starts_with(b"ARROW1") || bytes.starts_with(b"\xff\xff\xff\xff") {
        (arrow::ipc(&file)?, Layout::Arrow)
    } else if is_json(bytes) {
        (json::text(&file)?, Layout::Json)
    } else {
        return Ok((file, None));
    };
    Ok((file.with_text(text), Some(layout)))
}

fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    matches!(start.first(), Some(b'[' | b'{'))
}
