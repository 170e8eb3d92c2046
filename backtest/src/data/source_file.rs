//! A price file in memory, and the errors that point into it.
//!
//! Readers remember where a row stands as an offset in bytes, which costs nothing;
//! the line is counted only when an error needs it. That is also the only way to
//! have it right: a CSV reader's own count is off after blank lines and within
//! CRLF.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use memchr::memchr2_iter;

use crate::{Error, Result};

/// The most that is read, so that a device file ends in an error and not in a full
/// memory. A century of hourly bars is a tenth of this.
pub const MAX_BYTES: u64 = 1 << 30;

/// The content of a file and its path.
pub struct SourceFile<'a> {
    path: &'a Path,
    bytes: Vec<u8>,
    metadata: Option<Metadata>,
}

impl<'a> SourceFile<'a> {
    /// Reads the whole file.
    pub fn read(path: &'a Path) -> Result<Self> {
        let io_error = |source: io::Error| Error::Io {
            action: "read",
            path: path.to_owned(),
            source,
        };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(io_error)?;
        // Asked for before the content: whoever changes the file meanwhile makes its
        // times newer than these.
        let metadata = file.metadata().ok();
        // Sizes the buffer at once; a wrong length only costs a reallocation. A length
        // that is too large spares reading at all.
        let length = metadata.as_ref().map_or(0, Metadata::len);
        if length <= MAX_BYTES {
            bytes.reserve(usize::try_from(length).unwrap_or(0));
            file.take(MAX_BYTES + 1)
                .read_to_end(&mut bytes)
                .map_err(io_error)?;
        }
        let file = Self {
            path,
            bytes,
            metadata,
        };
        if length.max(file.bytes.len() as u64) > MAX_BYTES {
            return Err(file.error("is larger than 1 GiB, too large for hourly prices"));
        }
        Ok(file)
    }

    /// The same file as text that was made of its content, a row a line.
    #[must_use]
    pub fn with_text(self, bytes: Vec<u8>) -> Self {
        Self { bytes, ..self }
    }

    /// The content, to be changed in place.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// What the system says of the file.
    pub const fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// The path as the user gave it.
    pub const fn path(&self) -> &'a Path {
        self.path
    }

    /// The content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The line, from 1, of the row at or after `offset`.
    pub fn line_at(&self, offset: usize) -> u64 {
        self.lines_at([offset])[0]
    }

    /// The lines of rows at or after these offsets, in one pass.
    pub fn lines_at(&self, offsets: impl IntoIterator<Item = usize>) -> Vec<u64> {
        let mut places: Vec<_> = offsets.into_iter().enumerate().collect();
        places.sort_unstable_by_key(|(_, offset)| *offset);
        let mut lines = vec![0; places.len()];
        let (mut counted, mut line) = (0, 1);
        for (idx, offset) in places {
            let end = self.row_start(offset).max(counted);
            line += self.n_line_ends(counted, end);
            counted = end;
            lines[idx] = line;
        }
        lines
    }

    /// The text of the row at or after `offset`, to the end of its line.
    pub fn line_text(&self, offset: usize) -> &[u8] {
        let rest = &self.bytes[self.row_start(offset)..];
        let end = rest.iter().position(|byte| is_line_break(*byte));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// The error of the file as a whole; `problem` follows its name.
    pub fn error(&self, problem: impl Into<String>) -> Error {
        Error::File {
            path: self.path.to_owned(),
            problem: problem.into(),
        }
    }

    /// The error of the row at `offset`.
    pub fn row_error(&self, offset: usize, problem: impl Into<String>) -> Error {
        Error::Row {
            path: self.path.to_owned(),
            line: self.line_at(offset),
            problem: problem.into(),
        }
    }

    /// How many lines end between two offsets, in LF, in CRLF or in CR alone.
    fn n_line_ends(&self, start: usize, end: usize) -> u64 {
        let is_end = |place: &usize| {
            self.bytes[*place] == b'\n' || self.bytes.get(place + 1) != Some(&b'\n')
        };
        let places = memchr2_iter(b'\n', b'\r', &self.bytes[start..end]);
        places.map(|place| start + place).filter(is_end).count() as u64
    }

    /// The first byte at or after `offset` that does not end a line.
    fn row_start(&self, offset: usize) -> usize {
        let offset = offset.min(self.bytes.len());
        let row = self.bytes[offset..]
            .iter()
            .position(|byte| !is_line_break(*byte));
        row.map_or(self.bytes.len(), |blank| offset + blank)
    }
}

const fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let file = SourceFile {
            path: Path::new("x"),
            bytes: b"a\r\n\r\n\r\nb\nc".to_vec(),
            metadata: None,
        };
        assert_eq!(file.line_at(0), 1);
        // A CSV reader's record begins right after the one before, at the CR or LF.
        assert_eq!(file.line_at(1), 4);
        assert_eq!(file.line_at(7), 4);
        assert_eq!(file.line_at(9), 5);
        assert_eq!(file.line_at(99), 5);
        assert_eq!(file.lines_at([9, 0, 7]), [5, 1, 4]);
        assert_eq!(file.line_text(1), b"b");
        assert_eq!(file.line_text(99), b"");
        let file = SourceFile {
            bytes: b"a\rb\r\nc\n\rd".to_vec(),
            ..file
        };
        assert_eq!(file.lines_at([0, 2, 5, 8]), [1, 2, 3, 5]);
    }
}
