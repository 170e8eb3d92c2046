//! A price file that exists while a test looks at it.

use std::fs;
use std::path::PathBuf;

use backtest::Result;
use backtest::data::{Loaded, load};
use tempfile::TempDir;

/// Loads one file with this name and content.
pub fn load_text(name: &str, content: impl AsRef<[u8]>) -> Result<Loaded> {
    let (_folder, path) = file(name, content);
    load(&[path])
}

/// What the user reads when loading a file fails, without the temporary folder.
#[track_caller]
pub fn error_of(name: &str, content: impl AsRef<[u8]>) -> String {
    let (folder, path) = file(name, content);
    let error = load(&[path]).expect_err("the file is broken");
    let folder = format!("{}/", folder.path().display());
    error.to_string().replace(&folder, "")
}

/// A file in a folder that goes away with the first value.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join(name);
    fs::write(&path, content).expect("a temporary folder can be written");
    (folder, path)
}
