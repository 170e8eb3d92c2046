//! `profiler top`: where a process spends its time, while it does.
//!
//! The model is a function of profiles and keys, the view a function of the model; only
//! this file knows the time, the process and the terminal.

mod model;
mod plain;
mod screen;
#[cfg(test)]
mod tests;
mod view;

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek};
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use profiler::{Profile, State};
use rustix::process::Signal;

use super::args::TopArgs;
use super::record;
use super::session::{Session, Streams};
use super::signals::Signals;
use super::streams;
use model::{Effect, Model};
use screen::Screen;

/// How long a key waits at most.
const STEP: Duration = Duration::from_millis(50);

/// Watches until the end.
pub fn run(args: &TopArgs) -> Result<ExitCode> {
    let target = args.target.parse()?;
    let options = args.sampling.parse()?;
    let max_overhead = options.max_overhead;
    let (interval, duration) = (args.interval()?, args.duration()?);
    let signals = Signals::catch()?;
    let errors = tempfile::tempfile().context("cannot keep what the command says of errors")?;
    let output = Streams::Hidden(errors.try_clone().context("cannot share a file")?);
    let mut session = Session::start(&target, options, output)?;
    let model = Model::new(target.title(), interval);
    let mut watch = Watch {
        session: &mut session,
        signals: &signals,
        model,
        interval,
        duration,
    };
    let status = if io::stdout().is_terminal() {
        watch.on_screen()?
    } else {
        watch.in_a_pipe()?
    };
    let model = watch.model;
    session.send(Signal::TERM);
    if status.is_some_and(|status| !status.success()) {
        show_errors(errors)?;
    }
    record::tell_result(model.overall(), max_overhead, &[]);
    Ok(ExitCode::SUCCESS)
}

struct Watch<'a> {
    session: &'a mut Session,
    signals: &'a Signals,
    model: Model,
    interval: Duration,
    duration: Option<Duration>,
}

impl Watch<'_> {
    fn on_screen(&mut self) -> Result<Option<ExitStatus>> {
        let mut screen = Screen::open()?;
        let start = Instant::now();
        let mut looked = start;
        loop {
            screen.draw(&self.model)?;
            let state = self.session.recording.advance(STEP)?;
            let is_over = self.is_over(state, start);
            if is_over || looked.elapsed() >= self.interval {
                looked = Instant::now();
                self.look(start)?;
            }
            if let State::Ended(status) = state {
                return Ok(status);
            }
            if is_over
                || screen::keys()?
                    .into_iter()
                    .any(|key| self.model.press(key) == Effect::Quit)
            {
                return Ok(None);
            }
        }
    }

    fn in_a_pipe(&mut self) -> Result<Option<ExitStatus>> {
        let start = Instant::now();
        loop {
            let looked = Instant::now();
            let mut state = State::Running;
            while state == State::Running
                && looked.elapsed() < self.interval
                && !self.is_over(state, start)
            {
                state = self.session.recording.advance(STEP)?;
            }
            self.look(start)?;
            streams::print(&plain::table(&self.model))?;
            match state {
                State::Ended(status) => return Ok(status),
                State::Running if self.is_over(state, start) => return Ok(None),
                State::Running => {}
            }
        }
    }

    /// Takes what was sampled since the last look.
    fn look(&mut self, start: Instant) -> Result<()> {
        let recording = &mut self.session.recording;
        let now = recording.take()?;
        let rate = |profile: &Profile| profile.quality().rate_lowered_to_hz;
        let overall = if rate(&now) == rate(self.model.overall()) {
            None
        } else {
            // The intervals before have more samples each than those to come.
            Some(recording.snapshot()?)
        };
        self.model.add(now, overall, start.elapsed());
        Ok(())
    }

    fn is_over(&self, state: State, start: Instant) -> bool {
        state != State::Running
            || self.signals.was_asked()
            || self
                .duration
                .is_some_and(|duration| start.elapsed() >= duration)
    }
}

/// Shows what a failed command wrote to standard error while the screen was ours.
fn show_errors(mut errors: File) -> Result<()> {
    let mut bytes = Vec::new();
    errors
        .rewind()
        .and_then(|()| errors.read_to_end(&mut bytes))
        .context("cannot read what the command said")?;
    streams::tell(String::from_utf8_lossy(&bytes).trim_end());
    Ok(())
}
