//! The command line: the only place that knows of clap, terminals and exit codes.

mod accuracy;
mod args;
mod convert;
mod diff;
mod dump;
mod hint;
mod input;
mod numbers;
mod options;
mod output;
mod output_file;
mod progress;
mod push;
mod record;
mod recover;
mod refusal;
mod report;
mod session;
mod signals;
mod spool;
mod streams;
mod threads;
mod top;
mod verdict;

use std::process::{self, ExitCode};

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use clap::Parser;

use args::{Args, Command};

/// Does what the arguments say. The exit code is 0 when it is done, or that of the
/// command which was recorded; an error, which is 2, is for [`explain`].
pub fn run() -> Result<ExitCode> {
    match Args::try_parse()
        .unwrap_or_else(|error| refuse(&error))
        .command
    {
        Command::Record(args) => record::run(&args),
        Command::Top(args) => top::run(&args),
        Command::Dump(args) => dump::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Recover(args) => recover::run(&args),
        Command::Accuracy(args) => accuracy::run(&args),
    }
}

/// Prints what clap says, help and version included, and exits.
fn refuse(error: &clap::Error) -> ! {
    // A closed pipe is nobody's error.
    let _ = error.print();
    process::exit(error.exit_code())
}

/// Prints what went wrong, why, and what to do about it.
pub fn explain(error: &anyhow::Error) -> ExitCode {
    if streams::is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    let red: Style = AnsiColor::Red.on_default().bold();
    streams::tell(format_args!("{red}error:{red:#} {}", hint::chain(error)));
    if let Some(hint) = hint::of(error) {
        streams::tell(format_args!("hint: {hint}"));
    }
    ExitCode::from(2)
}
