//! `profiler accuracy list`: who can be graded here, and on what.

use std::env;
use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use bench_fixtures::catalogue;
use profiler::accuracy::{Programs, Subject, version};
use serde_json::json;

use super::super::streams;
use super::args::ListArgs;

/// Prints both lists.
pub fn run(args: &ListArgs) -> Result<ExitCode> {
    let programs = Programs::new(&env::current_exe()?, None, "python3")?;
    let subjects: Vec<_> = Subject::built_in()
        .into_iter()
        .map(|subject| (version(&subject, &programs), subject))
        .collect();
    if args.json {
        let subjects = subjects.iter().map(|(version, subject)| {
            json!({
                "name": subject.name,
                "version": version.as_ref().ok(),
                "reason": version.as_ref().err(),
                "languages": subject.languages.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        });
        let workloads = catalogue::all().into_iter().map(|entry| {
            json!({
                "name": entry.name,
                "language": entry.language.to_string(),
                "summary": entry.summary,
                "catches": entry.catches,
                "rate": entry.rate_hz,
                "functions": entry.functions.iter().map(|f| f.name).collect::<Vec<_>>(),
            })
        });
        let list = json!({
            "subjects": subjects.collect::<Vec<_>>(),
            "workloads": workloads.collect::<Vec<_>>(),
        });
        streams::print(&format!("{list:#}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::from("Subjects:\n");
    for (version, subject) in &subjects {
        let version = match version {
            Ok(version) => version.clone(),
            Err(reason) => format!("not here: {reason}"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {:<20}{version}", subject.name);
    }
    text.push_str("\nWorkloads, and what each catches:\n");
    for entry in catalogue::all() {
        let name = format!("{}/{}", entry.language, entry.name);
        let _ = writeln!(text, "  {name:<26}{}", entry.catches);
    }
    streams::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
