//! What is done about defects, and how a file is to be read.

use std::fmt;
use std::path::PathBuf;

use twox_hash::XxHash3_64;

use super::{ColumnChoice, TimeFormat};
use crate::{Error, Result};

/// What is done about the defects of a price file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Any defect is an error.
    Strict,
    /// What can be repaired without guessing is repaired, and each repair listed.
    #[default]
    Repair,
    /// Rows stay as they are, but for what a series of hourly bars cannot do
    /// without: order, one row an hour, absent hours, prices above zero.
    Keep,
}

impl Policy {
    /// Reads `strict`, `repair` or `keep`.
    ///
    /// # Errors
    /// [`Error::Option`] for any other word.
    pub fn parse(text: &str) -> Result<Self> {
        match text {
            "strict" => Ok(Self::Strict),
            "repair" => Ok(Self::Repair),
            "keep" => Ok(Self::Keep),
            _ => Err(Error::Option {
                option: "--policy",
                value: text.escape_debug().to_string(),
                rule: "it has to be strict, repair or keep".into(),
            }),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strict => "strict",
            Self::Repair => "repair",
            Self::Keep => "keep",
        })
    }
}

/// How price files are read; the default finds everything out from the content.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ImportOptions {
    /// What is done about defects.
    pub policy: Policy,
    /// Which columns hold what, where the header does not tell.
    pub columns: Option<ColumnChoice>,
    /// How times are written, where their form does not tell.
    pub time_format: Option<TimeFormat>,
    /// A file of the same or a related pair whose times are right. Rows without unix
    /// times are moved to where their returns fit it.
    pub reference: Option<PathBuf>,
    /// A folder of imports to use and to keep up to date. Without it an import
    /// beside the file is used, and none is written.
    pub cache: Option<PathBuf>,
}

impl ImportOptions {
    /// The options that change bars, as text: imports with other options differ.
    pub(super) fn key(&self) -> String {
        let reference = self.reference.as_deref().map(|path| {
            // A reference that cannot be read is an error elsewhere.
            let content = std::fs::read(path).unwrap_or_default();
            XxHash3_64::oneshot(&content)
        });
        format!(
            "policy={};columns={:?};time-format={:?};reference={reference:?}",
            self.policy, self.columns, self.time_format
        )
    }
}
