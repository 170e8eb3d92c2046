//! Every subject on every workload, and the slow-down of each.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bench_fixtures::workload;
use serde::Serialize;

use crate::cli::Options;
use crate::score::Score;
use crate::slowdown::{self, Plan, Slowdown};
use crate::subject::{Amount, Language, Subject, Task};
use crate::subjects;

/// What no run may exceed: two CPU seconds on a busy machine, and perf's unwinding.
const TIMEOUT: Duration = Duration::from_mins(1);

/// All results of one run of the comparison.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// Day of the run.
    pub date: String,
    /// Processor, kernel, cores.
    pub machine: String,
    /// Samples asked for, per second, where a workload asks for no other rate.
    pub rate: u32,
    /// Pairs of runs for each slow-down.
    pub n_pairs: u32,
    /// The workloads, in order.
    pub workloads: Vec<String>,
    /// The subjects, in order.
    pub subjects: Vec<SubjectResult>,
}

/// What one subject got.
#[derive(Debug, Serialize)]
pub struct SubjectResult {
    /// Its name.
    pub name: String,
    /// Its version, or why it was left out.
    pub version: Result<String, String>,
    /// What it is graded on.
    pub language: &'static str,
    /// A score for each workload that it was run on, or why there is none.
    pub scores: Vec<Cell>,
    /// What it costs its target, or why that is not known.
    pub slowdown: Option<Result<Slowdown, String>>,
}

/// One subject on one workload.
#[derive(Debug, Serialize)]
pub struct Cell {
    /// The workload.
    pub workload: String,
    /// How it went.
    pub score: Result<Score, String>,
}

/// A workload with the language and the rate that it is run in.
struct Case {
    name: String,
    language: Language,
    rate: u32,
}

/// Runs everything that `options` ask for, and stops beginning runs when the time is up.
///
/// # Errors
///
/// When there is nowhere to write; what a subject does wrong is in its result.
pub fn run(options: &Options) -> Result<Comparison> {
    let deadline = Instant::now() + Duration::from_mins(options.minutes);
    let folder = tempfile::tempdir().context("making a folder for the runs")?;
    let cases = cases(options);
    let mut results = Vec::new();
    let mut subjects = subjects::all();
    subjects.retain(|subject| options.wants_subject(subject.name()));
    for subject in &subjects {
        let version = subject.available().map_err(|reason| reason.to_string());
        results.push(SubjectResult {
            name: subject.name().into(),
            version,
            language: match subject.language() {
                Language::Rust => "rust",
                Language::Python => "python",
            },
            scores: Vec::new(),
            slowdown: None,
        });
    }
    // Costs first: they take the quietest machine, and are what is missed most if time
    // runs out. Then workload by workload, so that subjects are near in time.
    for (subject, result) in subjects.iter().zip(&mut results) {
        if result.version.is_ok() && options.pairs > 0 {
            eprintln!("slow-down: {}", subject.name());
            let plan = Plan {
                folder: folder.path(),
                n_pairs: options.pairs,
                work: options.work,
                rate: options.rate,
                timeout: TIMEOUT,
            };
            let found = if Instant::now() > deadline {
                Err(OUT_OF_TIME.to_owned())
            } else {
                slowdown::measure(subject.as_ref(), &plan).map_err(|error| format!("{error:#}"))
            };
            result.slowdown = Some(found);
        }
    }
    for case in &cases {
        for (subject, result) in subjects.iter().zip(&mut results) {
            if result.version.is_err() || subject.language() != case.language {
                continue;
            }
            let score = if Instant::now() > deadline {
                Err(OUT_OF_TIME.to_owned())
            } else {
                eprintln!("{}: {}", case.name, subject.name());
                score(subject.as_ref(), case, options, folder.path())
            };
            let workload = case.label();
            result.scores.push(Cell { workload, score });
        }
    }
    Ok(Comparison {
        date: date()?,
        machine: machine(),
        rate: options.rate,
        n_pairs: options.pairs,
        workloads: cases.iter().map(Case::label).collect(),
        subjects: results,
    })
}

const OUT_OF_TIME: &str = "not run: out of time";

impl Case {
    /// Its row in the table.
    fn label(&self) -> String {
        let language = match self.language {
            Language::Rust => "",
            Language::Python => "Python ",
        };
        format!("{language}{}", self.name)
    }
}

fn cases(options: &Options) -> Vec<Case> {
    let rust = workload::all()
        .iter()
        .map(|found| (found.name(), Language::Rust));
    let python = ["split", "lockstep-1000"].map(|name| (name, Language::Python));
    let all = rust.chain(python).map(|(name, language)| Case {
        name: name.to_owned(),
        language,
        // In step with its sampler, or there is nothing to see.
        rate: match name {
            "lockstep-1000" => 1_000,
            "lockstep-10000" => 100,
            _ => options.rate,
        },
    });
    all.filter(|case| options.wants_workload(&case.name))
        .collect()
}

fn score(
    subject: &dyn Subject,
    case: &Case,
    options: &Options,
    folder: &std::path::Path,
) -> Result<Score, String> {
    let run = || -> Result<Score> {
        let folder = tempfile::tempdir_in(folder)?;
        // Few samples a second need more seconds to say anything.
        let factor = if case.rate < 500 { 2.5 } else { 1.0 };
        let task = Task {
            workload: &case.name,
            amount: Amount::Seconds(options.seconds * factor),
            rate: case.rate,
            seed: options.seed,
            folder: folder.path(),
            timeout: TIMEOUT,
        };
        let outcome = subject.run(&task)?;
        Score::of(&outcome, case.rate, subject.samples_by_wall()).context("it has no samples")
    };
    run().map_err(|error| format!("{error:#}"))
}

/// Processor, cores and kernel, without the machine's name.
fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    let model = model.unwrap_or("an unnamed processor").trim();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel.trim().split('-').next().unwrap_or_default();
    format!("{cores} cores of {model}, Linux {kernel}")
}

/// The day, from the command that knows it: the library's clock is banned where results
/// are made, and this one result is about a day.
fn date() -> Result<String> {
    let out = std::process::Command::new("date")
        .args(["-u", "+%Y-%m-%d"])
        .output();
    let out = out.context("asking for the date")?;
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}
