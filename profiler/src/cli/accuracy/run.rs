//! `profiler accuracy run`: runs a suite, shows how far it is, and writes its reports.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use bench_fixtures::catalogue::{self, Entry};
use profiler::accuracy::{Journal, Plan, Progress, Results, Subject, Suite, Verdict, report};

use super::super::numbers::elapsed;
use super::super::options::number;
use super::super::output_file::OutputFile;
use super::super::progress::Progress as Line;
use super::super::refusal::{Hinted, Refusal};
use super::super::signals::Signals;
use super::super::streams;
use super::args::RunArgs;
use super::subject;

/// How Unix says that Ctrl-C ended a program.
const INTERRUPTED: u8 = 130;

/// Runs the suite.
pub fn run(args: &RunArgs) -> Result<ExitCode> {
    let suite = suite(args)?;
    let outputs = Outputs::prepare(args)?;
    let mut journal = journal(args.json.as_deref(), &suite)?;
    let signals = Signals::catch()?;
    let line = Line::new(!args.quiet);
    let started = Instant::now();
    let results = suite.run(&mut journal, |progress| {
        line.say(&describe(progress, started.elapsed()));
        !signals.was_asked()
    })?;
    drop(line);
    let Some(results) = results else {
        let kept = if args.json.is_some() {
            "; the same command goes on from here"
        } else {
            ""
        };
        streams::tell(format_args!(
            "interrupted after {} runs{kept}",
            journal.len()
        ));
        return Ok(ExitCode::from(INTERRUPTED));
    };
    outputs.write(&results)?;
    journal
        .remove()
        .context("cannot remove what was kept of the runs")?;
    let is_to_stdout = [&args.json, &args.html, &args.junit, &args.markdown]
        .into_iter()
        .flatten()
        .any(|path| path == Path::new("-"));
    if !args.quiet && !is_to_stdout {
        streams::print(&report::text(&results))?;
    }
    let is_bad = [Verdict::Fail, Verdict::Broken]
        .into_iter()
        .any(|verdict| results.count(verdict) > 0);
    Ok(ExitCode::from(u8::from(is_bad)))
}

fn suite(args: &RunArgs) -> Result<Suite> {
    let subjects = if args.subject.is_empty() {
        Subject::built_in()
    } else {
        let mut subjects = Vec::new();
        for text in &args.subject {
            subjects.extend(subject(text)?);
        }
        subjects
    };
    let within = |option: &'static str, text: &str, range: std::ops::RangeInclusive<u32>| {
        let rule = format!(
            "it has to be a whole number from {} to {}",
            range.start(),
            range.end()
        );
        let value: u32 = number(option, text, &rule)?;
        if !range.contains(&value) {
            bail!(Refusal::new(option, text, rule));
        }
        Ok(value)
    };
    let rule = "it has to be a number from 0.05 to 600, in CPU seconds";
    let seconds: f64 = number("--seconds", &args.seconds, rule)?;
    if !(0.05..=600.0).contains(&seconds) {
        bail!(Refusal::new("--seconds", &args.seconds, rule));
    }
    Ok(Suite {
        subjects,
        entries: entries(&args.workload)?,
        plan: Plan {
            rate_hz: within("--rate", &args.rate, 1..=10_000)?,
            n_repeats: within("--repeats", &args.repeats, 1..=1_000)?,
            seconds,
            seed: number(
                "--seed",
                &args.seed,
                "it has to be a whole number from 0 to 2^64 - 1",
            )?,
            level: level(&args.level)?,
        },
        program: env::current_exe().context("cannot find this program")?,
        rust: args.rust.clone(),
        python: args.python.clone(),
    })
}

/// Reads the probability of a false alarm.
pub fn level(text: &str) -> Result<f64> {
    let rule = "it has to be a probability above 0 and up to 0.5";
    let level: f64 = number("--level", text, rule)?;
    if level > 0.0 && level <= 0.5 {
        Ok(level)
    } else {
        bail!(Refusal::new("--level", text, rule))
    }
}

fn entries(wanted: &[String]) -> Result<Vec<Entry>> {
    let all = catalogue::all();
    let is_named = |entry: &Entry, name: &str| {
        name == entry.name || name == format!("{}/{}", entry.language, entry.name)
    };
    for name in wanted {
        if !all.iter().any(|entry| is_named(entry, name)) {
            bail!(Hinted::new(
                format!("there is no workload `{name}`"),
                "`profiler accuracy list` names them"
            ));
        }
    }
    let is_wanted =
        |entry: &Entry| wanted.is_empty() || wanted.iter().any(|name| is_named(entry, name));
    Ok(all.into_iter().filter(is_wanted).collect())
}

/// The journal lies beside the JSON, which is where the next command will look.
fn journal(json: Option<&Path>, suite: &Suite) -> Result<Journal> {
    let Some(path) = json.filter(|path| *path != Path::new("-")) else {
        return Ok(Journal::in_memory());
    };
    let mut name = OsString::from(path);
    name.push(".partial");
    let path = PathBuf::from(name);
    Journal::open(&path, &suite.identity())
        .with_context(|| format!("cannot keep the runs in {}", path.display()))
}

fn describe(progress: &Progress, passed: Duration) -> String {
    let run = progress.done.saturating_sub(progress.known);
    let left = if run == 0 {
        String::new()
    } else {
        let each = passed.as_secs_f64() / run as f64;
        let left = Duration::from_secs_f64(each * (progress.total - progress.done) as f64);
        format!(", {} left", elapsed(left))
    };
    format!(
        "{} of {}{left}: {}",
        progress.done + 1,
        progress.total,
        progress.now
    )
}

/// The files to write, each known to be writable before the work begins.
struct Outputs {
    json: Option<OutputFile>,
    html: Option<OutputFile>,
    junit: Option<OutputFile>,
    markdown: Option<OutputFile>,
}

impl Outputs {
    fn prepare(args: &RunArgs) -> Result<Self> {
        let prepare = |path: &Option<PathBuf>| path.as_deref().map(OutputFile::prepare).transpose();
        Ok(Self {
            json: prepare(&args.json)?,
            html: prepare(&args.html)?,
            junit: prepare(&args.junit)?,
            markdown: prepare(&args.markdown)?,
        })
    }

    fn write(self, results: &Results) -> Result<()> {
        let json = |results| serde_json::to_string_pretty(results).map(|text| text + "\n");
        if let Some(file) = self.json {
            file.write(json(results)?.as_bytes())?;
        }
        if let Some(file) = self.html {
            file.write(report::html(results).as_bytes())?;
        }
        if let Some(file) = self.junit {
            file.write(report::junit(results)?.as_bytes())?;
        }
        if let Some(file) = self.markdown {
            file.write(report::markdown(results).as_bytes())?;
        }
        Ok(())
    }
}
