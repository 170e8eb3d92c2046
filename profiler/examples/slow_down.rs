//! By how much a profiler slows a program down: ours from inside, ours attached, and
//! `perf record` with frame pointers.
//!
//! One process does the same piece of work again and again, some twenty milliseconds each,
//! and a profiler comes and goes: a stretch without, one with, one without, and so on, in
//! an order that rotates. A stretch is worth the mean of the middle half of its pieces, and
//! is set against the two stretches beside it. So it matters little that a machine is not
//! equally fast at all times, nor where a process happens to lie in memory.

use std::fs;
use std::hint::black_box;
use std::io::{IsTerminal, stderr};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser;
use profiler::{Options, Sampler};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustix::process::{Pid, Signal, kill_process};
use rustix::time::{ClockId, clock_gettime};

/// How long a stretch takes.
const STRETCH: Duration = Duration::from_millis(600);
/// What a profiler gets to attach itself.
const SETTLING: Duration = Duration::from_millis(400);
const N_RESAMPLES: usize = 10_000;

#[derive(Parser)]
#[command(about = "By how much profilers slow a program down, in turns")]
struct Args {
    /// How often everything is measured
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Samples asked for, per second of CPU time
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=5000))]
    rate: u32,
    /// The command `profiler`
    #[arg(long)]
    profiler: PathBuf,
}

/// A profiler that comes and goes.
#[derive(Clone, Copy, PartialEq)]
enum Subject {
    InProcess,
    Attached,
    Perf,
}

impl Subject {
    const ALL: [Self; 3] = [Self::InProcess, Self::Attached, Self::Perf];

    fn name(self) -> &'static str {
        match self {
            Self::InProcess => "ours, in-process",
            Self::Attached => "ours, attached",
            Self::Perf => "perf fp",
        }
    }
}

/// What a stretch showed.
struct Stretch {
    /// Seconds of CPU time for a piece of work.
    piece: f64,
    /// Samples per second of CPU time.
    rate: f64,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let folder = tempfile::tempdir()?;
    let mut logs: Vec<Vec<f64>> = vec![Vec::new(); Subject::ALL.len()];
    let mut rates = vec![0.0; Subject::ALL.len()];
    stretch();
    for round in 0..args.rounds {
        let mut before = stretch().0;
        for turn in 0..Subject::ALL.len() {
            let at = (usize::from(round) + turn) % Subject::ALL.len();
            let with = watched(Subject::ALL[at], &args, folder.path())?;
            let after = stretch().0;
            logs[at].push((2.0 * with.piece / (before + after)).ln());
            rates[at] += with.rate / f64::from(args.rounds);
            before = after;
        }
        if stderr().is_terminal() {
            eprint!("\rround {} of {} ", round + 1, args.rounds);
        }
    }
    if stderr().is_terminal() {
        eprintln!();
    }
    print(&args, &logs, &rates);
    Ok(())
}

fn print(args: &Args, logs: &[Vec<f64>], rates: &[f64]) {
    println!(
        "{} Hz, {} rounds; CPU time of the program, median and 95 % interval over rounds\n",
        args.rate, args.rounds
    );
    println!(
        "{:<18}{:>8}  {:<26}CPU time over that with perf",
        "", "Hz", "slow-down"
    );
    let perf = logs.last().expect("perf is there");
    for ((subject, logs), rate) in Subject::ALL.iter().zip(logs).zip(rates) {
        let pairs = logs.iter().zip(perf);
        let beside = if *subject == Subject::Perf {
            String::new()
        } else {
            interval(&pairs.map(|(own, perf)| own - perf).collect::<Vec<_>>())
        };
        println!(
            "{:<18}{rate:>8.0}  {:<26}{beside}",
            subject.name(),
            interval(logs)
        );
    }
}

/// The work with a profiler beside it, which has to have sampled.
fn watched(subject: Subject, args: &Args, folder: &Path) -> Result<Stretch> {
    let (rate, pid) = (args.rate.to_string(), process::id().to_string());
    let (piece, n_samples, seconds) = match subject {
        Subject::InProcess => {
            let mut options = Options::new();
            options.rate_hz = f64::from(args.rate);
            let session = Sampler::start(options)?;
            let (piece, seconds) = stretch();
            let profile = session.stop()?;
            (piece, profile.quality().taken.as_samples() as f64, seconds)
        }
        Subject::Attached => {
            let out = folder.join("ours.folded");
            let mut command = Command::new(&args.profiler);
            command.args(["record", "--rate", &rate, "--pid", &pid, "-o"]);
            let (piece, seconds) = beside(command.arg(&out))?;
            let text = fs::read_to_string(&out)?;
            fs::remove_file(out)?;
            let counts = text.lines().filter_map(|line| line.rsplit(' ').next());
            let counts = counts.filter_map(|count| count.parse::<f64>().ok());
            (piece, counts.sum(), seconds)
        }
        Subject::Perf => {
            let out = folder.join("perf.data");
            let mut command = Command::new("perf");
            command.args(["record", "-F", &rate, "--call-graph", "fp", "-p", &pid]);
            let (piece, seconds) = beside(command.arg("-o").arg(&out))?;
            let mut script = Command::new("perf");
            script.args(["script", "-F", "time", "-i"]).arg(&out);
            let lines = script.output()?.stdout;
            fs::remove_file(out)?;
            let n_samples = lines.split(|byte| *byte == b'\n').count() - 1;
            (piece, n_samples as f64, seconds)
        }
    };
    let rate = n_samples / seconds;
    let name = subject.name();
    ensure!(
        rate > f64::from(args.rate) / 2.0,
        "{name} took {n_samples} samples in {seconds:.2} seconds of CPU time"
    );
    Ok(Stretch { piece, rate })
}

/// The work with another process beside it, from when that has attached itself.
fn beside(command: &mut Command) -> Result<(f64, f64)> {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = quiet
        .spawn()
        .with_context(|| format!("cannot start {}", quiet.get_program().display()))?;
    std::thread::sleep(SETTLING);
    let found = stretch();
    kill_process(Pid::from_child(&child), Signal::INT).context("it has ended by itself")?;
    let status = child.wait()?;
    // perf ends by the signal after it has written its file.
    if !status.success() && status.signal() != Some(Signal::INT.as_raw()) {
        bail!("{} failed: {status}", quiet.get_program().display());
    }
    Ok(found)
}

/// The mean of the middle half of the pieces of a stretch, and the CPU time of all.
fn stretch() -> (f64, f64) {
    let (begin, since) = (Instant::now(), cpu_seconds());
    let mut pieces = Vec::new();
    while begin.elapsed() < STRETCH {
        let before = cpu_seconds();
        black_box(descend(10));
        pieces.push(cpu_seconds() - before);
    }
    pieces.sort_by(f64::total_cmp);
    let middle = &pieces[pieces.len() / 4..][..pieces.len().div_ceil(2)];
    (
        middle.iter().sum::<f64>() / middle.len() as f64,
        cpu_seconds() - since,
    )
}

#[inline(never)]
fn descend(depth: u32) -> u64 {
    if depth == 0 {
        return (0..10_000_000_u64).fold(1, |x, i| black_box(x.wrapping_mul(31) ^ i));
    }
    black_box(descend(depth - 1)) + 1
}

/// The CPU time of this thread.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The median of logarithms of ratios as a change in per cent, with its percentile
/// bootstrap interval (B. Efron, "Bootstrap methods: another look at the jackknife",
/// Annals of Statistics 7, 1979, 1-26).
fn interval(logs: &[f64]) -> String {
    let median = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        let n = values.len();
        f64::midpoint(values[(n - 1) / 2], values[n / 2])
    };
    let percent = |log: f64| 100.0 * log.exp_m1();
    let mut rng = StdRng::seed_from_u64(1);
    let resample = |_| {
        let draw = |_| logs[rng.random_range(0..logs.len())];
        median(&mut (0..logs.len()).map(draw).collect())
    };
    let mut medians: Vec<f64> = (0..N_RESAMPLES).map(resample).collect();
    let middle = percent(median(&mut logs.to_vec()));
    medians.sort_by(f64::total_cmp);
    let end = |at: usize| percent(medians[at]);
    format!(
        "{middle:+.2} % ({:+.2} to {:+.2})",
        end(N_RESAMPLES / 40),
        end(N_RESAMPLES - N_RESAMPLES / 40)
    )
}
