//! The runs of one subject on one workload.

use std::collections::BTreeMap;

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
    /// One run for each repeat, in their order, or why the workload was left out.
    pub runs: Result<Vec<Result<Observed, Broken>>, String>,
    /// The same work without the subject, by the index of the repeat beside which it ran:
    /// one in which nothing is slowed.
    pub bare: BTreeMap<usize, Took>,
    /// Which function was slowed, and by what factor.
    pub slow: Option<(usize, f64)>,
    /// Whether every run did the same work.
    pub is_fixed_work: bool,
}

impl Runs {
    /// The runs in which nothing was slowed, as far as there are any.
    pub(super) fn base(&self) -> Vec<&Took> {
        self.numbered_base().map(|(_, took)| took).collect()
    }

    /// The logarithms of the ratios of a time with the subject to that without.
    ///
    /// A repeat in which either of the two is broken gives none: its other half has nothing
    /// to do with the run of another moment.
    pub(super) fn pairs(&self, of: fn(&Took) -> f64) -> Vec<f64> {
        let ratio = |(repeat, with)| Some((of(with) / of(self.bare.get(&repeat)?)).ln());
        self.numbered_base().filter_map(ratio).collect()
    }

    fn numbered_base(&self) -> impl Iterator<Item = (usize, &Took)> {
        let runs = self.runs.iter().flatten().enumerate();
        let whole = runs.filter_map(|(repeat, run)| Some((repeat, run.as_ref().ok()?)));
        whole
            .filter(|(_, run)| !run.is_slowed)
            .map(|(repeat, run)| (repeat, &run.took))
    }
}
