//! `profiler accuracy`: grades profilers on programs whose profile is known.

mod args;
mod compare;
mod explain;
mod inside;
mod list;
mod run;
#[cfg(feature = "faults")]
mod spoil;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use profiler::accuracy::{Results, Subject};

pub use self::args::{AccuracyArgs, AccuracyCommand};
use super::refusal::Hinted;

/// Does what the arguments say.
pub fn run(args: &AccuracyArgs) -> Result<ExitCode> {
    match &args.command {
        AccuracyCommand::List(args) => list::run(args),
        AccuracyCommand::Run(args) => run::run(args),
        AccuracyCommand::Compare(args) => compare::run(args),
        AccuracyCommand::Explain(args) => explain::run(args),
        AccuracyCommand::Inside(args) => inside::run(args),
        #[cfg(feature = "faults")]
        AccuracyCommand::Spoil(args) => spoil::run(args),
    }
}

/// Finds a subject by its name, or reads the file that describes it.
fn subject(text: &str) -> Result<Vec<Subject>> {
    if Path::new(text)
        .extension()
        .is_some_and(|ending| ending == "toml")
    {
        let subject = Subject::read(Path::new(text));
        return Ok(vec![
            subject.with_context(|| format!("cannot read {text}"))?,
        ]);
    }
    let all = Subject::built_in();
    // `ours` is the three of ours, and `py-spy` the one of that name alone.
    let exact: Vec<Subject> = all.iter().filter(|s| s.name == text).cloned().collect();
    if !exact.is_empty() {
        return Ok(exact);
    }
    let begins = |subject: &&Subject| {
        let rest = subject.name.strip_prefix(text);
        rest.is_some_and(|rest| rest.starts_with([' ', ',']))
    };
    let found: Vec<Subject> = all.iter().filter(begins).cloned().collect();
    if found.is_empty() {
        let names: Vec<&str> = all.iter().map(|subject| subject.name.as_str()).collect();
        return Err(Hinted::new(
            format!("there is no subject `{text}`"),
            format!(
                "there are {}; or name a file that ends in .toml",
                names.join("; ")
            ),
        )
        .into());
    }
    Ok(found)
}

fn read_results(path: &Path) -> Result<Results> {
    let cannot = || format!("cannot read {}", path.display());
    let text = fs::read_to_string(path).with_context(cannot)?;
    Results::parse(&text).with_context(cannot)
}
