//! A grade: how a subject did on a workload, in all its numbers.

use serde::{Deserialize, Serialize};

use super::slowdown::Ratio;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// Name of the subject.
    pub subject: String,
    /// Name of the workload.
    pub workload: String,
    /// Language of the workload.
    pub language: String,
    /// How it went.
    pub verdict: Verdict,
    /// Why it did not pass; what is worth knowing if it did.
    pub findings: Vec<Finding>,
    /// The worst error of a function's share in any repeat, in percentage points.
    pub max_error_pp: Option<f64>,
    /// The worst error in any repeat, in standard errors of the samples obtained.
    pub z: Option<f64>,
    /// The worst error of a function's share over all repeats, in percentage points.
    pub bias_pp: Option<f64>,
    /// How often chance does as badly, by the test that speaks most against the subject,
    /// corrected for the number of its tests and workloads.
    pub p_value: Option<f64>,
    /// The variance between repeats over that of independent samples.
    pub variance_ratio: Option<f64>,
    /// The part of a report that is misplaced, on average: total-variation distance.
    pub total_variation: Option<f64>,
    /// What that would be for an ideal sampler.
    pub total_variation_floor: Option<f64>,
    /// Samples in all repeats.
    pub samples: f64,
    /// Samples that the profiler says it lost.
    pub samples_lost: Option<f64>,
    /// Per second.
    pub rate_asked: f64,
    /// Per second of the clock that the subject goes by.
    pub rate_obtained: Option<f64>,
    /// The part of the samples with none of the functions, beyond what is true.
    pub unattributed: Option<f64>,
    /// The part of the callees seen without their caller.
    pub lost_callers: Option<f64>,
    /// The part of the callees seen under a wrong caller.
    pub wrong_callers: Option<f64>,
    /// The part of the deep stacks that have all their frames.
    pub complete_stacks: Option<f64>,
    /// The part of the stacks that cannot be.
    pub impossible_stacks: Option<f64>,
    /// By how much the profiler changed the true shares, in percentage points.
    pub distortion_pp: Option<f64>,
    /// The program's CPU time with the profiler over that without.
    pub slowdown: Option<Ratio>,
    /// The program's wall time with the profiler over that without.
    pub slowdown_wall: Option<Ratio>,
    /// CPU seconds of the profiler for each of the program.
    pub own_cpu: Option<f64>,
    /// The most memory that the profiler had resident, in bytes.
    pub max_rss: Option<u64>,
    /// What a slowed function did to its share.
    pub causal: Option<CausalGrade>,
    /// Each function over all repeats.
    pub functions: Vec<FunctionGrade>,
}

/// How a workload went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Not run: the subject or the program is not here.
    Skipped,
    /// Nothing that chance does not explain.
    Pass,
    /// The profile says what is not so.
    Fail,
    /// There is no profile.
    Broken,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: String,
    /// In a sentence.
    pub text: String,
}

/// One function over all repeats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionGrade {
    /// The last part of its name.
    pub name: String,
    /// Its true share, from 0 to 1.
    pub truth: f64,
    /// What the truth may be off by.
    pub uncertainty: f64,
    /// The share that was reported.
    pub reported: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The error in standard errors.
    pub z: f64,
}

/// What a slowed function did to its share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CausalGrade {
    /// The function.
    pub function: String,
    /// How many times as long it took.
    pub factor: f64,
    /// Its reported share before.
    pub before: f64,
    /// What its share should have become.
    pub expected: f64,
    /// What was reported.
    pub reported: f64,
    /// The difference in standard errors.
    pub z: f64,
}
