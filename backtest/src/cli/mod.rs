//! The command line: the only place that knows of clap, terminals and exit codes.

mod args;
mod case_study;
mod data;
mod lookahead;
mod market;
mod options;
mod run;
mod streams;
mod sweep;
mod tables;
mod terms;
mod trading;

use std::path::Path;
use std::process::{self, ExitCode};

use anyhow::Result;
use clap::Parser;
use clap::error::{ContextKind, ContextValue};

use args::{Args, Command};

/// Does what the arguments say. The exit code is 0 when it is done and 1 when the
/// answer is "no"; an error, which is 2, is for [`explain`].
pub fn run() -> Result<ExitCode> {
    match Args::try_parse().unwrap_or_else(|error| refuse(&error)) {
        Args { command: None, run } => run::run(&run),
        Args {
            command: Some(Command::Sweep(args)),
            ..
        } => sweep::run(&args),
        Args {
            command: Some(Command::CheckLookahead(args)),
            ..
        } => lookahead::run(&args),
        Args {
            command: Some(Command::Data(args)),
            ..
        } => data::run(&args.command),
        Args {
            command: Some(Command::CaseStudy(args)),
            ..
        } => case_study::run(&args),
        Args {
            command: Some(Command::CaseStudyVariant(args)),
            ..
        } => case_study::run_variant(&args),
    }
}

/// Prints what clap says, help and version included, and exits.
fn refuse(error: &clap::Error) -> ! {
    // A closed pipe is nobody's error.
    let _ = error.print();
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
        && Path::new(word).is_file()
    {
        streams::tell(format_args!(
            "hint: to trade on the prices of this file, write --data {word}"
        ));
    }
    process::exit(error.exit_code())
}

/// Prints what went wrong, why, and what to do about it.
pub fn explain(error: &anyhow::Error) -> ExitCode {
    if streams::is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    streams::tell(format_args!(
        "{}error:{} {error:#}",
        style().render(),
        style().render_reset()
    ));
    if let Some(hint) = error
        .downcast_ref::<backtest::Error>()
        .and_then(backtest::Error::hint)
    {
        streams::tell(format_args!("hint: {hint}"));
    }
    ExitCode::from(2)
}

const fn style() -> anstyle::Style {
    anstyle::Style::new()
        .bold()
        .fg_color(Some(anstyle::Color::Ansi(anstyle::AnsiColor::Red)))
}
