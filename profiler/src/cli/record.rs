//! `profiler record`: a recording from its start to the files that it becomes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use profiler::format::WriteOptions;
use profiler::{Profile, State, Weight};
use rustix::process::Signal;

use super::args::RecordArgs;
use super::dump::is_stopped;
use super::numbers::share;
use super::options::Target;
use super::output::DEFAULT_OUTPUT;
use super::progress::Progress;
use super::push::Pusher;
use super::refusal::Hinted;
use super::session::{Session, Streams, exit_code};
use super::signals::{self, Signals};
use super::verdict::{cost, nothing, verdict};
use super::{spool, streams};

/// How often signals and the progress line are looked after.
const STEP: Duration = Duration::from_millis(100);

/// Records and writes.
pub fn run(args: &RecordArgs) -> Result<ExitCode> {
    let target = args.target.parse()?;
    let mut options = args.sampling.parse()?;
    let duration = args.duration()?;
    let default_output = (!args.push.is_wanted()).then_some(DEFAULT_OUTPUT);
    let outputs = args.output.prepare(default_output)?;
    options.timeline = outputs.want_times();
    if !args.no_spool && !outputs.is_empty() {
        options.spool = Some(spool::beside(
            outputs.first_file().unwrap_or(Path::new("profile")),
        ));
    }
    let spool = options.spool.clone();
    let mut write_options = WriteOptions::new();
    write_options.title = args.output.title_or(|| target.title());
    write_options.started_at = Some(now());

    let max_overhead = options.max_overhead;
    let mut pusher = args.push.start(|| target.program())?;
    let signals = Signals::catch()?;
    let mut session = Session::start(&target, options, Streams::Ours)?;
    // A command has the terminal for itself, to write to it as it always does.
    let progress = Progress::new(!args.quiet && !session.is_ours());
    let end = watch(&mut session, &signals, &progress, &mut pusher, duration)?;
    if end == End::Duration {
        session.send(Signal::TERM);
    }
    signals.let_go();
    if let Some(pusher) = pusher {
        progress.say("sending the last profile");
        pusher.finish(&mut session.recording, args.quiet)?;
    }
    if outputs.is_empty() {
        return Ok(exit_code_of(end));
    }
    progress.say("looking up names");
    let profile = session.recording.finish()?;
    drop(progress);

    let written = if profile.total() == Weight::default() {
        Err(nothing_sampled(&profile, &target))
    } else {
        outputs.write(&profile, &write_options, args.output.threads)
    };
    // What could not be written can still be recovered.
    let is_needed = written.is_err() && profile.total() > Weight::default();
    if let Some(spool) = spool {
        if is_needed {
            streams::tell(format_args!(
                "The recording is kept: profiler recover {} --output FILE",
                spool.display()
            ));
        } else {
            let _ = fs::remove_file(spool);
        }
    }
    let written = written?;
    if !args.quiet {
        tell_result(&profile, max_overhead, &written);
    }
    Ok(exit_code_of(end))
}

fn exit_code_of(end: End) -> ExitCode {
    match end {
        End::Target(Some(status)) => exit_code(status),
        _ => ExitCode::SUCCESS,
    }
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// What was recorded has ended, with its status if it was our command.
    Target(Option<ExitStatus>),
    /// The time is up.
    Duration,
    /// Somebody asked for it.
    Asked,
}

/// Records until the end of the process or of the time, or until it is asked to end.
fn watch(
    session: &mut Session,
    signals: &Signals,
    progress: &Progress,
    pusher: &mut Option<Pusher>,
    duration: Option<Duration>,
) -> Result<End> {
    let start = Instant::now();
    let mut is_asked = false;
    loop {
        if let Some(signal) = signals.take() {
            if !session.is_ours() {
                return Ok(End::Asked);
            }
            if is_asked {
                session.send(Signal::TERM);
                return Ok(End::Asked);
            }
            is_asked = true;
            if signal != Signal::INT || !signals::terminal_signals_children() {
                session.send(signal);
            }
        }
        let passed = start.elapsed();
        let left = duration.map(|duration| duration.saturating_sub(passed));
        if left == Some(Duration::ZERO) {
            return Ok(End::Duration);
        }
        let step = left.map_or(STEP, |left| left.min(STEP));
        if let State::Ended(status) = session.recording.advance(step)? {
            return Ok(End::Target(status));
        }
        if let Some(pusher) = pusher {
            pusher.work(&mut session.recording)?;
        }
        progress.update(&session.recording.quality(), start.elapsed(), duration);
    }
}

fn nothing_sampled(profile: &Profile, target: &Target) -> anyhow::Error {
    let hint = match *target {
        Target::Process(pid) if is_stopped(pid) => {
            format!("the process is stopped: `kill -CONT {pid}` lets it go on")
        }
        _ => nothing(profile.quality()),
    };
    Hinted::new("nothing was sampled, so there is nothing to write", hint).into()
}

/// Says how good the profile is, what is in it, and where it is.
pub fn tell_result(profile: &Profile, max_overhead: Option<f64>, written: &[PathBuf]) {
    streams::tell_text(&verdict(profile));
    if let Some(cost) = cost(profile.quality(), max_overhead) {
        streams::tell_text(&cost);
    }
    for function in profile.functions().iter().take(3) {
        streams::tell(format_args!(
            "{:>12} % self  {}",
            share(function.self_share),
            function.name
        ));
    }
    for path in written.iter().filter(|path| *path != Path::new("-")) {
        streams::tell(format_args!("Wrote {}", path.display()));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a recording was made at a time, which some formats state; no result depends on it"
)]
fn now() -> SystemTime {
    SystemTime::now()
}
