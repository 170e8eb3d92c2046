//! `profiler convert`: a profile in, the same profile out in another format.

use std::process::ExitCode;

use anyhow::Result;
use profiler::format::WriteOptions;

use super::args::ConvertArgs;
use super::input::read_profile;
use super::options::short_name;

/// Converts.
pub fn run(args: &ConvertArgs) -> Result<ExitCode> {
    let outputs = args.prepare()?;
    let profile = read_profile(&args.input)?;
    let mut options = WriteOptions::new();
    options.title = args
        .title
        .clone()
        .unwrap_or_else(|| short_name(&args.input));
    outputs.write(&profile, &options, args.threads)?;
    Ok(ExitCode::SUCCESS)
}
