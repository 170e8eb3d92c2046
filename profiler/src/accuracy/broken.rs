//! The ways in which a run gives no profile to grade.
//!
//! Each is a verdict of its own: a profiler that says nothing is not an accurate one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why there is nothing to grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// The kind of failure.
    pub kind: BrokenKind,
    /// What exactly happened.
    pub detail: String,
}

/// Kinds of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrokenKind {
    /// The profiler could not be started, or ended with an error or a signal.
    Crashed,
    /// It did not end in time.
    TimedOut,
    /// It left no file.
    NoOutput,
    /// Its file holds no samples.
    EmptyOutput,
    /// Its file is not of the format that it should be.
    UnreadableOutput,
    /// None of the functions that the program spent its time in is in the profile.
    MissingFunctions,
    /// The program under the profiler failed, or its report is missing.
    TargetFailed,
    /// The program says that it cannot run here.
    NotHere,
}

impl Broken {
    pub(super) fn new(kind: BrokenKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            BrokenKind::Crashed => "crashed",
            BrokenKind::TimedOut => "timed out",
            BrokenKind::NoOutput => "no output",
            BrokenKind::EmptyOutput => "empty output",
            BrokenKind::UnreadableOutput => "unreadable output",
            BrokenKind::MissingFunctions => "missing functions",
            BrokenKind::TargetFailed => "the program failed",
            BrokenKind::NotHere => "not here",
        };
        write!(f, "{kind}: {}", self.detail)
    }
}

impl std::error::Error for Broken {}
