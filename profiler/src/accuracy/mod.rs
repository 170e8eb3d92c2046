//! Grades profilers on programs whose profile is known.
//!
//! A run of a workload gives two things: the truth, which the workload measures by its
//! threads' own clocks, and the profile, which the subject reports. The suite compares
//! them over seeded repeats and asks of each difference whether chance explains it. The
//! statistics here are pure: they take counts and shares, and know nothing of processes
//! and files.
//!
//! Three questions decide, each with a p-value:
//!
//! - [`bias`]: is a function's share wrong on the average of all repeats?
//! - [`scatter`]: do single repeats miss the truth by more than their samples allow?
//! - [`causal`]: does a share move by what a known slow-down moves it?
//!
//! What a profile must never show (a lost caller, a cut stack, two functions at once
//! that never run at once) is counted, and judged by the interval of its rate.

pub mod bias;
mod broken;
pub mod causal;
mod distance;
mod distortion;
mod family;
#[cfg(feature = "faults")]
mod fault;
mod grade;
mod journal;
mod judge;
mod observed;
mod plan;
mod process;
mod programs;
mod regression;
mod repeat;
pub mod report;
mod results;
mod run;
mod runs;
mod samply_profile;
pub mod scatter;
mod sighting;
mod slowdown;
mod subject;
mod suite;
mod truth;

pub use self::broken::{Broken, BrokenKind};
pub use self::distance::Distance;
pub use self::family::Family;
#[cfg(feature = "faults")]
pub use self::fault::Fault;
pub use self::grade::{CausalGrade, Finding, FunctionGrade, Grade, Verdict};
pub use self::journal::Journal;
pub use self::judge::{LEVEL, grade};
pub use self::observed::{FunctionObserved, Observed, Took};
pub use self::plan::Plan;
pub use self::programs::Programs;
pub use self::regression::{Regression, regressions};
pub use self::repeat::{FunctionRepeat, Repeat};
pub use self::results::{Results, SubjectResult};
pub use self::run::{Amount, Outcome, SECONDS_PER_UNIT, Task, run, run_bare};
pub use self::runs::Runs;
pub use self::sighting::{Rate, Sighting};
pub use self::slowdown::{Ratio, Slowdown};
pub use self::subject::{Counting, Reading, Subject, SubjectClock};
pub use self::suite::{Progress, Suite, version};
pub use self::truth::{FunctionTruth, Truth};
