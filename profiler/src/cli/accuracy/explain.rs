//! `profiler accuracy explain`: what a grade is made of.

use std::process::ExitCode;

use anyhow::{Result, bail};
use profiler::accuracy::{Grade, report};

use super::super::refusal::Hinted;
use super::super::streams;
use super::args::ExplainArgs;
use super::read_results;

/// Draws each grade of the workload.
pub fn run(args: &ExplainArgs) -> Result<ExitCode> {
    let results = read_results(&args.result)?;
    let is_wanted = |grade: &&Grade| {
        let is_workload = grade.workload == args.workload
            || format!("{}/{}", grade.language, grade.workload) == args.workload;
        is_workload
            && args
                .subject
                .as_ref()
                .is_none_or(|name| *name == grade.subject)
    };
    let texts: Vec<String> = results
        .results
        .iter()
        .filter(is_wanted)
        .map(report::explanation)
        .collect();
    if texts.is_empty() {
        let mut names: Vec<String> = Vec::new();
        for grade in &results.results {
            let name = format!("{} on {}", grade.subject, grade.workload);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        bail!(Hinted::new(
            format!(
                "the result has no such workload and subject: `{}`",
                args.workload
            ),
            format!("it has {}", names.join("; "))
        ));
    }
    streams::print(&texts.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}
