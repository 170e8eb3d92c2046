//! Runs a workload in this process, under a profiler that is a library.

use std::process::ExitCode;
use std::time::Duration;
use std::{fs, io};

use anyhow::{Context as _, Result, bail};
use bench_fixtures::workload::{self, Amount, Report, Slow, Task};

use super::super::streams;
use super::args::{InsideArgs, Library};

/// Runs, prints the truth, and writes the profile.
pub fn run(args: &InsideArgs) -> Result<ExitCode> {
    if args.version {
        streams::print(&format!("{}\n", version(args.library)?))?;
        return Ok(ExitCode::SUCCESS);
    }
    let words: Vec<&str> = args.workload.iter().map(String::as_str).collect();
    let (words, waits) = match words.split_last() {
        Some((&"--wait", words)) => (words, true),
        _ => (&words[..], false),
    };
    let (name, task) = task(words)?;
    let workload = workload::by_name(&name).with_context(|| format!("no workload `{name}`"))?;
    if waits {
        streams::tell("ready");
        io::stdin().read_line(&mut String::new())?;
    }
    let work = || Report::of_task(workload, &task);
    let (report, profile) = match args.library {
        Library::None => (work(), Vec::new()),
        Library::Ours => ours(args, task.seed, work)?,
        Library::PprofRs => pprof_rs(args.rate, work)?,
    };
    if let Some(path) = &args.out {
        fs::write(path, profile).with_context(|| format!("writing {}", path.display()))?;
    }
    streams::print(&format!("{}\n", report.to_json()))?;
    Ok(ExitCode::SUCCESS)
}

fn version(library: Library) -> Result<&'static str> {
    match library {
        Library::None | Library::Ours => Ok(env!("CARGO_PKG_VERSION")),
        Library::PprofRs if cfg!(feature = "pprof-rs") => Ok("pprof 0.15"),
        Library::PprofRs => bail!("this program was built without the crate pprof"),
    }
}

/// Reads the arguments that `workload` takes, as far as the suite gives them.
fn task(args: &[&str]) -> Result<(String, Task)> {
    let (name, options) = args
        .split_first()
        .context("the name of a workload is missing")?;
    let mut task = Task::new(Amount::CpuTime(Duration::from_secs(2)), 1);
    for option in options.chunks(2) {
        let [flag, value] = option else {
            bail!("{} needs a value", option[0]);
        };
        match *flag {
            "--seconds" => {
                task.amount = Amount::CpuTime(Duration::try_from_secs_f64(value.parse()?)?);
            }
            "--work" => task.amount = Amount::Work(value.parse()?),
            "--seed" => task.seed = value.parse()?,
            "--slow" => {
                let (function, factor) =
                    value.split_once('=').context("--slow is FUNCTION=FACTOR")?;
                task.slow = Some(Slow {
                    function: function.to_owned(),
                    factor: factor.parse()?,
                });
            }
            _ => bail!("unknown argument `{flag}`"),
        }
    }
    Ok(((*name).to_owned(), task))
}

fn ours(args: &InsideArgs, seed: u64, work: impl FnOnce() -> Report) -> Result<(Report, Vec<u8>)> {
    let mut options = profiler::Options::new();
    options.rate_hz = f64::from(args.rate);
    options.seed = seed;
    #[cfg(feature = "faults")]
    if let Some(fault) = args.fault {
        fault.spoil_options(&mut options);
    }
    let session = profiler::Sampler::start(options)?;
    let report = work();
    let profile = session.stop()?;
    // The form that keeps what is known of the samples that were lost.
    let mut json = Vec::new();
    profiler::format::json::write(&profile, &mut json)?;
    Ok((report, json))
}

#[cfg(feature = "pprof-rs")]
fn pprof_rs(rate: u32, work: impl FnOnce() -> Report) -> Result<(Report, Vec<u8>)> {
    use std::io::Write as _;

    let rate = i32::try_from(rate).context("the rate is absurd")?;
    let guard = pprof::ProfilerGuardBuilder::default()
        .frequency(rate)
        .build()?;
    let report = work();
    let found = guard.report().build()?;
    drop(guard);
    let mut folded = Vec::new();
    for (frames, count) in &found.data {
        let symbols = frames
            .frames
            .iter()
            .rev()
            .flat_map(|inlined| inlined.iter().rev());
        let names: Vec<String> = symbols
            .map(|symbol| symbol.name().replace(';', ","))
            .collect();
        writeln!(folded, "{} {count}", names.join(";"))?;
    }
    Ok((report, folded))
}

#[cfg(not(feature = "pprof-rs"))]
fn pprof_rs(_rate: u32, _work: impl FnOnce() -> Report) -> Result<(Report, Vec<u8>)> {
    bail!("this program was built without the crate pprof")
}
