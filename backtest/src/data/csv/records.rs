//! The lines of a file as cells.
//!
//! Most files are plain: no quotes, and lines that end in LF or CRLF. Those are cut
//! where they lie, and their numbers read on the way, which takes a tenth of the time
//! of a reader that can do more. The others go through the `csv` crate. Blank lines
//! are left out of both.

use ::csv::{ByteRecord, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter};

use super::plain::{self, Plain};
use crate::data::source_file::SourceFile;

/// The records of a file from an offset on.
pub struct Records<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    /// Where the next record begins, or the blank lines before it.
    place: usize,
    cells: Vec<Cell<'a>>,
    odd: Option<(Reader<&'a [u8]>, ByteRecord, usize)>,
}

/// A cell, and the number that it was found to be when it was cut.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    text: &'a [u8],
    number: Option<Plain>,
}

/// The cells of one line.
#[derive(Clone, Copy)]
pub enum Record<'r> {
    /// Cut where they lie.
    Plain(&'r [Cell<'r>]),
    /// Unquoted by the `csv` crate.
    Odd(&'r ByteRecord),
}

impl<'a> Records<'a> {
    /// The records of `file` from `start` on.
    pub fn new(file: &'a SourceFile<'_>, start: usize, delimiter: u8, is_plain: bool) -> Self {
        let bytes = file.bytes();
        let odd = (!is_plain).then(|| {
            let reader = reader(&bytes[start..], delimiter);
            (reader, ByteRecord::new(), start)
        });
        Self {
            bytes,
            delimiter,
            place: start,
            cells: Vec::new(),
            odd,
        }
    }

    /// The next record and its offset in the file.
    pub fn next(&mut self) -> Option<(usize, Record<'_>)> {
        if self.odd.is_some() {
            return self.next_odd();
        }
        loop {
            let offset = self.place;
            let rest = self.bytes.get(offset..).filter(|rest| !rest.is_empty())?;
            self.place += self.cut(rest);
            let end = self.place.min(self.bytes.len());
            if !is_blank(&self.bytes[offset..end]) {
                return Some((offset, Record::Plain(&self.cells)));
            }
        }
    }

    /// Cuts the line that `rest` begins with; returns where the one after it begins.
    fn cut(&mut self, rest: &'a [u8]) -> usize {
        self.cells.clear();
        let mut start = 0;
        loop {
            let (length, number) = plain::cut(&rest[start..], self.delimiter);
            let end = start + length;
            let text = &rest[start..end];
            self.cells.push(Cell { text, number });
            match rest.get(end) {
                Some(b'\n') => return end + 1,
                // In a plain file LF follows.
                Some(b'\r') => return end + 2,
                Some(_) => start = end + 1,
                None => return end,
            }
        }
    }

    /// Where the next record begins, or the blank lines before it.
    pub fn place(&self) -> usize {
        match &self.odd {
            None => self.place.min(self.bytes.len()),
            Some((reader, _, start)) => {
                let read = usize::try_from(reader.position().byte());
                start + read.expect("a position in memory fits")
            }
        }
    }

    fn next_odd(&mut self) -> Option<(usize, Record<'_>)> {
        let offset = loop {
            let offset = self.place();
            let (reader, record, _) = self.odd.as_mut()?;
            let is_some = reader
                .read_byte_record(record)
                .expect("memory can be read, and records of any length are allowed");
            if !is_some {
                return None;
            }
            self.cut_after_line(offset);
            let (_, record, _) = self.odd.as_ref()?;
            if record.len() > 1 || !is_blank(&record[0]) {
                break offset;
            }
        };
        let (_, record, _) = self.odd.as_ref()?;
        Some((offset, Record::Odd(record)))
    }

    /// Cuts the record that begins at `offset` where its first line ends. A quote that
    /// nobody closed would swallow the rows after it.
    fn cut_after_line(&mut self, offset: usize) {
        let lines = &self.bytes[offset..self.place()];
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let Some(start) = lines.iter().position(|byte| !is_end(byte)) else {
            return;
        };
        let Some(length) = lines[start..].iter().position(is_end) else {
            return;
        };
        let end = start + length;
        if lines[end..].trim_ascii().is_empty() {
            return;
        }
        let mut line = reader(&lines[start..end], self.delimiter);
        let place = offset + end;
        if let Some((rest, record, start)) = &mut self.odd {
            line.read_byte_record(record)
                .expect("memory can be read, and records of any length are allowed");
            *rest = reader(&self.bytes[place..], self.delimiter);
            *start = place;
        }
    }
}

fn reader(bytes: &[u8], delimiter: u8) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        // The number of cells is checked by the reader of rows, which can say what is
        // amiss.
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(bytes)
}

impl<'r> Record<'r> {
    /// How many cells there are.
    #[inline]
    pub fn len(self) -> usize {
        match self {
            Self::Plain(cells) => cells.len(),
            Self::Odd(record) => record.len(),
        }
    }

    /// The cell at a position below [`Record::len`], without the blanks around it.
    #[inline]
    pub fn cell(self, position: usize) -> &'r [u8] {
        let cell = match self {
            Self::Plain(cells) => cells[position].text,
            Self::Odd(record) => &record[position],
        };
        match cell {
            [first, .., last] if *first > b' ' && *last > b' ' => cell,
            _ => cell.trim_ascii(),
        }
    }

    /// The number that the cell is known to be. `None` says nothing of a cell that has
    /// more than digits and a point.
    #[inline]
    pub fn number(self, position: usize) -> Option<Plain> {
        match self {
            Self::Plain(cells) => cells[position].number,
            Self::Odd(_) => None,
        }
    }

    /// All cells.
    pub fn cells(self) -> impl Iterator<Item = &'r [u8]> {
        (0..self.len()).map(move |position| self.cell(position))
    }
}

/// Whether lines can be cut without a reader that knows of quotes and of lines that
/// end in CR alone.
pub fn is_plain(bytes: &[u8]) -> bool {
    memchr(b'"', bytes).is_none()
        && memchr_iter(b'\r', bytes).all(|place| bytes.get(place + 1) == Some(&b'\n'))
}

fn is_blank(line: &[u8]) -> bool {
    line.first().is_none_or(|byte| *byte <= b' ') && line.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The cells of all records, without the blanks around them.
    fn cells(file: &SourceFile<'_>, is_plain: bool) -> Vec<Vec<Vec<u8>>> {
        let mut records = Records::new(file, 0, b',', is_plain);
        let mut found = Vec::new();
        while let Some((_, record)) = records.next() {
            for place in 0..record.len() {
                if let Some(number) = record.number(place) {
                    assert_eq!(plain::plain(record.cell(place)), Some(number));
                }
            }
            found.push(record.cells().map(<[u8]>::to_vec).collect());
        }
        found
    }

    proptest! {
        #[test]
        fn a_plain_text_is_cut_as_the_csv_crate_cuts_it(
            lines in prop::collection::vec("[0-9., a-c-]{0,30}", 0..8),
            ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n"]), 8),
            has_last_end in any::<bool>(),
        ) {
            let mut text = String::new();
            for (idx, (line, end)) in lines.iter().zip(ends).enumerate() {
                text += line;
                if has_last_end || idx + 1 < lines.len() {
                    text += end;
                }
            }
            let file = tempfile::NamedTempFile::new().expect("a temporary file");
            std::fs::write(&file, text).expect("it can be written");
            let file = SourceFile::read(file.path()).expect("it can be read");
            prop_assert!(is_plain(file.bytes()));
            prop_assert_eq!(cells(&file, true), cells(&file, false));
        }
    }
}
