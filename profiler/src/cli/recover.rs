//! `profiler recover`: what a recording that was killed has left.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use profiler::format::WriteOptions;
use profiler::{Profile, Weight};

use super::args::RecoverArgs;
use super::output::DEFAULT_OUTPUT;
use super::record;
use super::refusal::Hinted;
use super::{spool, streams};

/// Makes the profile of a spool, or lists the spools there are.
pub fn run(args: &RecoverArgs) -> Result<ExitCode> {
    match &args.spool {
        Some(spool) => recover(spool, args)?,
        None => list()?,
    }
    Ok(ExitCode::SUCCESS)
}

fn recover(spool: &Path, args: &RecoverArgs) -> Result<()> {
    if let Some(pid) = spool::recorder(spool) {
        bail!(Hinted::new(
            format!("`{}` is still being recorded", spool.display()),
            format!("end the recorder with `kill -INT {pid}`, and it will write the profile"),
        ));
    }
    let outputs = args.output.prepare(Some(DEFAULT_OUTPUT))?;
    let profile: Profile = profiler::recover(spool)
        .with_context(|| format!("cannot recover `{}`", spool.display()))?;
    if profile.total() == Weight::default() {
        bail!("`{}` has no samples yet", spool.display());
    }
    let mut options = WriteOptions::new();
    options.title = args.output.title_or(|| "recovered".to_owned());
    let written = outputs.write(&profile, &options, args.output.threads)?;
    record::tell_result(&profile, None, &written);
    streams::tell(format_args!(
        "The spool is still there: rm {}",
        spool.display()
    ));
    Ok(())
}

fn list() -> Result<()> {
    let spools = spool::list(Path::new(".")).context("cannot look into the current folder")?;
    if spools.is_empty() {
        streams::tell("No spools here: look in the folder that the output was to go to.");
    }
    for path in spools {
        let state = match spool::recorder(&path) {
            Some(pid) => format!("  still being recorded by process {pid}"),
            None => String::new(),
        };
        streams::print(&format!("{}{state}\n", path.display()))?;
    }
    Ok(())
}
