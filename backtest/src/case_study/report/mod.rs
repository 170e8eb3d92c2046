//! The study as a page to show to a room.
//!
//! One HTML file that needs nothing else, no network either: its policy forbids it.
//! It is a pure function of the study, so the same study gives the same bytes.

mod code;
mod cost_table;
mod equity_chart;
mod fix;
mod flame_graph;
mod frame_name;
mod page;
mod savings_chart;
mod savings_table;
mod template;
#[cfg(test)]
mod tests;

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
pub fn write_report(study: &CaseStudy, folder: ReportFolder) -> Result<PathBuf> {
    folder.page.write(page::page(study)?.as_bytes())?;
    Ok(folder.path)
}
