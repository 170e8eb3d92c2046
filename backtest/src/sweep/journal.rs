//! The rows of a sweep that has not come to its end, so that it can go on later.
//!
//! One line of JSON a row, written as it is found. The first line says what the
//! sweep is; the rows of another sweep are of no use to this one, and a last line
//! that was cut off is run again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Row;
use crate::output::replace;
use crate::{Error, Result};

/// A file of rows beside the file that will hold the result.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

#[derive(Serialize, Deserialize)]
struct Line {
    point: usize,
    row: Row,
}

impl Journal {
    /// Opens the journal at `path` for a sweep of `n_points` that `identity`
    /// describes, and returns the rows that it has of it already.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(path: &Path, identity: &str, n_points: usize) -> Result<(Self, Vec<Option<Row>>)> {
        let io_error = |source| Error::Io {
            action: "keep the sweep's progress in",
            path: path.to_owned(),
            source,
        };
        let rows = match File::open(path) {
            Ok(file) => read(file, identity, n_points).map_err(io_error)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => vec![None; n_points],
            Err(error) => return Err(io_error(error)),
        };
        // Written afresh, so that a line that was cut off does not spoil the next, and in
        // one step, so that a kill leaves the old rows or the new.
        let mut lines = serde_json::to_string(identity).expect("a text is JSON");
        lines.push('\n');
        let found = rows.iter().enumerate();
        lines.extend(found.filter_map(|(point, row)| Some(line(point, row.as_ref()?))));
        replace(path, lines.as_bytes()).map_err(io_error)?;
        let file = OpenOptions::new().append(true).open(path);
        let journal = Self {
            path: path.to_owned(),
            file: file.map_err(io_error)?,
        };
        Ok((journal, rows))
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, point: usize, row: &Row) -> Result<()> {
        let written = self.file.write_all(line(point, row).as_bytes());
        written.map_err(|source| Error::Io {
            action: "keep the sweep's progress in",
            path: self.path.clone(),
            source,
        })
    }

    /// Removes the file of a sweep that has come to its end.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn finish(self) -> Result<()> {
        fs::remove_file(&self.path).map_err(|source| Error::Io {
            action: "remove",
            path: self.path.clone(),
            source,
        })
    }
}

fn line(point: usize, row: &Row) -> String {
    let line = Line {
        point,
        row: row.clone(),
    };
    serde_json::to_string(&line).expect("rows have only finite numbers") + "\n"
}

fn read(file: File, identity: &str, n_points: usize) -> io::Result<Vec<Option<Row>>> {
    let mut rows = vec![None; n_points];
    let mut lines = BufReader::new(file).lines();
    let header = lines.next().transpose()?.unwrap_or_default();
    if serde_json::from_str::<String>(&header).is_ok_and(|header| header == identity) {
        for line in lines {
            if let Ok(Line { point, row }) = serde_json::from_str(&line?)
                && point < n_points
            {
                rows[point] = Some(row);
            }
        }
    }
    Ok(rows)
}
