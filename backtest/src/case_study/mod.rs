//! The talk's story, told by experiment: how much of a back-test two anti-patterns cost.
//!
//! A profile of the slow variant predicts what each fix will save; interleaved
//! rounds of all four variants then measure it. [`run`] does both and puts them
//! side by side.
//!
//! This module and the command line are the only places in this crate that know
//! of a profiler: an engine that knows its profiler measures itself.

mod calibration;
mod composition;
mod environment;
mod estimate;
mod json;
mod prediction;
mod process;
mod report;
mod rounds;
mod simulation;
mod study;
mod text;
mod variant;
mod verdict;

pub use calibration::{Calibration, calibrate};
pub use composition::Composition;
pub use environment::Environment;
pub use estimate::Estimate;
pub use json::to_json;
pub use prediction::{Prediction, Profiled};
pub use process::{SUBCOMMAND, VariantProcess};
pub use report::{ReportFolder, write_report};
pub use rounds::{Round, Savings};
pub use simulation::{SampledRun, VariantRun, simulate};
pub use study::{CaseStudy, Progress, StudyOptions, run};
pub use text::to_text;
pub use variant::Variant;
pub use verdict::Verdict;
