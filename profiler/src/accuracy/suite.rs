//! Runs subjects on workloads, and grades them.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bench_fixtures::catalogue::Entry;

use super::broken::{Broken, BrokenKind};
use super::journal::{self, Journal};
use super::judge::grade;
use super::observed::{Observed, Took};
use super::plan::{Plan, SLOW_FACTOR, Step, Who};
use super::process::Process;
use super::programs::Programs;
use super::results::{Results, SubjectResult};
use super::run::{Amount, Task, run, run_bare};
use super::runs::Runs;
use super::slowdown::slowdowns;
use super::subject::{Subject, SubjectClock};
use crate::error::{Error, Result};

/// What asking a subject for its version may take.
const ASK: Duration = Duration::from_secs(20);

/// Subjects, workloads, and how much of everything.
pub struct Suite {
    /// Who is graded.
    pub subjects: Vec<Subject>,
    /// On what.
    pub entries: Vec<Entry>,
    /// How much of it.
    pub plan: Plan,
    /// The command `profiler`, which is a subject, and runs workloads inside itself.
    pub program: PathBuf,
    /// The program that runs the workloads in Rust, where it is another one: `workload` is
    /// smaller, and what a profiler takes to read the symbols of ours is no fault of its.
    pub rust: Option<PathBuf>,
    /// The interpreter of the workloads in Python.
    pub python: String,
}

/// How far a suite is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Runs that are done.
    pub done: usize,
    /// Runs in all.
    pub total: usize,
    /// Runs that were known from before.
    pub known: usize,
    /// What is run now.
    pub now: String,
}

impl Suite {
    /// Runs everything that the journal does not know, and grades it.
    ///
    /// Before each run `go_on` is told how far it is; where it says no, the suite ends
    /// without a result, and the journal has what was done.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if there is nowhere to write. What a subject does wrong is in its
    /// result.
    pub fn run(
        &self,
        journal: &mut Journal,
        mut go_on: impl FnMut(&Progress) -> bool,
    ) -> Result<Option<Results>> {
        let programs = Programs::new(&self.program, self.rust.as_deref(), &self.python)?;
        let versions: Vec<std::result::Result<String, String>> = self
            .subjects
            .iter()
            .map(|subject| version(subject, &programs))
            .collect();
        let steps = self.plan.steps(&self.entries, &self.subjects);
        let can_run = |step: &&Step| {
            let entry = &self.entries[step.entry];
            let is_here = match step.who {
                Who::Bare { .. } => true,
                Who::Subject(at) => versions[at].is_ok(),
            };
            is_here && programs.command(entry.language).is_ok()
        };
        let steps: Vec<Step> = steps.iter().filter(can_run).copied().collect();
        let is_known = |step: &&Step| journal.get(&self.name_of(step)).is_some();
        let known = steps.iter().filter(is_known).count();
        for (done, step) in steps.iter().enumerate() {
            let name = self.name_of(step);
            if journal.get(&name).is_some() {
                continue;
            }
            let progress = Progress {
                done,
                total: steps.len(),
                known,
                now: name.clone(),
            };
            if !go_on(&progress) {
                return Ok(None);
            }
            let gave = match self.hung_before(journal, step) {
                Some(broken) => journal::Entry::Broken(broken),
                None => self.step(step, &programs).map_err(io_error)?,
            };
            // Ctrl-C ends the programs that run as well, and says nothing of them.
            if matches!(gave, journal::Entry::Broken(_)) && !go_on(&progress) {
                return Ok(None);
            }
            journal.add(name, gave).map_err(io_error)?;
        }
        Ok(Some(self.results(journal, &programs, versions)))
    }

    /// What makes this suite the same as another, for its journal.
    pub fn identity(&self) -> String {
        let subjects: Vec<&str> = self
            .subjects
            .iter()
            .map(|subject| subject.name.as_str())
            .collect();
        let plan = &self.plan;
        format!(
            "{} {}: {} Hz, {} repeats of {} s from seed {}, {}, {}",
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION"),
            plan.rate_hz,
            plan.n_repeats,
            plan.seconds,
            plan.seed,
            self.python,
            subjects.join(", ")
        )
    }

    /// The name of a run, by which it is known again and shown.
    fn name_of(&self, step: &Step) -> String {
        let entry = &self.entries[step.entry];
        let who = match step.who {
            Who::Bare {
                is_in_process: false,
            } => "no profiler",
            Who::Bare {
                is_in_process: true,
            } => "no profiler, in-process",
            Who::Subject(at) => self.subjects[at].name.as_str(),
        };
        format!(
            "{} ({}), {who}, repeat {}",
            entry.name,
            entry.language,
            step.repeat + 1
        )
    }

    /// What ended an earlier repeat that took too long: the others would take as long, and
    /// the subject is broken on this workload already.
    fn hung_before(&self, journal: &Journal, step: &Step) -> Option<Broken> {
        let before = (0..step.repeat).map(|repeat| Step { repeat, ..*step });
        let mut gave = before.filter_map(|step| journal.get(&self.name_of(&step)));
        gave.find_map(|gave| match gave {
            journal::Entry::Broken(broken) if broken.kind == BrokenKind::TimedOut => {
                Some(broken.clone())
            }
            _ => None,
        })
    }

    fn task(&self, step: &Step) -> Task<'_> {
        let entry = &self.entries[step.entry];
        let slowed = self.plan.slowed_function(entry);
        let slowed = slowed.filter(|_| self.plan.slows_in(entry, step.repeat));
        let mut task = Task {
            entry,
            amount: self.plan.amount_of(entry),
            rate_hz: self.plan.rate_on(entry),
            seed: self.plan.seed + u64::from(step.repeat),
            slow: slowed.map(|at| (entry.functions[at].name, SLOW_FACTOR)),
            timeout: Duration::ZERO,
        };
        // A machine under load, a profiler that stops its target, and one that unwinds
        // and names everything afterwards.
        task.timeout = Duration::from_mins(1) + Duration::from_secs_f64(40.0 * task.seconds());
        task
    }

    fn step(&self, step: &Step, programs: &Programs) -> io::Result<journal::Entry> {
        let task = self.task(step);
        let gave = match step.who {
            Who::Bare { is_in_process } => run_bare(is_in_process, programs, &task)
                .map(|truth| journal::Entry::Bare(Took::of(&truth))),
            Who::Subject(at) => {
                let subject = &self.subjects[at];
                let folder = tempfile::tempdir()?;
                run(subject, programs, &task, folder.path())
                    .and_then(|outcome| Observed::of(&outcome, subject, &task))
                    .map(|observed| journal::Entry::Observed(Box::new(observed)))
            }
        };
        Ok(gave.unwrap_or_else(journal::Entry::Broken))
    }

    fn results(
        &self,
        journal: &Journal,
        programs: &Programs,
        versions: Vec<std::result::Result<String, String>>,
    ) -> Results {
        let mut grades = Vec::new();
        let mut subjects = Vec::new();
        for (at, (subject, version)) in self.subjects.iter().zip(versions).enumerate() {
            let able =
                (0..self.entries.len()).filter(|&entry| subject.can_run(&self.entries[entry]));
            let runs: Vec<Runs> = able
                .map(|entry| self.runs(at, entry, &version, programs, journal))
                .collect();
            subjects.push(SubjectResult {
                name: subject.name.clone(),
                is_by_cpu: subject.clock == SubjectClock::Cpu,
                is_sampling: subject.is_sampling(),
                slowdown: slowdowns(&runs),
                version,
            });
            grades.extend(grade(&runs, self.plan.level));
        }
        Results::new(&self.plan, subjects, grades)
    }

    /// Gathers what the journal knows of a subject on a workload.
    fn runs(
        &self,
        subject: usize,
        at: usize,
        version: &std::result::Result<String, String>,
        programs: &Programs,
        journal: &Journal,
    ) -> Runs {
        let entry = &self.entries[at];
        let who = &self.subjects[subject];
        let gave = |who: Who, repeat: u32| {
            let step = Step {
                entry: at,
                repeat,
                who,
            };
            journal.get(&self.name_of(&step))
        };
        let repeats = 0..self.plan.n_repeats;
        let observed =
            repeats
                .clone()
                .filter_map(|repeat| match gave(Who::Subject(subject), repeat)? {
                    journal::Entry::Observed(observed) => Some(Ok(observed.as_ref().clone())),
                    journal::Entry::Broken(broken) => Some(Err(broken.clone())),
                    journal::Entry::Bare(_) => None,
                });
        let observed: Vec<std::result::Result<Observed, Broken>> = observed.collect();
        let is_in_process = who.is_in_process();
        let bare = repeats.filter_map(|repeat| match gave(Who::Bare { is_in_process }, repeat)? {
            journal::Entry::Bare(took) => Some((repeat as usize, took.clone())),
            journal::Entry::Observed(_) | journal::Entry::Broken(_) => None,
        });
        let cannot = observed.iter().filter_map(|run| run.as_ref().err());
        let cannot = cannot
            .filter(|broken| broken.kind == BrokenKind::NotHere)
            .map(|broken| broken.detail.clone())
            .next();
        let reason = version.as_ref().err().cloned();
        let reason = reason
            .or_else(|| programs.command(entry.language).err())
            .or(cannot);
        Runs {
            subject: who.name.clone(),
            workload: entry.name.to_owned(),
            language: entry.language.to_string(),
            rate_asked: f64::from(self.plan.rate_on(entry)),
            is_by_cpu: who.clock == SubjectClock::Cpu,
            is_sampling: who.is_sampling(),
            runs: reason.map_or(Ok(observed), Err),
            bare: bare.collect(),
            slow: self
                .plan
                .slowed_function(entry)
                .map(|function| (function, SLOW_FACTOR)),
            is_fixed_work: matches!(self.plan.amount_of(entry), Amount::Work(_)),
        }
    }
}

/// Asks a subject for its version, by which it is known to be here.
///
/// # Errors
///
/// The reason why it is not.
pub fn version(subject: &Subject, programs: &Programs) -> std::result::Result<String, String> {
    let values = BTreeMap::from([
        ("python", programs.python().to_owned()),
        ("self", programs.us().display().to_string()),
    ]);
    let words = super::subject::fill_in(
        &subject.version,
        &super::subject::Placeholders {
            values,
            ..Default::default()
        },
    );
    let ended = Process::run(&mut super::run::command(&words), ASK);
    let ended = ended.map_err(|broken| match &subject.install {
        Some(install) => format!("{}; `{install}` installs it", broken.detail),
        None => broken.detail,
    })?;
    let text = if ended.stdout.trim().is_empty() {
        &ended.stderr
    } else {
        &ended.stdout
    };
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

fn io_error(source: io::Error) -> Error {
    Error::Io {
        action: "keep the runs of the suite",
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_too_long_once_is_not_tried_again() {
        let suite = Suite {
            subjects: Subject::built_in(),
            entries: bench_fixtures::catalogue::all(),
            plan: Plan {
                rate_hz: 1_000,
                n_repeats: 3,
                seconds: 1.0,
                seed: 1,
                level: 0.01,
            },
            program: "profiler".into(),
            rust: None,
            python: "python3".to_owned(),
        };
        let of = |subject, repeat| Step {
            entry: 0,
            repeat,
            who: Who::Subject(subject),
        };
        let mut journal = Journal::in_memory();
        for (subject, kind) in [(0, BrokenKind::TimedOut), (1, BrokenKind::Crashed)] {
            let broken = journal::Entry::Broken(Broken::new(kind, "why"));
            let name = suite.name_of(&of(subject, 0));
            journal.add(name, broken).expect("it is kept in memory");
        }
        let hung = |subject, repeat| suite.hung_before(&journal, &of(subject, repeat));
        assert_eq!(hung(0, 0), None);
        let broken = hung(0, 2).expect("it took too long");
        assert_eq!(broken.kind, BrokenKind::TimedOut);
        assert_eq!((hung(1, 2), hung(2, 2)), (None, None));
    }
}
