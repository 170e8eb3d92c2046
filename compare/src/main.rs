//! `compare`: runs profilers side by side on programs whose profile is known, and
//! prints one table of how right each was and what it cost.
//!
//! Everything is measured in one run on one machine, because neither the shares nor
//! the costs of two profilers that were measured on different days compare.

mod cli;
mod comparison;
mod inside;
mod peers;
mod process;
mod report;
mod samply_profile;
mod score;
mod slowdown;
mod stacks;
mod subject;
mod subjects;
mod table;
mod target;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
