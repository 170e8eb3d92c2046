//! What tells whether a file is still the one that an import was made of.
//!
//! Length and times are compared first, which costs one system call; only when they
//! differ, or are too young to be trusted, is the content hashed. Too young is a file
//! that was changed within two seconds of the import: clocks of file systems are
//! coarse, and a second change may have left no trace (git calls such entries "racy").

use std::fs::{self, Metadata};
use std::path::Path;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::data::source_file::SourceFile;

/// The coarsest clock of a file system in use, FAT's, in nanoseconds.
const COARSEST_CLOCK: i128 = 2_000_000_000;

/// A file's content and times, and the options that it was read with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fingerprint {
    length: u64,
    times: Option<Times>,
    hash: u64,
    options: String,
}

/// When a file was last changed, and which file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Times {
    modified: i128,
    changed: i128,
    inode: u64,
}

impl Fingerprint {
    /// The fingerprint of a file that has been read.
    pub fn of(file: &SourceFile<'_>, options: String) -> Self {
        Self {
            length: file.bytes().len() as u64,
            times: file.metadata().and_then(times),
            hash: XxHash3_64::oneshot(file.bytes()),
            options,
        }
    }

    /// Whether `source` has the same content and the options are the same;
    /// `import` is what the system says of the import.
    pub fn is_of(&self, source: &Path, options: &str, import: &Metadata) -> bool {
        if self.options != options {
            return false;
        }
        let Ok(metadata) = fs::metadata(source) else {
            return false;
        };
        if metadata.len() != self.length {
            return false;
        }
        let found = times(&metadata);
        let is_old = found.zip(times(import)).is_some_and(|(found, import)| {
            import.modified - found.modified.max(found.changed) > COARSEST_CLOCK
        });
        if found.is_some() && found == self.times && is_old {
            return true;
        }
        fs::read(source).is_ok_and(|bytes| XxHash3_64::oneshot(&bytes) == self.hash)
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there are none")]
fn times(metadata: &Metadata) -> Option<Times> {
    use std::os::unix::fs::MetadataExt;
    let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    Some(Times {
        modified: nanos(metadata.mtime(), metadata.mtime_nsec()),
        changed: nanos(metadata.ctime(), metadata.ctime_nsec()),
        inode: metadata.ino(),
    })
}

/// Elsewhere the content decides every time.
#[cfg(not(unix))]
fn times(_: &Metadata) -> Option<Times> {
    None
}
