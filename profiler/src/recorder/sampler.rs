//! What looks at the processes: perf events, or stops where those are forbidden.

use super::options::{Backend, RecordOptions};
use super::processes::Processes;
use super::processors::Processors;
use super::stops::Stops;
use crate::error::{Error, Result};
use crate::profile::Source;

/// What looks at the processes.
pub(super) enum Sampler {
    Processors(Processors),
    Stops(Stops),
}

impl Sampler {
    /// Starts the best of what is permitted, or what the options name.
    pub(super) fn start(options: &RecordOptions) -> Result<Self> {
        let stops = || Self::Stops(Stops::new(options.rate_hz, options.mode, options.seed));
        if options.backend == Backend::Ptrace {
            return Ok(stops());
        }
        match Processors::start(options) {
            Ok(processors) => Ok(Self::Processors(processors)),
            Err(Error::Forbidden { .. }) if options.backend == Backend::Auto => Ok(stops()),
            Err(error) => Err(error),
        }
    }

    /// Names it.
    pub(super) fn source(&self) -> Source {
        match self {
            Self::Processors(_) => Source::Processors,
            Self::Stops(_) => Source::Ptrace,
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
        }
    }

    /// Returns the moment at which there is something to do.
    pub(super) fn due(&self) -> u64 {
        match self {
            Self::Processors(processors) => processors.due(),
            Self::Stops(stops) => stops.due(),
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
        }
    }

    /// Ends it, and takes in all that is left.
    pub(super) fn finish(&mut self, processes: &mut Processes) {
        if let Self::Processors(processors) = self {
            processors.finish(processes);
        }
    }
}
