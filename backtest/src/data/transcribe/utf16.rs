//! UTF-16 as UTF-8: what Excel and PowerShell call Unicode.

use crate::Result;
use crate::data::source_file::SourceFile;

/// Which byte of a unit comes first. Without a mark, text that begins with two
/// characters of ASCII tells.
#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

/// The file in UTF-8, or as it is when it is not UTF-16.
pub fn decode(file: SourceFile<'_>) -> Result<SourceFile<'_>> {
    let (order, start) = match file.bytes() {
        [0xff, 0xfe, ..] => (Order::Little, 2),
        [0xfe, 0xff, ..] => (Order::Big, 2),
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => (Order::Little, 0),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => (Order::Big, 0),
        _ => return Ok(file),
    };
    let (pairs, rest) = file.bytes()[start..].as_chunks::<2>();
    let units = pairs.iter().map(|pair| match order {
        Order::Little => u16::from_le_bytes(*pair),
        Order::Big => u16::from_be_bytes(*pair),
    });
    let text: std::result::Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(file.with_text(text.into_bytes())),
        _ => Err(file.error("is broken UTF-16 text; save it as UTF-8")),
    }
}
