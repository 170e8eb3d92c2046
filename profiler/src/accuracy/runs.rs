//! The runs of one subject on one workload.

use super::broken::Broken;
use super::observed::{Observed, Took};

/// All runs of one subject on one workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Runs {
    /// Name of the subject.
    pub subject: String,
    /// Name of the workload.
    pub workload: String,
    /// Language of the workload.
    pub language: String,
    /// Samples asked for, per second.
    pub rate_asked: f64,
    /// Whether the subject goes by CPU time, and not by the wall's.
    pub is_by_cpu: bool,
    /// Whether it samples, and does not note every call.
    pub is_sampling: bool,
    /// The runs, or why the workload was left out.
    pub runs: Result<Vec<Result<Observed, Broken>>, String>,
    /// The same work without the subject, beside the runs in which nothing is slowed.
    pub bare: Vec<Took>,
    /// Which function was slowed, and by what factor.
    pub slow: Option<(usize, f64)>,
    /// Whether every run did the same work.
    pub is_fixed_work: bool,
}

impl Runs {
    /// The runs in which nothing was slowed, as far as there are any.
    pub(super) fn base(&self) -> Vec<&Took> {
        let runs = self
            .runs
            .iter()
            .flatten()
            .filter_map(|run| run.as_ref().ok());
        runs.filter(|run| !run.is_slowed)
            .map(|run| &run.took)
            .collect()
    }

    /// The logarithms of the ratios of a time with the subject to that without.
    pub(super) fn pairs(&self, of: fn(&Took) -> f64) -> Vec<f64> {
        let base = self.base();
        let pairs = base.iter().zip(&self.bare);
        pairs
            .map(|(with, bare)| (of(with) / of(bare)).ln())
            .collect()
    }
}
