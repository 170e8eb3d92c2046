//! One run of one workload under one profiler.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use bench_fixtures::catalogue::{Entry, Language};

use super::broken::{Broken, BrokenKind};
use super::process::{Ended, Process};
use super::programs::Programs;
use super::samply_profile;
use super::subject::{Counting, Placeholders, Reading, Subject, SubjectClock, fill_in};
use super::truth::Truth;
use crate::format;
use crate::profile::{Profile, WeightUnit};

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Task<'a> {
    /// The workload.
    pub entry: &'a Entry,
    /// How much of it.
    pub amount: Amount,
    /// Samples asked for, per second.
    pub rate_hz: u32,
    /// Seed of the workload, and of the sampling where that has one.
    pub seed: u64,
    /// A function to slow down, and by what factor.
    pub slow: Option<(&'static str, f64)>,
    /// When to give up.
    pub timeout: Duration,
}

/// How much of a workload is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// CPU time, in seconds.
    Seconds(f64),
    /// Units of work of some 8 ms, the same instructions in every run.
    Work(u64),
}

/// What a run gave, and what it took.
#[derive(Debug)]
pub struct Outcome {
    /// What the workload says of itself.
    pub truth: Truth,
    /// What the profiler says of it; `None` for a run without one.
    pub profile: Option<Profile>,
    /// How many independent observations the profile is made of, where it does not
    /// tell itself.
    pub n: Option<f64>,
    /// CPU seconds of the profiler until its profile was there.
    pub own_cpu_seconds: f64,
    /// The most memory that the profiler had resident, in bytes.
    pub max_rss: u64,
}

impl Task<'_> {
    /// The arguments of the workload.
    pub fn args(&self) -> Vec<String> {
        let mut args = vec![self.entry.name.to_owned()];
        match self.amount {
            Amount::Seconds(seconds) => args.extend(["--seconds".to_owned(), seconds.to_string()]),
            Amount::Work(n_units) => args.extend(["--work".to_owned(), n_units.to_string()]),
        }
        args.extend(["--seed".to_owned(), self.seed.to_string()]);
        if let Some((function, factor)) = self.slow {
            args.extend(["--slow".to_owned(), format!("{function}={factor}")]);
        }
        args
    }

    /// About how long it runs, in seconds.
    pub fn seconds(&self) -> f64 {
        match self.amount {
            Amount::Seconds(seconds) => seconds,
            Amount::Work(n_units) => n_units as f64 * SECONDS_PER_UNIT,
        }
    }
}

/// What a unit of work takes, about.
pub const SECONDS_PER_UNIT: f64 = 0.008;

/// Runs the workload alone: inside this very program, where the subjects beside it run it
/// inside themselves, or as it is.
///
/// # Errors
///
/// When it fails.
pub fn run_bare(is_in_process: bool, programs: &Programs, task: &Task) -> Result<Truth, Broken> {
    let words = if is_in_process {
        programs.inside()
    } else {
        program(programs, task.entry.language)?
    };
    let ended = Process::run(command(&words).args(task.args()), task.timeout);
    Truth::find_in(&ended.map_err(|broken| of_target(&broken))?.stdout)
}

/// Runs the workload under the subject. `folder` is an empty folder for what it writes.
///
/// # Errors
///
/// When one of the two fails, or what the subject writes is not a profile.
pub fn run(
    subject: &Subject,
    programs: &Programs,
    task: &Task,
    folder: &Path,
) -> Result<Outcome, Broken> {
    let out = folder.join("profile");
    let mut with = placeholders(programs, task, folder, &out)?;
    let mut outcome = if subject.attaches() {
        attached(subject, task, &mut with)?
    } else {
        launched(subject, task, &with)?
    };
    let mut bytes = fs::read(&out)
        .map_err(|error| Broken::new(BrokenKind::NoOutput, format!("{}: {error}", subject.name)))?;
    if let Some(after) = &subject.after {
        let ended = Process::run(&mut command(&fill_in(after, &with)), task.timeout)?;
        outcome.own_cpu_seconds += ended.cpu_seconds;
        outcome.max_rss = outcome.max_rss.max(ended.max_rss);
        bytes = ended.stdout.into_bytes();
    }
    let profile = read(subject, &bytes)?;
    outcome.n = n_observations(subject, task, &profile);
    outcome.profile = Some(profile);
    Ok(outcome)
}

fn placeholders(
    programs: &Programs,
    task: &Task,
    folder: &Path,
    out: &Path,
) -> Result<Placeholders, Broken> {
    let mut words = program(programs, task.entry.language)?;
    words.extend(task.args());
    Ok(Placeholders {
        command: words,
        args: task.args(),
        values: BTreeMap::from([
            ("rate", task.rate_hz.to_string()),
            ("interval_us", (1_000_000 / task.rate_hz).to_string()),
            ("duration", (task.seconds() * 3.0).ceil().to_string()),
            ("seed", task.seed.to_string()),
            ("out", out.display().to_string()),
            ("folder", folder.display().to_string()),
            ("tools", programs.tools().display().to_string()),
            ("python", programs.python().to_owned()),
            ("self", programs.us().display().to_string()),
        ]),
    })
}

/// Runs a profiler that starts the workload and waits for it; its own CPU time is what
/// the two took less what the workload reports of itself.
fn launched(subject: &Subject, task: &Task, with: &Placeholders) -> Result<Outcome, Broken> {
    let words = fill_in(&subject.command, with);
    let ended = Process::run(&mut command(&words), task.timeout)?;
    let truth = Truth::find_in(&ended.stdout)?;
    Ok(Outcome {
        own_cpu_seconds: (ended.cpu_seconds
            - truth.start_cpu_seconds
            - truth.functions_cpu_seconds())
        .max(0.0),
        max_rss: ended.max_rss,
        truth,
        profile: None,
        n: None,
    })
}

/// Starts the workload, has a profiler attach to it, and lets it go.
fn attached(subject: &Subject, task: &Task, with: &mut Placeholders) -> Result<Outcome, Broken> {
    let failed = |detail: String| Broken::new(BrokenKind::TargetFailed, detail);
    let mut target = Process::start(command(&with.command).arg("--wait"), task.timeout)
        .map_err(|broken| of_target(&broken))?;
    let stderr = target.child().stderr.take();
    let mut ready = String::new();
    let read = stderr.map(|stderr| BufReader::new(stderr).read_line(&mut ready));
    if ready != "ready\n" {
        return Err(failed(format!("it did not get ready: {ready}{read:?}")));
    }
    with.values.insert("pid", target.id().to_string());
    let profiler = command(&fill_in(&subject.command, with));
    let profiler = Process::start(&mut { profiler }, task.timeout)?;
    // No peer tells when it has attached.
    thread::sleep(Duration::from_secs_f64(subject.seconds_to_attach));
    if let Some(mut stdin) = target.child().stdin.take() {
        // Where it has gone, its end says more.
        let _ = stdin.write_all(b"go\n");
    }
    // Both streams of the profiler are read while the workload runs.
    let watch = thread::spawn(move || profiler.end());
    let target = target
        .end()
        .and_then(Ended::success)
        .map_err(|broken| of_target(&broken));
    let ended = watch
        .join()
        .expect("watching a process does not panic")?
        .success()?;
    Ok(Outcome {
        truth: Truth::find_in(&target?.stdout)?,
        profile: None,
        n: None,
        own_cpu_seconds: ended.cpu_seconds,
        max_rss: ended.max_rss,
    })
}

/// Reads what a subject wrote.
fn read(subject: &Subject, bytes: &[u8]) -> Result<Profile, Broken> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let detail = format!("{} wrote an empty file", subject.name);
        return Err(Broken::new(BrokenKind::EmptyOutput, detail));
    }
    let profile = match subject.format {
        Reading::Auto => format::read(bytes, None),
        Reading::Samply => samply_profile::read(bytes),
        Reading::Folded => {
            let text = String::from_utf8_lossy(bytes);
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            let folded: String = lines.flat_map(|line| [line, "\n"]).collect();
            format::folded::read(folded.as_bytes())
        }
    };
    let profile =
        profile.map_err(|error| Broken::new(BrokenKind::UnreadableOutput, error.to_string()))?;
    Ok(without_ignored(subject, profile.by_function()))
}

/// Leaves out the stacks of the functions that a subject's description names.
fn without_ignored(subject: &Subject, profile: Profile) -> Profile {
    let is_ignored = |stack: &[&str]| {
        stack
            .iter()
            .any(|name| subject.ignores(&subject.name_of(name)))
    };
    if !profile.stacks().any(|(stack, _)| is_ignored(&stack)) {
        return profile;
    }
    let mut kept = Profile::with_unit(profile.unit());
    for (stack, weight) in profile.stacks() {
        if !is_ignored(&stack) {
            kept.add("", stack, weight);
        }
    }
    kept
}

/// How many samples the weights were, where they are not samples themselves.
fn n_observations(subject: &Subject, task: &Task, profile: &Profile) -> Option<f64> {
    let total = profile.total().as_units() as f64;
    let seconds = match (subject.weight, profile.unit()) {
        (Counting::Exact, _) => return Some(EXACT),
        (Counting::Microseconds, _) => total / 1e6,
        (Counting::Samples, WeightUnit::Nanoseconds) => total / 1e9,
        (Counting::Samples, _) => return None,
    };
    Some(seconds * f64::from(task.rate_hz))
}

/// As many observations as leave no sampling error worth the name.
const EXACT: f64 = 1e9;

impl Truth {
    /// The share of a function by the clock that a subject goes by.
    pub fn share_by(&self, at: usize, clock: SubjectClock) -> f64 {
        match clock {
            SubjectClock::Cpu => self.functions[at].share,
            SubjectClock::Wall => self.functions[at].wall_share,
        }
    }
}

fn program(programs: &Programs, language: Language) -> Result<Vec<String>, Broken> {
    let found = programs.command(language);
    found.map_err(|reason| Broken::new(BrokenKind::TargetFailed, reason))
}

pub(super) fn command(words: &[String]) -> Command {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    command
}

fn of_target(broken: &Broken) -> Broken {
    Broken::new(BrokenKind::TargetFailed, broken.detail.clone())
}
