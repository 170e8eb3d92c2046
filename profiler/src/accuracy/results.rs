//! The results of a suite as they are kept and compared.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::family::Family;
use super::grade::{Grade, Verdict};
use super::plan::Plan;
use super::slowdown::Slowdown;
use crate::error::{Error, Result};

/// The version of the file's shape.
const SCHEMA: u32 = 2;

/// All results of one suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The version of this shape.
    pub schema: u32,
    /// The day of the run.
    pub date: String,
    /// Cores, processor and kernel.
    pub machine: String,
    /// How much was run.
    pub plan: Plan,
    /// Who was graded.
    pub subjects: Vec<SubjectResult>,
    /// A grade for each subject and workload.
    pub results: Vec<Grade>,
}

/// What is known of a subject as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubjectResult {
    /// Its name.
    pub name: String,
    /// Its version, or why it is not here.
    pub version: std::result::Result<String, String>,
    /// Whether it goes by CPU time, and not by the wall's.
    pub is_by_cpu: bool,
    /// Whether it samples, and does not note every call.
    pub is_sampling: bool,
    /// What it does to the time of programs, over the workloads of each family.
    pub slowdown: BTreeMap<Family, Slowdown>,
}

/// The part of a file that says what the rest is.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

impl Results {
    pub(super) fn new(plan: &Plan, subjects: Vec<SubjectResult>, results: Vec<Grade>) -> Self {
        Self {
            schema: SCHEMA,
            date: date(),
            machine: machine(),
            plan: plan.clone(),
            subjects,
            results,
        }
    }

    /// Reads what was written as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::BadFile`] if it is not of this shape.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |place: String, problem: String| Error::BadFile {
            format: "result of an accuracy suite",
            place,
            problem,
        };
        let not_json = |error: &serde_json::Error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            let problem = error.to_string();
            let problem = problem.split(" at line").next().unwrap_or_default();
            bad(place, problem.to_owned())
        };
        // Of another version, other fields may be there.
        let version: Version = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        if version.schema != SCHEMA {
            let problem = format!("it is {}, and this version reads {SCHEMA}", version.schema);
            return Err(bad("`schema`".to_owned(), problem));
        }
        let results: Self = serde_json::from_str(text).map_err(|error| not_json(&error))?;
        Ok(results)
    }

    /// The grade of a subject on a workload.
    pub fn find(&self, subject: &str, language: &str, workload: &str) -> Option<&Grade> {
        self.results.iter().find(|grade| {
            grade.subject == subject && grade.language == language && grade.workload == workload
        })
    }

    /// Counts the grades of a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.results
            .iter()
            .filter(|grade| grade.verdict == verdict)
            .count()
    }
}

/// Cores, processor and kernel, without the machine's name.
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
fn date() -> String {
    let out = Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    let out = out.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    out.unwrap_or_default()
}
