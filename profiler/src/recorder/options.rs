//! How to record another process.

use std::path::PathBuf;

use crate::error::{Error, Result};

/// What to record of a process, how often, and by which means.
///
/// ```
/// let mut options = profiler::RecordOptions::new();
/// options.rate_hz = 1000.0;
/// options.mode = profiler::Mode::Wall;
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own that is made or not"
)]
pub struct RecordOptions {
    /// Mean number of samples per second of each thread's time. Default: 199. At least
    /// 0.1, at most 5000.
    pub rate_hz: f64,
    /// Whose time is sampled: that on a processor, or all of it. Default:
    /// [`Mode::Cpu`].
    pub mode: Mode,
    /// Whether the processes that the process starts are recorded too. Default: no.
    pub subprocesses: bool,
    /// Seed of the intervals between samples. Default: 1.
    pub seed: u64,
    /// The part of the process's CPU time that recording may cost, from 0.0001 to 1, if it
    /// is to be kept by lowering the rate. It counts the recorder's own CPU time, by its
    /// clock, and the time that samples take of the process: that of each is measured at
    /// the start, not while recording. Samples from before the rate was lowered are thinned
    /// at random, so that all weigh the same. Default: no bound.
    pub max_overhead: Option<f64>,
    /// Memory for samples on their way, in bytes; at least 1 MiB. Default: 64 MiB.
    pub max_memory: usize,
    /// A file that is kept up to date every second while recording, from which
    /// [`recover`](crate::recover) makes the profile if the recorder is killed.
    /// Default: none.
    pub spool: Option<PathBuf>,
    /// What looks at the process. Default: [`Backend::Auto`].
    pub backend: Backend,
    /// Whether each line of a function is a frame of its own. Default: no.
    pub lines: bool,
    /// Whether the time of each sample is kept. Default: no.
    pub timeline: bool,
    /// What is shown of processes that run CPython. Default: [`PythonFrames::Only`].
    pub python: PythonFrames,
    /// Whether only those samples count that find their thread with an interpreter's lock.
    /// Default: no.
    pub gil: bool,
}

/// What is shown of the threads of a process that runs CPython 3.8 to 3.13.
///
/// Threads without Python, and processes without it, always show their native frames.
/// To read Python's frames, each thread is stopped when its sample is due, for some ten
/// microseconds, more where its stack is deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PythonFrames {
    /// The frames of Python alone.
    #[default]
    Only,
    /// The frames of Python in the place of the evaluator's, between native ones.
    Joined,
    /// Native frames alone; nothing is stopped where that can be helped.
    Off,
}

impl PythonFrames {
    #[cfg_attr(
        not(all(target_os = "linux", target_arch = "x86_64")),
        expect(dead_code, reason = "there is nothing to record")
    )]
    pub(super) fn is_joined(self) -> bool {
        self == Self::Joined
    }
}

/// What to look at when a process is dumped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DumpOptions {
    /// What is shown of a process that runs CPython. Default: [`PythonFrames::Only`].
    pub python: PythonFrames,
    /// Whether the local variables of Python's frames are read. Default: no.
    pub locals: bool,
}

impl DumpOptions {
    /// Returns the defaults.
    pub const fn new() -> Self {
        Self {
            python: PythonFrames::Only,
            locals: false,
        }
    }
}

/// Whose time is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Mode {
    /// Time on a processor: what the program computes.
    #[default]
    Cpu,
    /// All time of every thread, asleep or running: what the program waits for as well.
    Wall,
}

/// What looks at the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Backend {
    /// Perf events where they are permitted, else ptrace.
    #[default]
    Auto,
    /// The kernel's perf events, which never stop the process. They need root, CAP_PERFMON,
    /// or `perf_event_paranoid` of 0 or less.
    PerfEvent,
    /// Stopping one thread at a time for some microseconds. It needs the right to trace
    /// the process, as a debugger does. A thread stops a little after it is told to, and at
    /// the latest when it comes out of the kernel, so functions that call the system often
    /// get too large a share, at the cost of those before them.
    Ptrace,
}

impl RecordOptions {
    /// Returns the defaults.
    pub const fn new() -> Self {
        Self {
            rate_hz: 199.0,
            mode: Mode::Cpu,
            subprocesses: false,
            seed: 1,
            max_overhead: None,
            max_memory: 64 << 20,
            spool: None,
            backend: Backend::Auto,
            lines: false,
            timeline: false,
            python: PythonFrames::Only,
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
        if self.max_memory < 1 << 20 {
            return bad(
                "max_memory",
                self.max_memory.to_string(),
                "at least 1048576",
            );
        }
        match self.max_overhead {
            Some(part) if !(0.0001..=1.0).contains(&part) => {
                bad("max_overhead", part.to_string(), "from 0.0001 to 1")
            }
            _ => Ok(()),
        }
    }
}

impl Default for RecordOptions {
    fn default() -> Self {
        Self::new()
    }
}
