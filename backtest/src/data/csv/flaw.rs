//! Why a cell or a row could not be used as it stands.

use crate::data::DefectKind;

/// A rule that a text breaks, worded to follow "column low holds -3.5, which", and
/// what kind of defect that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The defect, or `None` for what no policy repairs: it would be a guess.
    pub kind: Option<DefectKind>,
    pub problem: String,
}

impl Flaw {
    /// A flaw that costs the row.
    pub fn new(kind: DefectKind, problem: impl Into<String>) -> Self {
        Self {
            kind: Some(kind),
            problem: problem.into(),
        }
    }

    /// A flaw of a row that is no row.
    pub fn unreadable(problem: impl Into<String>) -> Self {
        Self::new(DefectKind::UnreadableRows, problem)
    }

    /// A flaw that is an error under every policy.
    pub fn fatal(problem: impl Into<String>) -> Self {
        Self {
            kind: None,
            problem: problem.into(),
        }
    }
}
