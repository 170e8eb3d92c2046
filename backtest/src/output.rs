//! Files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::{Error, Result};

/// A file to be written at the end of long work.
///
/// It is prepared at the beginning, so that a folder that cannot be written is
/// known before the work, and appears under its name when its content is complete.
/// In between nothing lies in the folder, so that work that is broken off leaves
/// nothing behind.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    /// Written beside its place and renamed into it.
    Beside,
    /// A pipe or a device, which cannot be replaced.
    Straight(File),
}

impl OutputFile {
    /// Makes sure that `path` can be written, without touching what is there.
    ///
    /// # Errors
    /// When it cannot.
    pub fn prepare(path: &Path) -> Result<Self> {
        let sink = match fs::metadata(path) {
            Ok(present) if present.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(present) if !present.is_file() => {
                File::options().write(true).open(path).map(Sink::Straight)
            }
            _ => temporary_beside(&resolved(path)).map(|_| Sink::Beside),
        };
        let path = path.to_owned();
        match sink {
            Ok(sink) => Ok(Self { path, sink }),
            Err(source) => Err(Error::Io {
                action: "write",
                path,
                source,
            }),
        }
    }

    /// Gives the file its content and its name.
    ///
    /// # Errors
    /// When it cannot be written; nothing is left behind then.
    pub fn write(self, content: &[u8]) -> Result<()> {
        let written = match self.sink {
            Sink::Straight(mut file) => file.write_all(content),
            Sink::Beside => replace(&self.path, content),
        };
        written.map_err(|source| Error::Io {
            action: "write",
            path: self.path,
            source,
        })
    }
}

/// Puts `content` at `path` in one step, with the permissions of a usual file.
///
/// # Errors
/// When it cannot be written; what was at `path` is untouched then.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = resolved(path);
    let mut temporary = temporary_beside(&path)?;
    // The file itself, since the wrapper's errors name the temporary path.
    let file = temporary.as_file_mut();
    file.write_all(content)?;
    file.sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

/// What a link leads to: that is replaced, and not the link.
fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    Builder::new()
        .prefix(".backdraft-")
        .make_in(folder.unwrap_or(Path::new(".")), |path| {
            File::options().write(true).create_new(true).open(path)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_content_stays_until_the_new_is_whole() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("out.json");
        fs::write(&path, "old").expect("it can be written");
        let output = OutputFile::prepare(&path).expect("it can be written");
        assert_eq!(fs::read(&path).expect("it is there"), b"old");
        output.write(b"new").expect("it can be written");
        assert_eq!(fs::read(&path).expect("it is there"), b"new");
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn an_output_that_is_only_prepared_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let output = OutputFile::prepare(&dir.path().join("out.json")).expect("it can be written");
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 0);
        drop(output);
    }

    #[test]
    fn a_folder_or_a_missing_one_is_an_error_at_once() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert!(OutputFile::prepare(dir.path()).is_err());
        assert!(OutputFile::prepare(&dir.path().join("missing/out.json")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_replaced_and_not_the_link() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (target, link) = (dir.path().join("a/out.json"), dir.path().join("link.json"));
        fs::create_dir(dir.path().join("a")).expect("it can be made");
        fs::write(&target, "old").expect("it can be written");
        std::os::unix::fs::symlink(&target, &link).expect("it can be made");
        let output = OutputFile::prepare(&link).expect("it can be written");
        output.write(b"new").expect("it can be written");
        assert!(link.is_symlink());
        assert_eq!(fs::read(&target).expect("it is there"), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        OutputFile::prepare(Path::new("/dev/null"))
            .expect("it takes everything")
            .write(b"x")
            .expect("it does");
        assert!(
            !fs::metadata("/dev/null")
                .expect("it is still there")
                .is_file()
        );
    }
}
