//! Makes a profile wrong on purpose.

use std::process::ExitCode;

use anyhow::Result;

use super::super::input::read_profile;
use super::super::streams;
use super::args::SpoilArgs;

/// Prints the spoiled profile as folded stacks.
pub fn run(args: &SpoilArgs) -> Result<ExitCode> {
    let profile = args.fault.spoil_profile(&read_profile(&args.input)?);
    let mut folded = Vec::new();
    profiler::format::folded::write(&profile, &mut folded)?;
    streams::print_bytes(&folded)?;
    Ok(ExitCode::SUCCESS)
}
