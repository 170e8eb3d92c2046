//! `workload`: runs one workload by name and prints its truth, so that any
//! profiler can be pointed at it.

use bench_fixtures::workload::{Amount, Report, Workload, all, by_name};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Duration;

const HELP: &str = "\
Run a program whose profile is known, and print that profile as JSON.

Usage: workload NAME [--seconds S | --work N] [--seed N]
       workload --list

Options:
  --seconds S  CPU time to spend, in seconds, more than 0, at most 3600 [default: 5]
  --work N     Do a fixed amount of work instead, N times about 8 ms, at most 1000000
  --seed N     Seed of the phases, a whole number [default: 1]
  --threads N  Threads of `threads-2` and `threads-8`, 2 to 8, at 1, 2, ... N parts
  --depth N    Depth of `recursion`, 1 to 10000
  --wait       Say `ready` on stderr, and begin when stdin has a line or ends
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
            eprintln!("error: reading stdin or writing to stdout failed: {error}");
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
    Run(Run),
}

struct Run {
    workload: Choice,
    amount: Amount,
    seed: u64,
    waits: bool,
}

/// A workload as it is listed, or one made by an option.
enum Choice {
    Listed(&'static dyn Workload),
    Made(Box<dyn Workload>),
}

impl Choice {
    fn get(&self) -> &dyn Workload {
        match self {
            Self::Listed(workload) => *workload,
            Self::Made(workload) => workload.as_ref(),
        }
    }
}

impl Command {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut workload, mut seed, mut waits) = (None, 1, false);
        let (mut cpu_time, mut work, mut n_threads, mut depth) = (None, None, None, None);
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
                "--seconds" => cpu_time = Some(parse_seconds(&value()?)?),
                "--work" => work = Some(parse_count("--work", &value()?, 1, 1_000_000)?),
                "--seed" => seed = parse_count("--seed", &value()?, 0, u64::MAX)?,
                "--threads" => n_threads = Some(parse_count("--threads", &value()?, 2, 8)?),
                "--depth" => depth = Some(parse_count("--depth", &value()?, 1, 10_000)?),
                "--wait" if inline.is_none() => waits = true,
                name if workload.is_none() && !name.starts_with('-') => {
                    workload = Some(find_workload(&arg)?);
                }
                _ => return Err(format!("unknown argument `{arg}`")),
            }
        }
        let listed = workload.ok_or("the name of a workload is missing")?;
        Ok(Self::Run(Run {
            workload: choose(listed, n_threads, depth)?,
            amount: match (cpu_time, work) {
                (Some(_), Some(_)) => return Err("--seconds and --work exclude each other".into()),
                (None, Some(n_units)) => Amount::Work(n_units),
                (cpu_time, None) => Amount::CpuTime(cpu_time.unwrap_or(Duration::from_secs(5))),
            },
            seed,
            waits,
        }))
    }

    fn run(self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self {
            Self::Help => writeln!(out, "{HELP}"),
            Self::List => all()
                .iter()
                .try_for_each(|w| writeln!(out, "{:<18}{}", w.name(), w.entry().summary)),
            Self::Run(run) => {
                if run.waits {
                    eprintln!("ready");
                    io::stdin().read_line(&mut String::new())?;
                }
                let report = Report::of(run.workload.get(), run.amount, run.seed);
                writeln!(out, "{}", report.to_json())
            }
        }
    }
}

fn find_workload(name: &str) -> Result<&'static dyn Workload, String> {
    by_name(name).ok_or_else(|| format!("no workload `{name}`; `workload --list` names them"))
}

fn choose(
    listed: &'static dyn Workload,
    n_threads: Option<u64>,
    depth: Option<u64>,
) -> Result<Choice, String> {
    let name = listed.name();
    match (n_threads, depth) {
        (None, None) => Ok(Choice::Listed(listed)),
        (Some(_), Some(_)) => Err("--threads and --depth exclude each other".into()),
        (Some(n_threads), None) => usize::try_from(n_threads)
            .ok()
            .and_then(|n_threads| listed.with_threads(n_threads))
            .map(Choice::Made)
            .ok_or_else(|| format!("--threads means nothing to `{name}`")),
        (None, Some(depth)) => listed
            .with_depth(depth)
            .map(Choice::Made)
            .ok_or_else(|| format!("--depth means nothing to `{name}`")),
    }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .filter(|seconds| *seconds > 0.0 && *seconds <= 3_600.0)
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("--seconds `{text}` is not a number above 0 and up to 3600"))
}

fn parse_count(flag: &str, text: &str, least: u64, most: u64) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|count| (least..=most).contains(count))
        .ok_or_else(|| format!("{flag} `{text}` is not a whole number from {least} to {most}"))
}
