//! Programs whose profile is known in advance.
//!
//! A profiler is judged by what it says of a program whose answer is already
//! known. Each workload here spends its time in a few named functions and
//! measures, with each thread's own CPU clock, how much each one got. That
//! measurement is the truth; a profiler's share is right as far as it agrees.
//!
//! The clock is read between phases, never inside one. A read is a system call of
//! 0.5 to 0.8 us, which a sample may hit and which belongs to no function. Reads are
//! some milliseconds apart, so that no share is off by more than a few hundredths of a
//! percentage point; in the worst case, four reads in a period of one millisecond, the
//! bound is about a tenth, and twice that on a busy machine. `bracket.rs` derives the
//! bound, and each report states its own.
//!
//! There is a second truth, which needs no clock: with a [`Slow`] one function does its
//! units so many times, and its share must move by what that foretells.
//!
//! Every function does a different computation, because a linker may fold equal
//! ones into one symbol, and is never inlined, because then its name would be gone;
//! where inlining is the subject, it is always inlined.
//!
//! What is measured is the total of each function, with all that it calls. No two
//! functions of a truth are ever on the same stack. The little that no function did,
//! such as starting threads, is in no share; a profiler's shares are therefore to be
//! taken of the samples that have one of the functions in their stack, and the others
//! are to be counted.

mod allocation_storm;
mod amount;
mod bracket;
#[cfg(has_c_compiler)]
mod dlopen;
mod eager_formatting;
mod folder_check;
mod foreign;
mod fork;
mod function;
mod inlined;
mod kernel;
mod libc_callers;
mod lockstep;
mod mutual_recursion;
#[cfg(has_c_compiler)]
mod no_frame_pointer;
mod pace;
mod parameter;
mod recursion;
mod report;
mod short_threads;
mod sleep;
mod split;
mod system_calls;
#[cfg(has_c_compiler)]
mod tail_calls;
mod task;
mod threads;
mod truth;
mod wrappers;

pub use allocation_storm::AllocationStorm;
pub use amount::Amount;
pub use bracket::Bracket;
#[cfg(has_c_compiler)]
pub use dlopen::Dlopen;
pub use eager_formatting::EagerFormatting;
pub use folder_check::FolderCheck;
pub use fork::Fork;
pub use inlined::Inlined;
pub use libc_callers::LibcCallers;
pub use lockstep::Lockstep;
pub use mutual_recursion::MutualRecursion;
#[cfg(has_c_compiler)]
pub use no_frame_pointer::NoFramePointer;
pub use parameter::Parameter;
pub use recursion::Recursion;
pub use report::Report;
pub use short_threads::ShortThreads;
pub use sleep::Sleep;
pub use split::Split;
pub use system_calls::SystemCalls;
#[cfg(has_c_compiler)]
pub use tail_calls::TailCalls;
pub use task::{Slow, Task};
pub use threads::Threads;
pub use truth::{FunctionTime, ThreadTime, Truth};
pub use wrappers::Wrappers;

use crate::catalogue::Entry;
use std::time::Duration;

/// Runs a program and states what each of its functions truly cost.
pub trait Workload: Sync {
    /// Says what the workload is and what it asks of a profiler.
    fn entry(&self) -> Entry;

    /// Name on the command line.
    fn name(&self) -> &'static str {
        self.entry().name
    }

    /// Does so much on the calling thread, and on threads that it starts and joins,
    /// and returns the truth.
    ///
    /// How long each phase really took is measured and differs from run to run.
    fn run_task(&self, task: &Task) -> Truth;

    /// Works for about `cpu_time`; otherwise like [`Workload::run_task`].
    fn run(&self, cpu_time: Duration, seed: u64) -> Truth {
        self.run_task(&Task::new(Amount::CpuTime(cpu_time), seed))
    }

    /// The same with one parameter changed; `None` where it has no meaning here.
    fn with(&self, _parameter: &Parameter) -> Option<Box<dyn Workload>> {
        None
    }
}

/// Lists all workloads; those in C only where the build found a C compiler.
pub fn all() -> &'static [&'static dyn Workload] {
    &[
        &Split::CLASSIC,
        &Lockstep::EVERY_1000_US,
        &Lockstep::EVERY_10000_US,
        &LibcCallers,
        &Recursion::DEEP_250,
        &Recursion::DEEP_1000,
        &MutualRecursion::DEEP_200,
        &Threads::TWO,
        &Threads::EIGHT,
        &ShortThreads,
        &Fork,
        &Sleep,
        &Inlined,
        &Wrappers,
        &AllocationStorm,
        &EagerFormatting,
        &FolderCheck,
        &SystemCalls,
        #[cfg(has_c_compiler)]
        &NoFramePointer,
        #[cfg(has_c_compiler)]
        &Dlopen,
        #[cfg(has_c_compiler)]
        &TailCalls,
    ]
}

/// Finds a workload by its name.
pub fn by_name(name: &str) -> Option<&'static dyn Workload> {
    all().iter().copied().find(|w| w.name() == name)
}
