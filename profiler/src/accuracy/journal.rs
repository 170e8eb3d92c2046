//! Keeps what has been run, so that an interrupted suite can go on.
//!
//! One line of JSON a run, written as soon as it ends. The first line says what the suite
//! is; lines of another suite are of no use to this one.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::broken::Broken;
use super::observed::{Observed, Took};

/// What one run gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Entry {
    /// A graded run.
    Observed(Box<Observed>),
    /// A run that gave nothing to grade.
    Broken(Broken),
    /// A run without a profiler.
    Bare(Took),
}

#[derive(Serialize, Deserialize)]
struct Line {
    step: String,
    gave: Entry,
}

/// The runs so far.
pub struct Journal {
    known: HashMap<String, Entry>,
    file: Option<(PathBuf, File)>,
}

impl Journal {
    /// Keeps the runs in memory only.
    pub fn in_memory() -> Self {
        Self {
            known: HashMap::new(),
            file: None,
        }
    }

    /// Opens the journal of a suite, and reads what is there of the same suite; what is
    /// there of another is written over.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or written.
    pub fn open(path: &Path, suite: &str) -> io::Result<Self> {
        let known = match File::open(path) {
            Ok(file) => read(file, suite)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => HashMap::new(),
            Err(error) => return Err(error),
        };
        // Written anew, so that a line which was cut off is gone.
        let mut options = OpenOptions::new();
        let mut file = options.create(true).write(true).truncate(true).open(path)?;
        writeln!(file, "{}", serde_json::Value::from(suite))?;
        let mut journal = Self {
            known: HashMap::new(),
            file: Some((path.to_owned(), file)),
        };
        let mut known: Vec<(String, Entry)> = known.into_iter().collect();
        known.sort_by(|a, b| a.0.cmp(&b.0));
        for (step, gave) in known {
            journal.add(step, gave)?;
        }
        Ok(journal)
    }

    /// How many runs are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Tells whether no run is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(super) fn get(&self, step: &str) -> Option<&Entry> {
        self.known.get(step)
    }

    pub(super) fn add(&mut self, step: String, gave: Entry) -> io::Result<()> {
        if let Some((_, file)) = &mut self.file {
            let line = Line { step, gave };
            let text = serde_json::to_string(&line)?;
            writeln!(file, "{text}")?;
            self.known.insert(line.step, line.gave);
        } else {
            self.known.insert(step, gave);
        }
        Ok(())
    }

    /// Removes the file: the suite is complete, and its results are elsewhere.
    ///
    /// # Errors
    ///
    /// If that is not allowed.
    pub fn remove(self) -> io::Result<()> {
        match self.file {
            Some((path, _)) => std::fs::remove_file(path),
            None => Ok(()),
        }
    }
}

fn read(file: File, suite: &str) -> io::Result<HashMap<String, Entry>> {
    let mut lines = BufReader::new(file).lines();
    let head = lines.next().transpose()?;
    let head = head.and_then(|line| serde_json::from_str::<String>(&line).ok());
    let mut known = HashMap::new();
    if head.as_deref() == Some(suite) {
        for line in lines {
            // The last line may have been cut off; its run is done once more.
            if let Ok(line) = serde_json::from_str::<Line>(&line?) {
                known.insert(line.step, line.gave);
            }
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_run_is_known_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        let gave = || {
            Entry::Bare(Took {
                cpu_seconds: 0.1 + 0.2,
                wall_seconds: 3.0,
                shares: vec![0.25, 0.75],
            })
        };
        let mut journal = Journal::open(&path, "one suite").expect("it can be written");
        journal.add("a".into(), gave()).expect("it is written");
        journal.add("b".into(), gave()).expect("it is written");
        drop(journal);
        // Cut off in the middle of a line.
        let text = std::fs::read_to_string(&path).expect("it is there");
        std::fs::write(&path, &text[..text.len() - 9]).expect("it can be written");
        let journal = Journal::open(&path, "one suite").expect("it can be read");
        assert_eq!((journal.get("a"), journal.get("b")), (Some(&gave()), None));
        drop(journal);
        let journal = Journal::open(&path, "another").expect("it can be read");
        assert!(journal.is_empty());
    }
}
