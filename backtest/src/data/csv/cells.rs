//! One row's cells by column, and how errors call and show them.

use std::fmt;

use ::csv::ByteRecord;

use super::cell::Rule;

/// A row with the names of its columns.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    names: &'a [String],
    record: &'a ByteRecord,
}

impl<'a> Cells<'a> {
    /// The row, if it has a cell for each name.
    pub fn new(names: &'a [String], record: &'a ByteRecord) -> Result<Self, String> {
        if record.len() == names.len() {
            return Ok(Self { names, record });
        }
        Err(format!(
            "the line has {} column{}, where {} belong ({})",
            record.len(),
            if record.len() == 1 { "" } else { "s" },
            names.len(),
            names.join(", "),
        ))
    }

    /// Reads one cell, or says which column breaks which rule.
    pub fn get<T>(
        self,
        column: usize,
        read: impl Fn(&str) -> Result<T, Rule>,
    ) -> Result<T, String> {
        let cell = self.record[column].trim_ascii();
        if cell.is_empty() {
            return Err(format!("column {} is empty", self.names[column]));
        }
        str::from_utf8(cell)
            .map_err(|_| "is not UTF-8 text".into())
            .and_then(read)
            .map_err(|rule| self.problem(column, &rule))
    }

    /// That a cell breaks a rule, worded to follow "which".
    pub fn problem(self, column: usize, rule: &str) -> String {
        let name = &self.names[column];
        format!("column {name} holds {}, which {rule}", self.shown(column))
    }

    /// A cell as errors show it.
    pub fn shown(self, column: usize) -> Shown<'a> {
        Shown(self.record[column].trim_ascii())
    }
}

/// Bytes of a file in a message: escaped, and cut when they are long.
pub struct Shown<'a>(pub &'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 80;
        let text = String::from_utf8_lossy(self.0);
        let mut characters = text.chars();
        for character in characters.by_ref().take(MOST) {
            write!(f, "{}", character.escape_debug())?;
        }
        if characters.next().is_some() {
            f.write_str("…")
        } else {
            Ok(())
        }
    }
}
