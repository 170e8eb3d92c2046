//! The command `profiler`: parse, do, explain, exit.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run().unwrap_or_else(|error| cli::explain(&error))
}
