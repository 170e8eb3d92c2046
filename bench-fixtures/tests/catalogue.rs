//! The workloads of all languages keep one contract: their JSON, their shares, their
//! functions, and what a slow-down does.

use bench_fixtures::catalogue::{C, Entry, Language, PYTHON, all, compile_c, write_python};
use serde_json::Value;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

#[test]
fn entries_are_unique_and_say_what_they_are() {
    let mut names = HashSet::new();
    for entry in all() {
        let of = (entry.language, entry.name);
        assert!(names.insert(of), "{of:?} twice");
        for text in [entry.summary, entry.catches] {
            assert!(!text.is_empty() && text.len() <= 88, "{of:?}: {text}");
            assert!(
                !text.contains('\n') && !text.ends_with('.'),
                "{of:?}: {text}"
            );
        }
        let shares: f64 = entry.functions.iter().map(|scored| scored.share).sum();
        assert!((shares - 1.0).abs() < 1e-9, "{of:?}: {shares}");
    }
    for language in [Language::Rust, Language::Python, Language::C] {
        assert!(names.contains(&(language, "lockstep-1000")), "{language}");
    }
}

/// A missing file would be noticed where a script imports it, one too many nowhere.
#[test]
fn every_source_is_carried() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let count = |folder: &str, endings: &[&str]| -> usize {
        let files = std::fs::read_dir(format!("{source}/{folder}")).expect("it is there");
        let names = files.map(|file| file.expect("it can be listed").file_name());
        let names = names.map(|name| name.into_string().expect("it is ASCII"));
        names
            .filter(|name| endings.iter().any(|end| name.ends_with(end)))
            .count()
    };
    let python = count("python", &[".py"]) + count("python/workloads", &[".py"]);
    assert_eq!(PYTHON.len(), python);
    // The tail calls are the Rust workload's as well.
    assert_eq!(C.len(), count("c/workload", &[".c", ".h"]) + 2);
}

/// Units are counted, so no clock can disturb this: the slow function does one and a half
/// times what it did, and every other exactly what it did.
#[test]
fn reports_have_one_shape_and_a_slow_down_changes_one_function_only() {
    for program in Program::all() {
        for entry in program.entries() {
            let of = format!("{} {}", entry.language, entry.name);
            let json = program.run(&[entry.name, "--work=3", "--seed=7"]);
            if is_skipped(&json, &entry) {
                continue;
            }
            assert_report(&of, &entry, &json);
            let slow = entry.functions[entry.functions.len() - 1].name;
            let option = format!("--slow={slow}=1.5");
            let slowed = program.run(&[entry.name, "--work=3", "--seed=7", &option]);
            assert_report(&of, &entry, &slowed);
            assert_eq!(slowed["slow"]["function"], slow, "{of}");
            assert_eq!(slowed["slow"]["factor"], 1.5, "{of}");
            let functions = list(&json["functions"]).iter();
            for (before, after) in functions.zip(list(&slowed["functions"])) {
                let (n, n_slowed) = (number(&before["n_units"]), number(&after["n_units"]));
                assert!(n > 0.0, "{of}");
                if last_name(before) == slow {
                    // Half a unit may still be due on each thread and in each process.
                    assert!((n_slowed - 1.5 * n).abs() < 1.0, "{of}: {n} {n_slowed}");
                } else {
                    assert!((n_slowed - n).abs() < 0.5, "{of}: {n} {n_slowed}");
                }
            }
        }
    }
}

/// Checks all that a report of a fixed amount of work has, at least.
fn assert_report(of: &str, entry: &Entry, json: &Value) {
    assert_eq!(json["workload"], entry.name);
    assert_eq!(json["language"], entry.language.to_string());
    assert_eq!(json["seed"], 7);
    assert_eq!(json["work"], 3);
    let bracket_nanos = number(&json["bracket_nanoseconds"]);
    for key in ["cpu_seconds", "wall_seconds", "wall_bracket_nanoseconds"] {
        assert!(
            bracket_nanos > 0.0 && number(&json[key]) > 0.0,
            "{of}: {key}"
        );
    }
    let names: Vec<_> = list(&json["functions"]).iter().map(last_name).collect();
    let scored: Vec<_> = entry.functions.iter().map(|scored| scored.name).collect();
    assert_eq!(names, scored, "{of}");
    assert_functions(of, &json["functions"], bracket_nanos);
    for thread in json["threads"].as_array().unwrap_or(&Vec::new()) {
        assert!(thread["name"].is_string() && number(&thread["n_threads"]) >= 1.0);
        let functions = list(&thread["functions"]).iter();
        let sum: f64 = functions.map(|f| number(&f["cpu_seconds"])).sum();
        assert!((number(&thread["cpu_seconds"]) - sum).abs() < 1e-6, "{of}");
        assert_functions(of, &thread["functions"], bracket_nanos);
    }
}

/// Checks the keys of each function, and its uncertainty by the formula of `bracket.rs`,
/// which each language computes for itself.
fn assert_functions(of: &str, functions: &Value, bracket_nanos: f64) {
    const KEYS: [&str; 11] = [
        "name",
        "nanoseconds",
        "share",
        "share_uncertainty",
        "cpu_seconds",
        "wall_seconds",
        "wall_share",
        "wall_share_uncertainty",
        "tsc_seconds",
        "n_units",
        "n_phases",
    ];
    let functions = list(functions);
    let sum = |key: &str| functions.iter().map(|f| number(&f[key])).sum::<f64>();
    let (total, n_phases) = (sum("nanoseconds").max(1.0), sum("n_phases"));
    for function in functions {
        let keys: Vec<_> = function.as_object().expect("an object").keys().collect();
        assert_eq!(keys, KEYS, "{of}");
        let (share, n_own) = (number(&function["share"]), number(&function["n_phases"]));
        let nanos = number(&function["nanoseconds"]);
        assert!((share - nanos / total).abs() < 1e-9, "{of}");
        assert!(
            (number(&function["cpu_seconds"]) - nanos / 1e9).abs() < 1e-9,
            "{of}"
        );
        if cfg!(target_arch = "x86_64") && !of.starts_with("python") {
            let has_run = number(&function["wall_seconds"]) > 0.0;
            assert!(!has_run || number(&function["tsc_seconds"]) > 0.0, "{of}");
        } else {
            assert!(function["tsc_seconds"].is_null(), "{of}");
        }
        let (own, others) = ((1.0 - share) * n_own, share * (n_phases - n_own));
        let by_cost = bracket_nanos * own.max(others) / total;
        // Linux's clocks count nanoseconds.
        let expected = by_cost + (own + others) / total;
        let stated = number(&function["share_uncertainty"]);
        assert!(
            (stated - expected).abs() < 1e-9 + 1e-6 * expected,
            "{of}: {stated} {expected}"
        );
    }
}

/// Phases are random and their lengths learned, so that shares vary by two points and more
/// on a busy machine; to take one function for another is off by more. A wrong design is
/// off in every attempt. Those in Rust are measured beside, more closely.
#[test]
fn shares_are_near_the_designed_ones() {
    let others = [Program::python(), Program::c()];
    for program in others.into_iter().flatten() {
        for entry in program.entries() {
            // What threads lose by contending for a lock is not in proportion.
            let tolerance = if entry.name == "threads" { 0.15 } else { 0.07 };
            let mut off = Vec::new();
            let is_near = (3..9).any(|seed| {
                let seed = format!("--seed={seed}");
                let json = program.run(&[entry.name, "--seconds=0.3", &seed]);
                if is_skipped(&json, &entry) {
                    return true;
                }
                let functions = entry.functions.iter().zip(list(&json["functions"]));
                let worst = functions
                    .map(|(scored, function)| (number(&function["share"]) - scored.share).abs());
                let worst = worst.fold(0.0, f64::max);
                off.push(worst);
                worst < tolerance
            });
            assert!(
                is_near,
                "{} {} is off by {off:?}",
                entry.language, entry.name
            );
        }
    }
}

/// The parameters of a workload change what it does.
#[test]
fn parameters_mean_the_same_in_all_languages() {
    for program in Program::all() {
        let json = program.run(&["split", "--work=20", "--shares=1,1,1,7"]);
        let share = |at: usize| number(&list(&json["functions"])[at]["share"]);
        assert!(share(3) > 0.5 && share(0) < 0.3, "{json}");
        // A period of 2 ms: four of them in a unit of work, and four phases in each.
        let json = program.run(&["lockstep-1000", "--work=3", "--period-us=2000"]);
        for function in list(&json["functions"]) {
            assert_eq!(function["n_phases"], 12, "{json}");
        }
        let json = program.run(&["recursion", "--work=2", "--depth=9"]);
        assert_eq!(list(&json["functions"]).len(), 2);
        for refused in [
            &["split", "--work=1", "--depth=9"][..],
            &["recursion", "--work=1", "--period-us=1000"],
            &["split", "--work=1", "--slow=deep=2"],
            &["split", "--slow=sieve_primes=2"],
            &["split", "--work=1", "--seconds=1"],
            &["split", "--shares=1,2,3"],
            &["split", "--work=0"],
            &["split", "--work=1", "--seed=x"],
            &["nothing"],
            &["split", "more"],
        ] {
            let out = program.command(refused).output().expect("it starts");
            assert_eq!(out.status.code(), Some(2), "{refused:?}");
            assert!(
                out.stdout.is_empty() && !out.stderr.is_empty(),
                "{refused:?}"
            );
        }
    }
}

/// A program that runs the workloads of one language.
struct Program {
    language: Language,
    words: Vec<PathBuf>,
    // Held for the files in it.
    _folder: Option<TempDir>,
}

impl Program {
    /// Makes those that can be made here, and says which cannot.
    fn all() -> Vec<Self> {
        let rust = Self {
            language: Language::Rust,
            words: vec![env!("CARGO_BIN_EXE_workload").into()],
            _folder: None,
        };
        let others = [Self::python(), Self::c()];
        [rust]
            .into_iter()
            .chain(others.into_iter().flatten())
            .collect()
    }

    fn python() -> Option<Self> {
        let works = Command::new("python3").arg("--version").output();
        if !works.is_ok_and(|out| out.status.success()) {
            eprintln!("There is no python3 here: its workloads are not tested.");
            return None;
        }
        let folder = TempDir::new().expect("there is a folder for temporary files");
        let script = write_python(folder.path()).expect("the folder is empty");
        Some(Self {
            language: Language::Python,
            // Nothing is to be written beside the scripts.
            words: vec!["python3".into(), "-B".into(), script],
            _folder: Some(folder),
        })
    }

    fn c() -> Option<Self> {
        let folder = TempDir::new().expect("there is a folder for temporary files");
        match compile_c(folder.path()) {
            Ok(program) => Some(Self {
                language: Language::C,
                words: vec![program],
                _folder: Some(folder),
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                eprintln!("There is no C compiler here: its workloads are not tested.");
                None
            }
            Err(error) => panic!("the C workloads compile: {error}"),
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let of_this = |entry: &Entry| entry.language == self.language;
        all().into_iter().filter(of_this).collect()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).args(args);
        command
    }

    /// Runs it and reads its report.
    fn run(&self, args: &[&str]) -> Value {
        let out = self.command(args).output().expect("it starts");
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{} {args:?}: {said}", self.language);
        serde_json::from_slice(&out.stdout).expect("it prints JSON")
    }
}

/// Only sub-interpreters may be absent, and then there is a reason.
fn is_skipped(json: &Value, entry: &Entry) -> bool {
    let Some(reason) = json["skipped"].as_str() else {
        return false;
    };
    assert_eq!(entry.name, "sub-interpreters", "{reason}");
    assert!(reason.starts_with("Python "), "{reason}");
    true
}

fn last_name(function: &Value) -> &str {
    let name = function["name"].as_str().expect("a name");
    name.rsplit("::").next().unwrap_or(name)
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}
