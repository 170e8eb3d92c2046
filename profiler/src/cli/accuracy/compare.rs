//! `profiler accuracy compare`: what got worse.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use profiler::accuracy::regressions;

use super::super::streams;
use super::args::CompareArgs;
use super::read_results;
use super::run::level;

/// Prints what is worse, and says so by its exit code.
pub fn run(args: &CompareArgs) -> Result<ExitCode> {
    let level = level(&args.level)?;
    let baseline = read_results(&args.baseline)?;
    let new = read_results(&args.new)?;
    let found = regressions(&baseline, &new, level);
    if found.is_empty() {
        streams::print("Nothing is worse beyond chance.\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    for regression in &found {
        let chance = match regression.p_value {
            Some(p_value) if p_value < 1e-4 => " (p < 0.0001)".to_owned(),
            Some(p_value) => format!(" (p = {p_value:.4})"),
            None => String::new(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}, {}: {}{chance}",
            regression.subject, regression.workload, regression.text
        );
    }
    streams::print(&text)?;
    Ok(ExitCode::from(1))
}
