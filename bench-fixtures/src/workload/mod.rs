//! Programs whose profile is known in advance.
//!
//! A profiler is judged by what it says of a program whose answer is already
//! known. Each workload here spends its time in a few named functions and
//! measures, with the thread's own CPU clock, how much each one got. That
//! measurement is the truth; a profiler's share is right as far as it agrees.
//!
//! The clock is read between phases, never inside one. A read is a system call of
//! about half a microsecond, which a sample may hit and which belongs to no
//! function; in the worst case, four reads in a period of one millisecond, that
//! moves no share by more than a tenth of a percentage point.
//!
//! Every function does a different computation, because a linker may fold equal
//! ones into one symbol, and is never inlined, because then its name would be gone.
//!
//! What is measured is the total of each function, with all that it calls.

mod kernel;
mod libc_callers;
mod lockstep;
mod pace;
mod recursion;
mod split;
mod truth;

pub use libc_callers::LibcCallers;
pub use lockstep::Lockstep;
pub use recursion::{DEPTH, Recursion};
pub use split::Split;
pub use truth::Truth;

use std::time::Duration;

/// Runs a program and states what each of its functions truly cost.
pub trait Workload: Sync {
    /// Name on the command line.
    fn name(&self) -> &'static str;

    /// One line on what the workload asks of a profiler.
    fn summary(&self) -> &'static str;

    /// Works on the calling thread for about `cpu_time` and returns the truth.
    ///
    /// The seed decides order and length of the phases where they are random. How
    /// long each really took is measured and differs from run to run.
    fn run(&self, cpu_time: Duration, seed: u64) -> Truth;
}

/// Lists all workloads.
pub fn all() -> &'static [&'static dyn Workload] {
    &[
        &Split,
        &Lockstep::EVERY_1000_US,
        &Lockstep::EVERY_10000_US,
        &LibcCallers,
        &Recursion,
    ]
}

/// Finds a workload by its name.
pub fn by_name(name: &str) -> Option<&'static dyn Workload> {
    all().iter().copied().find(|w| w.name() == name)
}
