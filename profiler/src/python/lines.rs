//! From an instruction to its line, by the table of a code object.
//!
//! The formats are those of `Objects/lnotab_notes.txt` (up to 3.10) and
//! `Objects/locations.md` (from 3.11 on) in CPython's source.

/// Returns the line of the instruction that begins `offset` bytes after the first; `None`
/// for one that belongs to no line.
pub(super) fn line_of(minor: u32, table: &[u8], first_line: u32, offset: u64) -> Option<u32> {
    let line = match minor {
        ..10 => Some(by_increments(table, first_line, offset)),
        10 => by_ranges(table, first_line, offset),
        _ => by_locations(table, first_line, offset),
    };
    line.and_then(|line| u32::try_from(line).ok())
}

/// Pairs of what to add to the instruction and to the line.
fn by_increments(table: &[u8], first_line: u32, offset: u64) -> i64 {
    let (mut at, mut line) = (0, i64::from(first_line));
    for pair in table.chunks_exact(2) {
        at += u64::from(pair[0]);
        if at > offset {
            break;
        }
        line += i64::from(pair[1].cast_signed());
    }
    line
}

/// Pairs of a length and of what to add to the line before it; -128 stands for no line.
fn by_ranges(table: &[u8], first_line: u32, offset: u64) -> Option<i64> {
    let (mut end, mut line) = (0, i64::from(first_line));
    for pair in table.chunks_exact(2) {
        end += u64::from(pair[0]);
        let step = pair[1].cast_signed();
        if step != i8::MIN {
            line += i64::from(step);
        }
        if offset < end {
            return (step != i8::MIN).then_some(line);
        }
    }
    None
}

/// Entries of a first byte with its highest bit set (kind and length) and others without.
fn by_locations(table: &[u8], first_line: u32, offset: u64) -> Option<i64> {
    let (mut end, mut line) = (0, i64::from(first_line));
    let mut at = 0;
    while let Some(&first) = table.get(at) {
        let kind = first >> 3 & 15;
        // Of two bytes each.
        end += 2 * (u64::from(first & 7) + 1);
        at += 1;
        let rest = &table[at..];
        let step = match kind {
            // In the same line, with columns.
            0..=9 | 15 => 0,
            10..=12 => i64::from(kind) - 10,
            _ => signed(rest),
        };
        line += step;
        if offset < end {
            return (kind != 15).then_some(line);
        }
        at += rest
            .iter()
            .position(|byte| byte & 0x80 != 0)
            .unwrap_or(rest.len());
    }
    None
}

/// Reads a number of six bits a byte, lowest first, whose lowest bit is the sign.
fn signed(bytes: &[u8]) -> i64 {
    let mut number = 0_u64;
    for (at, &byte) in bytes.iter().take(10).enumerate() {
        number |= u64::from(byte & 63) << (6 * at);
        if byte & 64 == 0 {
            break;
        }
    }
    let size = (number >> 1).cast_signed();
    if number & 1 == 1 { -size } else { size }
}
