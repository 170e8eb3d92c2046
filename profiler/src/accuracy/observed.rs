//! What one run under a subject showed, in numbers that can be kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::repeat::{FunctionRepeat, Repeat};
use super::run::{Outcome, Task};
use super::sighting::{Rate, Sighting};
use super::subject::{Counting, Subject, SubjectClock};
use super::truth::Truth;
use super::{Broken, BrokenKind};

/// One graded run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// The functions of the truth.
    pub functions: Vec<FunctionObserved>,
    /// Independent observations with one of the functions on their stack.
    pub n: f64,
    /// Observations in all.
    pub n_all: f64,
    /// The part of the observations with none of the functions on their stack.
    pub outside: f64,
    /// The part of the CPU time that was in none of them.
    pub outside_true: f64,
    /// Whether a function was slowed down.
    pub is_slowed: bool,
    /// Two functions at once that never run at once.
    pub impossible: Rate,
    /// Callees without any of the callers that they have.
    pub lost_callers: Rate,
    /// Callees under a function that never calls them.
    pub wrong_callers: Rate,
    /// Stacks that lack some of their frames.
    pub cut: Rate,
    /// Samples over those that the rate and the time ask for.
    pub obtained: f64,
    /// What the program took.
    pub took: Took,
    /// CPU seconds of the profiler for each of the program.
    pub own_cpu: f64,
    /// The most memory that the profiler had resident, in bytes.
    pub max_rss: u64,
    /// Samples that the profiler says it lost, where it says so.
    pub lost: Option<f64>,
}

/// A function in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionObserved {
    /// The last part of its name.
    pub name: String,
    /// Its true share.
    pub truth: f64,
    /// What the truth may be off by.
    pub uncertainty: f64,
    /// The share that was reported.
    pub reported: f64,
}

/// The times of a program's functions together, in seconds, and each one's share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Took {
    /// CPU time.
    pub cpu_seconds: f64,
    /// Wall time of the whole run.
    pub wall_seconds: f64,
    /// True shares of the CPU time.
    pub shares: Vec<f64>,
}

/// Half a percentage point: how much more an exact profiler may be off, whose clock is
/// not read at the same moment as that of the truth.
const EXACT_TOLERANCE: f64 = 0.005;

impl Observed {
    /// Compares what a run reported with its truth.
    ///
    /// # Errors
    ///
    /// If there is nothing to compare: no sample, or none of the functions.
    pub fn of(outcome: &Outcome, subject: &Subject, task: &Task) -> Result<Self, Broken> {
        let broken = |kind, detail: String| Err(Broken::new(kind, detail));
        let Some(profile) = &outcome.profile else {
            return broken(BrokenKind::NoOutput, subject.name.clone());
        };
        let functions = task.entry.functions;
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for (stack, _) in profile.stacks() {
            for frame in stack {
                if !names.contains_key(frame) {
                    names.insert(frame.to_owned(), subject.name_of(frame));
                }
            }
        }
        let found = Sighting::of(profile, functions, outcome.n, |frame| names[frame].as_str());
        let inside: f64 = found.shares.iter().sum();
        if found.n <= 0.0 {
            return broken(BrokenKind::EmptyOutput, "there are no samples".to_owned());
        }
        if inside <= 0.0 {
            let wanted: Vec<&str> = functions.iter().map(|function| function.name).collect();
            let detail = format!("no sample has {}", wanted.join(" or "));
            return broken(BrokenKind::MissingFunctions, detail);
        }
        let truth = &outcome.truth;
        if truth.functions.len() != functions.len() {
            let detail = "its report lists other functions than the catalogue".to_owned();
            return broken(BrokenKind::TargetFailed, detail);
        }
        let tolerance = match subject.weight {
            Counting::Exact => EXACT_TOLERANCE,
            Counting::Samples | Counting::Microseconds => 0.0,
        };
        let observed = (0..functions.len()).map(|at| FunctionObserved {
            name: functions[at].name.to_owned(),
            truth: truth.share_by(at, subject.clock),
            uncertainty: truth.functions[at].share_uncertainty + tolerance,
            reported: found.shares[at] / inside,
        });
        let seconds = match subject.clock {
            SubjectClock::Cpu => truth.start_cpu_seconds + truth.cpu_seconds,
            SubjectClock::Wall => truth.wall_seconds,
        };
        let quality = profile.quality();
        Ok(Self {
            functions: observed.collect(),
            n: found.n * inside,
            n_all: found.n,
            outside: found.outside,
            outside_true: truth.outside(),
            is_slowed: task.slow.is_some(),
            impossible: found.impossible,
            lost_callers: found.lost_callers,
            wrong_callers: found.wrong_callers,
            cut: found.cut,
            obtained: found.n / (f64::from(task.rate_hz) * seconds),
            took: Took::of(truth),
            own_cpu: outcome.own_cpu_seconds / truth.cpu_seconds,
            max_rss: outcome.max_rss,
            lost: quality.source.map(|_| quality.lost.as_units() as f64),
        })
    }

    /// The shares alone, for the statistics.
    pub fn repeat(&self) -> Repeat {
        let functions = self.functions.iter().map(|function| FunctionRepeat {
            truth: function.truth,
            uncertainty: function.uncertainty,
            reported: function.reported,
        });
        Repeat {
            functions: functions.collect(),
            n: self.n,
        }
    }
}

impl Took {
    /// Takes the times from a report.
    pub fn of(truth: &Truth) -> Self {
        Self {
            cpu_seconds: truth.functions_cpu_seconds(),
            wall_seconds: truth.wall_seconds,
            shares: truth
                .functions
                .iter()
                .map(|function| function.share)
                .collect(),
        }
    }
}
