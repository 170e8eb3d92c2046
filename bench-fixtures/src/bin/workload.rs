//! `workload`: runs one workload by name and prints its truth, so that any
//! profiler can be pointed at it.

use bench_fixtures::workload::{Amount, Parameter, Report, Slow, Task, Workload, all, by_name};
use clap::Parser;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Duration;

/// Run a program whose profile is known, and print that profile as JSON.
#[derive(Parser)]
#[command(name = "workload", after_help = "Exit codes: 0 done, 2 could not run.")]
struct Arguments {
    /// Workload; `--list` names them
    #[arg(required_unless_present = "list")]
    name: Option<String>,
    /// CPU time to spend, in seconds, more than 0, at most 3600
    #[arg(long, value_name = "S", default_value = "5", value_parser = seconds)]
    seconds: Duration,
    /// Do a fixed amount of work instead, N times about 8 ms
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    work: Option<u64>,
    /// Seed of the phases
    #[arg(long, value_name = "N", default_value = "1")]
    seed: u64,
    /// Threads, 2 to 8, at 1, 2, ... N parts
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<Parameter>,
    /// Depth of a recursion, 2 to 10000
    #[arg(long, value_name = "N", value_parser = depth)]
    depth: Option<Parameter>,
    /// CPU time after which everything repeats, 100 to 1000000
    #[arg(long, value_name = "N", value_parser = period)]
    period_us: Option<Parameter>,
    /// Proportions of the four functions' times
    #[arg(long, value_name = "A,B,C,D", value_parser = shares)]
    shares: Option<Parameter>,
    /// Do the units of one function so many times, 0.1 to 10; all others stay as they are
    #[arg(long, value_name = "FUNCTION=FACTOR", value_parser = slow, requires = "work")]
    slow: Option<Slow>,
    /// Say `ready` on stderr, and begin when stdin has a line or ends
    #[arg(long)]
    wait: bool,
    /// List the workloads
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("error: {message}\nhint: `workload --help` shows the options");
            ExitCode::from(2)
        }
        // The reader has seen enough, as `head` has.
        Err(Failure::Stream(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Stream(error)) => {
            eprintln!("error: reading stdin or writing to stdout failed: {error}");
            ExitCode::from(2)
        }
    }
}

enum Failure {
    Usage(String),
    Stream(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let Some(name) = &arguments.name else {
        for workload in all() {
            writeln!(out, "{:<18}{}", workload.name(), workload.entry().summary)?;
        }
        return Ok(());
    };
    let workload = by_name(name).ok_or_else(|| format!("no workload `{name}`"));
    let workload = workload.map_err(Failure::Usage)?;
    let task = Task {
        amount: match arguments.work {
            Some(n_units) => Amount::Work(n_units),
            None => Amount::CpuTime(arguments.seconds),
        },
        seed: arguments.seed,
        slow: arguments.slow.clone(),
    };
    if let Some(Slow { function, .. }) = &task.slow {
        let functions = workload.entry().functions;
        if !functions.iter().any(|scored| scored.name == function) {
            let message = format!("`{name}` has no function `{function}`");
            return Err(Failure::Usage(message));
        }
    }
    let parameters = [
        &arguments.threads,
        &arguments.depth,
        &arguments.period_us,
        &arguments.shares,
    ];
    let parameters: Vec<&Parameter> = parameters.into_iter().flatten().collect();
    let report = run_with(workload, &parameters, &task, arguments.wait)?;
    writeln!(out, "{}", report.to_json())?;
    Ok(())
}

/// Runs a workload with so many parameters still to be set.
fn run_with(
    workload: &dyn Workload,
    parameters: &[&Parameter],
    task: &Task,
    waits: bool,
) -> Result<Report, Failure> {
    if let Some((first, rest)) = parameters.split_first() {
        let made = workload
            .with(first)
            .ok_or_else(|| Failure::Usage(format!("`{}` has no {first}", workload.name())))?;
        return run_with(made.as_ref(), rest, task, waits);
    }
    if waits {
        eprintln!("ready");
        io::stdin().read_line(&mut String::new())?;
    }
    Ok(Report::of_task(workload, task))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = number(text, 0.0, 3_600.0)?;
    Ok(Duration::from_secs_f64(seconds))
}

fn threads(text: &str) -> Result<Parameter, String> {
    count(text, 2, 8).map(|n_threads| Parameter::Threads(n_threads as usize))
}

fn depth(text: &str) -> Result<Parameter, String> {
    count(text, 2, 10_000).map(Parameter::Depth)
}

fn period(text: &str) -> Result<Parameter, String> {
    let micros = count(text, 100, 1_000_000)?;
    Ok(Parameter::Period(Duration::from_micros(micros.into())))
}

fn shares(text: &str) -> Result<Parameter, String> {
    let shares = text.split(',').map(|share| number(share, 0.0, 1e6));
    let shares: Vec<f64> = shares.collect::<Result<_, _>>()?;
    let shares = shares.try_into().map_err(|_| "there are four functions")?;
    Ok(Parameter::Shares(shares))
}

fn slow(text: &str) -> Result<Slow, String> {
    let (function, factor) = text.split_once('=').ok_or("a `=` is missing")?;
    let factor = number(factor, 0.0, 10.0)?;
    if factor < 0.1 {
        return Err(format!("a factor of {factor} is below 0.1"));
    }
    Ok(Slow {
        function: function.to_owned(),
        factor,
    })
}

/// Reads a number above `low` and up to `high`.
fn number(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| *number > low && *number <= high)
        .ok_or_else(|| format!("`{text}` is not a number above {low} and up to {high}"))
}

fn count(text: &str, least: u32, most: u32) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|count| (least..=most).contains(count))
        .ok_or_else(|| format!("`{text}` is not a whole number from {least} to {most}"))
}
