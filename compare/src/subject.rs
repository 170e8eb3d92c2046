//! A profiler under test, and one run of it.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::report::Report;
use crate::stacks::Stacks;

/// A profiler that can be pointed at a workload.
pub trait Subject {
    /// Its name in the table, with the mode where it has several.
    fn name(&self) -> &'static str;

    /// The language of the workloads that it is graded on.
    fn language(&self) -> Language {
        Language::Rust
    }

    /// Tells whether its rate is by the wall clock rather than by CPU time.
    fn samples_by_wall(&self) -> bool {
        self.language() == Language::Python
    }

    /// Names its version, or tells why it cannot be run here.
    fn available(&self) -> Result<String, Reason>;

    /// Profiles one run of a workload.
    ///
    /// # Errors
    ///
    /// When the profiler or the workload fails, or what they wrote makes no sense.
    fn run(&self, task: &Task) -> Result<Outcome>;

    /// Runs the same workload without the profiler, in the same program.
    ///
    /// # Errors
    ///
    /// When the workload fails.
    fn run_bare(&self, task: &Task) -> Result<Outcome>;
}

/// What a workload is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The command `workload`.
    Rust,
    /// The script `python/workload.py`.
    Python,
}

/// Tells why a subject is left out.
#[derive(Debug, Clone)]
pub struct Reason(pub String);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One run of one workload.
pub struct Task<'a> {
    /// Name of the workload.
    pub workload: &'a str,
    /// How much of it.
    pub amount: Amount,
    /// Samples asked for, per second.
    pub rate: u32,
    /// Seed of the workload's phases, and of the sampling where that has one.
    pub seed: u64,
    /// An empty folder for what the run writes.
    pub folder: &'a Path,
    /// When to give up.
    pub timeout: Duration,
}

/// How much of a workload to run.
#[derive(Debug, Clone, Copy)]
pub enum Amount {
    /// CPU time.
    Seconds(f64),
    /// Units of work, the same instructions in every run.
    Work(u64),
}

impl Amount {
    /// The options of `workload` that ask for it.
    pub fn args(self) -> [String; 2] {
        match self {
            Self::Seconds(seconds) => ["--seconds".into(), seconds.to_string()],
            Self::Work(n_units) => ["--work".into(), n_units.to_string()],
        }
    }
}

/// What a run gave and what it took.
pub struct Outcome {
    /// What the workload says of itself.
    pub report: Report,
    /// What the profiler says of it; `None` without a profiler.
    pub stacks: Option<Stacks>,
    /// CPU seconds of the profiler until its stacks were there: start, sampling,
    /// unwinding and naming.
    pub own_cpu_seconds: f64,
    /// The most memory that the profiler had resident, in bytes.
    pub max_rss: u64,
}
