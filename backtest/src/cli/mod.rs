//! The command line: the only place that knows of clap, terminals and exit codes.

mod args;
mod case_study;
mod run;
mod stdout;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use args::{Args, Command};

/// Does what the arguments say. The exit code is 0 when it is done and 1 when the
/// answer is "no"; an error, which is 2, is for [`explain`].
pub fn run() -> Result<ExitCode> {
    match Args::parse() {
        Args { command: None, run } => run::run(&run),
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

/// Prints what went wrong, why, and what to do about it.
pub fn explain(error: &anyhow::Error) -> ExitCode {
    if stdout::is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    anstream::eprintln!(
        "{}error:{} {error:#}",
        style().render(),
        style().render_reset()
    );
    if let Some(hint) = error
        .downcast_ref::<backtest::Error>()
        .and_then(backtest::Error::hint)
    {
        anstream::eprintln!("hint: {hint}");
    }
    ExitCode::from(2)
}

const fn style() -> anstyle::Style {
    anstyle::Style::new()
        .bold()
        .fg_color(Some(anstyle::Color::Ansi(anstyle::AnsiColor::Red)))
}
