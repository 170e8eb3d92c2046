//! `workload`: runs one workload by name and prints its truth, so that any
//! profiler can be pointed at it.

use bench_fixtures::workload::{Workload, all, by_name};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Duration;

const HELP: &str = "\
Run a program whose profile is known, and print that profile as JSON.

Usage: workload NAME [--seconds S] [--seed N]
       workload --list

Options:
  --seconds S  CPU time to spend, in seconds, more than 0, at most 3600 [default: 5]
  --seed N     Seed of the phases, a whole number [default: 1]
  --list       List the workloads
  --help       Print this help

Exit codes: 0 done, 2 could not run.";

fn main() -> ExitCode {
    let done = match Command::parse(std::env::args().skip(1)) {
        Ok(command) => command.run().map_err(Failure::Output),
        Err(message) => Err(Failure::Usage(message)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough, as `head` has.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            eprintln!("error: writing to stdout failed: {error}");
            ExitCode::from(2)
        }
        Err(Failure::Usage(message)) => {
            eprintln!("error: {message}\nhint: `workload --help` shows the options");
            ExitCode::from(2)
        }
    }
}

enum Failure {
    Usage(String),
    Output(io::Error),
}

enum Command {
    Help,
    List,
    Run {
        workload: &'static dyn Workload,
        cpu_time: Duration,
        seed: u64,
    },
}

impl Command {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut workload, mut cpu_time, mut seed) = (None, Duration::from_secs(5), 1);
        while let Some(arg) = args.next() {
            let (flag, mut inline) = match arg.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            let mut value = || {
                let value = inline.take().or_else(|| args.next());
                value.ok_or_else(|| format!("{flag} needs a value"))
            };
            match flag {
                "--help" | "-h" => return Ok(Self::Help),
                "--list" => return Ok(Self::List),
                "--seconds" => cpu_time = parse_seconds(&value()?)?,
                "--seed" => seed = parse_seed(&value()?)?,
                name if workload.is_none() && !name.starts_with('-') => {
                    workload = Some(find_workload(&arg)?);
                }
                _ => return Err(format!("unknown argument `{arg}`")),
            }
        }
        Ok(Self::Run {
            workload: workload.ok_or("the name of a workload is missing")?,
            cpu_time,
            seed,
        })
    }

    fn run(self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self {
            Self::Help => writeln!(out, "{HELP}"),
            Self::List => all()
                .iter()
                .try_for_each(|w| writeln!(out, "{:<16}{}", w.name(), w.summary())),
            Self::Run {
                workload,
                cpu_time,
                seed,
            } => {
                let truth = workload.run(cpu_time, seed);
                let name = workload.name();
                writeln!(
                    out,
                    r#"{{"workload":"{name}","seed":{seed},"functions":{truth}}}"#
                )
            }
        }
    }
}

fn find_workload(name: &str) -> Result<&'static dyn Workload, String> {
    by_name(name).ok_or_else(|| format!("no workload `{name}`; `workload --list` names them"))
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|seconds| *seconds > 0.0 && *seconds <= 3_600.0)
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("--seconds `{text}` is not a number above 0 and up to 3600"))
}

fn parse_seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("--seed `{text}` is not a whole number from 0 to 2^64 - 1"))
}
