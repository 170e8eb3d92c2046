//! The crate's one public error type.
//!
//! A partial result is not an error: lost, late, truncated and unreadable
//! samples are counted in [`Quality`](crate::Quality) and travel with the profile.

use std::io;
use std::path::PathBuf;

/// Says what could not be done, to what, and what helps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A sampler is already running in this process.
    #[error("a sampler is already running in this process; stop its session first")]
    AlreadyRunning,

    /// The platform is not one that the sampler is built for.
    #[error("sampling works on Linux on x86-64 only; this is {os} on {arch}")]
    Unsupported {
        /// The operating system of this build.
        os: &'static str,
        /// The processor architecture of this build.
        arch: &'static str,
    },

    /// An option has a value that makes no sense.
    #[error("option `{option}` is {value}, but must be {allowed}")]
    BadOption {
        /// The field of [`Options`](crate::Options).
        option: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be set to.
        allowed: &'static str,
    },

    /// Every real-time signal has a handler already.
    #[error("all real-time signals are taken; free one of SIGRTMIN to SIGRTMAX")]
    NoFreeSignal,

    /// The system refused a step of setting up or tearing down.
    #[error("could not {action}")]
    System {
        /// What was being done.
        action: &'static str,
        /// What the system answered.
        #[source]
        source: io::Error,
    },

    /// There is no process of that number.
    #[error("there is no process {pid}; `ps -e` lists those that there are")]
    NoSuchProcess {
        /// The number asked for.
        pid: u32,
    },

    /// A process is listed, but there is nothing in it to look at.
    #[error("process {pid} {what}; {hint}")]
    NoProgram {
        /// The number asked for.
        pid: u32,
        /// What it is instead of a running program.
        what: &'static str,
        /// What to do.
        hint: String,
    },

    /// A process runs a Python whose frames cannot be read.
    #[error(
        "process {pid} runs Python {version}; frames of CPython 3.8 to 3.13 can be read, of \
         others only native ones"
    )]
    UnknownPython {
        /// The process.
        pid: u32,
        /// Its version, and what else is special about it.
        version: String,
    },

    /// This process runs no Python.
    #[error("this process runs no CPython; its frames are there only for an extension module")]
    NoPython,

    /// The system forbids it.
    #[error("may not {action}; {hint}")]
    Forbidden {
        /// What was being done.
        action: String,
        /// What to do instead.
        hint: String,
        /// What the system answered.
        #[source]
        source: io::Error,
    },

    /// The file holds no recording.
    #[error("{} is not the spool file of a recording", path.display())]
    NoSpool {
        /// The file.
        path: PathBuf,
    },

    /// A file is not what its format calls for.
    #[error("{format}, {place}: {problem}")]
    BadFile {
        /// The format that it was read as.
        format: &'static str,
        /// The line, byte or entry, in words.
        place: String,
        /// What is wrong there, and what was expected.
        problem: String,
    },

    /// A file is in none of the formats that can be read.
    #[error(
        "{problem}; profiles are read from folded stacks, pprof, `perf script`, speedscope, \
         Firefox Profiler (samply), py-spy raw and this profiler's own JSON"
    )]
    UnknownFormat {
        /// What the file looks like instead.
        problem: String,
    },

    /// A profile without samples cannot be drawn.
    #[error("the profile has no samples; run longer or at a higher rate")]
    Empty,

    /// Reading or writing failed.
    #[error("could not {action}")]
    Io {
        /// What was being read or written.
        action: &'static str,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn system(action: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::System { action, source }
    }

    pub(crate) fn io(action: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }

    /// Says at which line and column JSON ends to be what it should be.
    pub(crate) fn json(format: &'static str) -> impl Fn(serde_json::Error) -> Self {
        move |error| {
            let problem = error.to_string();
            let end = problem.rfind(" at line ").unwrap_or(problem.len());
            Self::BadFile {
                format,
                place: format!("line {}, column {}", error.line(), error.column()),
                problem: problem[..end].to_owned(),
            }
        }
    }
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;
