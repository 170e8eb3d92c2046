//! Files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::{Builder, NamedTempFile};

use super::streams;

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
    /// Standard output, which `-` stands for.
    Stdout,
}

impl OutputFile {
    /// Makes sure that `path` can be written, without touching what is there.
    pub fn prepare(path: &Path) -> Result<Self> {
        if path == Path::new("-") {
            return Ok(Self {
                path: path.to_owned(),
                sink: Sink::Stdout,
            });
        }
        let sink = match fs::metadata(path) {
            Ok(present) if present.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(present) if !present.is_file() => {
                File::options().write(true).open(path).map(Sink::Straight)
            }
            _ => temporary_beside(&resolved(path)).map(|_| Sink::Beside),
        };
        Ok(Self {
            path: path.to_owned(),
            sink: sink.with_context(|| cannot_write(path))?,
        })
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path, if a file will appear there.
    pub fn regular_path(&self) -> Option<&Path> {
        matches!(self.sink, Sink::Beside).then_some(&*self.path)
    }

    /// Gives the file its content and its name. Nothing is left behind if that fails.
    pub fn write(self, content: &[u8]) -> Result<()> {
        let written = match self.sink {
            Sink::Stdout => return streams::print_bytes(content),
            Sink::Straight(mut file) => file.write_all(content),
            Sink::Beside => replace(&resolved(&self.path), content),
        };
        written.with_context(|| cannot_write(&self.path))
    }
}

/// What a link leads to: that is replaced, and not the link.
fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write `{}`", path.display())
}

/// Puts `content` at `path` in one step, with the permissions of a usual file.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut temporary = temporary_beside(path)?;
    // The file itself, since the wrapper's errors name the temporary path.
    let file = temporary.as_file_mut();
    file.write_all(content)?;
    file.sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    Builder::new()
        .prefix(".profiler-")
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
        let path = dir.path().join("out.svg");
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
        let output = OutputFile::prepare(&dir.path().join("out.svg")).expect("it can be written");
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 0);
        drop(output);
    }

    #[test]
    fn a_folder_or_a_missing_one_is_an_error_at_once() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert!(OutputFile::prepare(dir.path()).is_err());
        assert!(OutputFile::prepare(&dir.path().join("missing/out.svg")).is_err());
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
