//! The families of programs, whose costs are told apart.
//!
//! A profiler that stops an interpreter at each sample and copies the stack of anything
//! else does two things, and one number for both would be that of neither.

use serde::{Deserialize, Serialize};

/// Programs that profilers read alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Machine code, in whatever language it was written.
    Native,
    /// Functions of Python.
    Python,
}

impl Family {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 2] = [Self::Native, Self::Python];

    /// The family of a workload's language.
    pub fn of(language: &str) -> Self {
        match language {
            "python" => Self::Python,
            _ => Self::Native,
        }
    }

    /// Its name in headings and sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::Native => "native code",
            Self::Python => "Python",
        }
    }
}
