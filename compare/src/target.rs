//! The program under the profiler: a workload in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::peers;
use crate::process::{Ended, Process};
use crate::report::Report;
use crate::subject::{Language, Outcome, Task};

/// What a profiler is given from being told to attach to the workload's start. No peer
/// tells when it has attached; the slowest here (reading a whole Python) takes 0.3 s.
const TIME_TO_ATTACH: Duration = Duration::from_secs(1);

/// The command that runs a workload.
pub fn command(language: Language, task: &Task) -> Command {
    let mut command = match language {
        Language::Rust => Command::new(beside_us("workload")),
        Language::Python => {
            let mut python = Command::new(peers::python());
            python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/workload.py"));
            python
        }
    };
    command.arg(task.workload).args(task.amount.args());
    command.args(["--seed", &task.seed.to_string()]);
    command
}

/// A program that was built together with this one.
pub fn beside_us(name: &str) -> PathBuf {
    let us = std::env::current_exe().unwrap_or_default();
    us.parent().unwrap_or(Path::new(".")).join(name)
}

/// Runs the workload alone.
///
/// # Errors
///
/// When it fails.
pub fn run_bare(mut command: Command, task: &Task) -> Result<Outcome> {
    let ended = Process::run(&mut command, task.timeout)?;
    Ok(Outcome {
        report: Report::find_in(&ended.stdout)?,
        stacks: None,
        own_cpu_seconds: 0.0,
        max_rss: ended.max_rss,
    })
}

/// Adds the workload as the last arguments of a profiler that starts it.
pub fn append(profiler: &mut Command, workload: &Command) {
    profiler
        .arg(workload.get_program())
        .args(workload.get_args());
}

/// Runs a profiler that starts the workload and waits for it; its own CPU time is what
/// the two took less what the workload reports.
///
/// # Errors
///
/// When one of them fails.
pub fn run_launched(profiler: &mut Command, task: &Task) -> Result<Outcome> {
    let ended = Process::run(profiler, task.timeout)?;
    let report = Report::find_in(&ended.stdout)?;
    let own_cpu_seconds = (ended.cpu_seconds - report.cpu_seconds).max(0.0);
    Ok(Outcome {
        report,
        stacks: None,
        own_cpu_seconds,
        max_rss: ended.max_rss,
    })
}

/// Starts the workload, has a profiler attach to it, and lets it go.
///
/// # Errors
///
/// When one of them fails.
pub fn run_attached(
    language: Language,
    task: &Task,
    profiler: impl FnOnce(u32) -> Command,
) -> Result<Outcome> {
    let mut target = Process::start(command(language, task).arg("--wait"), task.timeout)?;
    let stderr = target.child().stderr.take().context("stderr is piped")?;
    let mut ready = String::new();
    let mut stderr = BufReader::new(stderr);
    stderr.read_line(&mut ready)?;
    ensure!(
        ready == "ready\n",
        "the workload did not get ready: {ready}"
    );

    let profiler = Process::start(&mut profiler(target.id()), task.timeout)?;
    thread::sleep(TIME_TO_ATTACH);
    let mut stdin = target.child().stdin.take().context("stdin is piped")?;
    stdin.write_all(b"go\n")?;
    // Both streams of the profiler are read while the workload runs.
    let watch = thread::spawn(move || profiler.end());
    let target = target.end()?.success()?;
    let ended: Ended = watch.join().expect("watching a process does not panic")?;
    let ended = ended.success()?;
    Ok(Outcome {
        report: Report::find_in(&target.stdout)?,
        stacks: None,
        own_cpu_seconds: ended.cpu_seconds,
        max_rss: ended.max_rss,
    })
}
