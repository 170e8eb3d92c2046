//! How to sample.

use crate::error::{Error, Result};
use crate::recorder::PythonFrames;

/// How often, how deep and by which means to sample.
///
/// ```
/// let mut options = profiler::Options::new();
/// options.rate_hz = 997.0;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// Mean number of samples per second of each thread's CPU time. Default: 199.
    /// At least 0.1, at most 5000.
    pub rate_hz: f64,
    /// Seed of the intervals between samples. Default: 1.
    pub seed: u64,
    /// The number of physical frames at which a stack is cut, keeping its leaf side;
    /// at least 1, at most 65,536. Default: 1024.
    pub max_depth: usize,
    /// The most memory that the sampler takes while it runs, in bytes, beside the unwind
    /// tables of the program and its libraries; at least 4 MiB. Default: 64 MiB. Three
    /// quarters go to threads that run at the same time (each takes 384 KiB, and 192 KiB
    /// when a quarter is used up; more threads than that are not sampled), one quarter to
    /// distinct stacks and to the names of threads that have ended (further ones are added
    /// up under `[memory limit]`).
    pub max_memory: usize,
    /// The most that sampling may cost, as a part of the program's CPU time: 0.01 is 1 %;
    /// from 0.0001 to 1. Default: `None`, which is whatever the rate costs.
    ///
    /// The cost is measured while the program runs: the handler, the kernel's
    /// interruptions, and the thread that collects samples. Where it is more, the rate is
    /// halved, once or several times, and stays so; samples that were taken before are
    /// thinned to the lower rate, so that all weigh the same. The result says so in
    /// [`Quality::rate_lowered_to_hz`](crate::Quality::rate_lowered_to_hz). What it costs
    /// to start and to name functions at the end is not counted.
    pub max_overhead: Option<f64>,
    /// What interrupts the threads. Default: [`Trigger::Auto`].
    pub trigger: Trigger,
    /// How intervals are drawn. Default: [`Intervals::Random`].
    pub intervals: Intervals,
    /// What is shown of threads that run CPython, in whose process this is: an extension
    /// module, or a program with Python in it. Default: [`PythonFrames::Off`].
    ///
    /// With [`PythonFrames::Joined`] one stack reads from Python's frames through those of
    /// an extension to the system's. Where the interpreter is not one of 3.8 to 3.13 that
    /// is an error.
    pub python: PythonFrames,
    /// Whether only those samples count that find their thread with the interpreter's
    /// lock; only with Python's frames. Default: no.
    pub gil: bool,
}

/// What interrupts the sampled threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Trigger {
    /// The perf event where it is permitted, else the timer.
    #[default]
    Auto,
    /// The kernel's cpu-clock perf event, the time in system calls included. Needs
    /// `perf_event_paranoid` of 1 or less, or CAP_PERFMON. It is told by SIGTRAP, of which
    /// no system call takes notice; before Linux 5.13 as by [`Trigger::PerfSignal`].
    PerfEvent,
    /// The same event, told by a real-time signal, which leaves SIGTRAP to a debugger. A
    /// sample that falls into the beginning of a system call can end it early, as the
    /// next says, in a busy program one such call of ten.
    PerfSignal,
    /// Monotonic timers, which need no permission. A thread that sleeps is woken at
    /// the sampling rate, and where it runs only for moments between sleeps, samples
    /// lean towards the call that it sleeps in.
    ///
    /// System calls that wait go on after a sample, but for those that no signal lets go
    /// on (signal(7)): sleeps, `poll`, `select`, `epoll_wait`, `sigtimedwait`, `semop`,
    /// `msgrcv`, `io_getevents`, and waiting with a timeout for a semaphore or a socket fail
    /// with `EINTR`, and a `write` or `send` that has to wait half-way may return what it
    /// has written. The standard library's `sleep`, `read_exact` and `write_all` repeat such
    /// calls.
    Timer,
}

/// How the time between samples is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Intervals {
    /// At random, so that shares are right whatever rhythm the program has.
    #[default]
    Random,
    /// All the same. Only to show what goes wrong: a program in step with it gets a
    /// wrong profile.
    Fixed,
}

impl Options {
    /// Returns the defaults.
    pub const fn new() -> Self {
        Self {
            rate_hz: 199.0,
            seed: 1,
            max_depth: 1024,
            max_memory: 64 << 20,
            max_overhead: None,
            trigger: Trigger::Auto,
            intervals: Intervals::Random,
            python: PythonFrames::Off,
            gil: false,
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        let bad = |option, value: String, allowed| {
            Err(Error::BadOption {
                option,
                value,
                allowed,
            })
        };
        if !(0.1..=5000.0).contains(&self.rate_hz) {
            return bad("rate_hz", self.rate_hz.to_string(), "from 0.1 to 5000");
        }
        if !(1..=65_536).contains(&self.max_depth) {
            return bad("max_depth", self.max_depth.to_string(), "from 1 to 65536");
        }
        if self.max_memory < 4 << 20 {
            return bad(
                "max_memory",
                self.max_memory.to_string(),
                "at least 4194304 (4 MiB)",
            );
        }
        if let Some(part) = self.max_overhead
            && !(0.0001..=1.0).contains(&part)
        {
            return bad("max_overhead", part.to_string(), "from 0.0001 to 1");
        }
        Ok(())
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
