//! The two fixes and both together: what they are called, what they save, and the one
//! colour that each has in text, table, chart and flame graph.

use crate::case_study::{CaseStudy, Estimate};

/// A fix, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Lazy formatting.
    Lazy,
    /// The memo.
    Memo,
    /// Both.
    Both,
}

/// All, in the order of the story.
pub const FIXES: [Fix; 3] = [Fix::Lazy, Fix::Memo, Fix::Both];

impl Fix {
    /// The class that carries the colour.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Lazy => "lazy",
            Self::Memo => "memo",
            Self::Both => "both",
        }
    }

    /// The name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lazy => "Lazy formatting",
            Self::Memo => "Memo",
            Self::Both => "Both fixes",
        }
    }

    /// What it saved, in per cent.
    pub const fn measured(self, study: &CaseStudy) -> Estimate {
        match self {
            Self::Lazy => study.savings.lazy,
            Self::Memo => study.savings.cached,
            Self::Both => study.savings.both,
        }
    }

    /// What the profile said that it would save, in per cent.
    pub fn predicted(self, study: &CaseStudy) -> Estimate {
        let share = match self {
            Self::Lazy => study.prediction.lazy,
            Self::Memo => study.prediction.cached,
            Self::Both => study.prediction.both,
        };
        Estimate {
            median: 100.0 * share.value,
            low: 100.0 * share.low,
            high: 100.0 * share.high,
        }
    }

    /// Whether the two overlap.
    pub fn agrees(self, study: &CaseStudy) -> bool {
        study.agreements()[self as usize]
    }
}
