//! What looks at the processes: perf events, or stops where those are forbidden.

use std::process::ExitStatus;

use super::error::cannot_follow;
use super::options::{Backend, Mode, RecordOptions};
use super::processes::Processes;
use super::processors::Processors;
use super::python::Pythons;
use super::stops::Stops;
use super::tracing::Tracing;
use crate::error::{Error, Result};
use crate::profile::Source;

/// What looks at the processes.
pub(super) enum Sampler {
    Processors(Processors),
    Stops(Box<Stops>),
    Tracing(Tracing),
}

impl Sampler {
    /// Starts the best of what is permitted, or what the options name.
    pub(super) fn start(options: &RecordOptions) -> Result<Self> {
        if options.backend == Backend::Ptrace {
            return Ok(Self::stops(options, None));
        }
        match Processors::start(options) {
            Ok(processors) => Ok(Self::Processors(processors)),
            Err(Error::Forbidden { .. }) if options.backend == Backend::Auto => {
                Ok(Self::stops(options, None))
            }
            Err(error) => Err(error),
        }
    }

    /// Starts the best of what is permitted for processes that run Python.
    pub(super) fn start_python(options: &RecordOptions, processes: &Processes) -> Result<Self> {
        let pythons = || Pythons::new(processes.python_frames.clone(), options.lines);
        // Of threads that sleep, no event tells anything.
        if options.backend == Backend::Ptrace || options.mode == Mode::Wall {
            return Ok(Self::stops(options, Some(pythons())));
        }
        let pids = processes.pids();
        let first = pids.first().copied().unwrap_or_default();
        match Tracing::start(options, pids, pythons()).map_err(cannot_follow(first)) {
            Ok(tracing) => Ok(Self::Tracing(tracing)),
            Err(Error::Forbidden { .. }) if options.backend == Backend::Auto => {
                Ok(Self::stops(options, Some(pythons())))
            }
            Err(error) => Err(error),
        }
    }

    fn stops(options: &RecordOptions, pythons: Option<Pythons>) -> Self {
        let stops = Stops::new(options.rate_hz, options.mode, options.seed, pythons);
        Self::Stops(Box::new(stops))
    }

    /// Returns the CPU time of threads of its own.
    pub(super) fn own_cpu(&self) -> u64 {
        match self {
            Self::Tracing(tracing) => tracing.own_cpu(),
            Self::Processors(_) | Self::Stops(_) => 0,
        }
    }

    /// Returns how a process ended and the CPU time that it took, if nobody else is told.
    pub(super) fn ended(&self, pid: u32) -> Option<(ExitStatus, u64)> {
        match self {
            Self::Tracing(tracing) => tracing.ended(pid),
            Self::Processors(_) | Self::Stops(_) => None,
        }
    }

    /// Names it.
    pub(super) fn source(&self) -> Source {
        match self {
            Self::Processors(_) => Source::Processors,
            Self::Stops(_) => Source::Ptrace,
            Self::Tracing(_) => Source::Tracing,
        }
    }

    /// Changes the rate; what was seen at the old one has been taken in then.
    pub(super) fn set_rate(&mut self, rate_hz: f64, processes: &mut Processes) -> Result<()> {
        match self {
            Self::Processors(processors) => processors.set_rate(rate_hz, processes),
            Self::Stops(stops) => {
                stops.set_rate(rate_hz);
                Ok(())
            }
            Self::Tracing(tracing) => tracing.set_rate(rate_hz, processes),
        }
    }

    /// Returns the moment at which there is something to do.
    pub(super) fn due(&self) -> u64 {
        match self {
            Self::Processors(processors) => processors.due(),
            Self::Stops(stops) => stops.due(),
            Self::Tracing(tracing) => tracing.due(),
        }
    }

    /// Does what is due.
    pub(super) fn work(&mut self, processes: &mut Processes) -> Result<()> {
        match self {
            Self::Processors(processors) => processors.work(processes),
            Self::Stops(stops) => {
                stops.work(processes);
                Ok(())
            }
            Self::Tracing(tracing) => tracing.work(processes),
        }
    }

    /// Ends it, and takes in all that is left.
    pub(super) fn finish(&mut self, processes: &mut Processes) {
        match self {
            Self::Processors(processors) => processors.finish(processes),
            Self::Tracing(tracing) => tracing.finish(processes),
            Self::Stops(_) => {}
        }
    }
}
