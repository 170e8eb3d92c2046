//! Files that are not tables of text, written out as such.
//!
//! What is compressed by gzip is unpacked. UTF-16, which Excel calls "Unicode text",
//! becomes UTF-8 and keeps its lines.
//! JSON, Parquet and Arrow become a header and a line for each row, exactly as they
//! hold it; from there on they are read like any other file. What is then called a
//! line is a row: line 1 the header where there is one.

mod arrow;
mod json;
mod utf16;

use std::io::Read;

use super::layout::Layout;
use super::source_file::{MAX_BYTES, SourceFile};
use crate::Result;

/// The file as text, and what it was when it was none.
pub fn transcribe(file: SourceFile<'_>) -> Result<(SourceFile<'_>, Option<Layout>)> {
    let file = utf16::decode(unpacked(file)?)?;
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

/// The content of a file that is compressed by gzip.
fn unpacked(file: SourceFile<'_>) -> Result<SourceFile<'_>> {
    if !file.bytes().starts_with(b"\x1f\x8b") {
        return Ok(file);
    }
    let mut content = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(file.bytes())
        .take(MAX_BYTES + 1)
        .read_to_end(&mut content);
    if let Err(error) = read {
        return Err(file.error(format!(
            "is a gzip archive that cannot be unpacked: {error}"
        )));
    }
    if content.len() as u64 > MAX_BYTES {
        return Err(file.error("is larger than 1 GiB when unpacked, too large for hourly prices"));
    }
    Ok(file.with_text(content))
}

fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    matches!(start.first(), Some(b'[' | b'{'))
}
