//! What this program does when it is run again to be recorded.
//!
//! Each job is a test that does nothing unless it is asked for, so that the program can be
//! told by name to run it.

use std::hint::black_box;
use std::io::Read;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use bench_fixtures::workload::{Amount, Report, by_name};
use profiler::Recording;
use rustix::time::{ClockId, clock_gettime};

use crate::support;

/// Names the job that this program is to do instead of testing.
pub const JOB: &str = "RECORDER_TEST_JOB";

/// Name, seconds of CPU time and seed of the workload to run.
pub const WORKLOAD: [&str; 3] = [
    "RECORDER_TEST_WORKLOAD",
    "RECORDER_TEST_SECONDS",
    "RECORDER_TEST_SEED",
];

#[test]
fn job_split() {
    job("split", || {
        let mut truth = Truth::default();
        for round in 0..600 {
            let length = 100 + round * 7919 % 1000;
            truth.charge("multiply", || multiply(length * 50));
            truth.charge("rotate", || rotate(length * 30));
            truth.charge("divide", || divide(length * 15));
        }
        truth.print();
    });
}

/// Is in step with a sampler at 1000 Hz.
#[test]
fn job_lockstep() {
    job("lockstep", || {
        let mut truth = Truth::default();
        let start = cpu_time();
        let until = |end: Duration, work: &dyn Fn()| {
            while cpu_time() < end {
                work();
            }
        };
        for millisecond in 0..1200 {
            let boundary = start + Duration::from_millis(millisecond);
            truth.charge("first_half", || first_half(boundary, &until));
            truth.charge("last_half", || last_half(boundary, &until));
        }
        truth.print();
    });
}

#[test]
fn job_short_threads() {
    job("short_threads", || {
        let mut truth = Truth::default();
        for _ in 0..250 {
            truth.charge("multiply", || multiply(400_000));
            let short = thread::spawn(|| {
                let before = cpu_time();
                rotate(700_000);
                cpu_time().saturating_sub(before)
            });
            truth.add("rotate", short.join().unwrap());
        }
        truth.print();
    });
}

#[test]
fn job_deep() {
    job("deep", || {
        for _ in 0..5 {
            black_box(descend(1000));
        }
    });
}

#[test]
fn job_short() {
    job("short", || {
        black_box(at_the_bottom(60_000_000));
    });
}

/// Runs for three tenths of the time.
#[test]
fn job_sleep() {
    job("sleep", || {
        let start = Instant::now();
        let (mut ran, mut slept) = (Duration::ZERO, Duration::ZERO);
        while start.elapsed() < Duration::from_secs(2) {
            let before = Instant::now();
            multiply(700_000);
            ran += before.elapsed();
            let before = Instant::now();
            nap(before.duration_since(start));
            slept += before.elapsed();
        }
        println!("\nmultiply {} nap {}", ran.as_nanos(), slept.as_nanos());
    });
}

/// Runs one of the workloads whose truth is known, and prints that.
#[test]
fn job_workload() {
    job("workload", || {
        let [name, seconds, seed] = WORKLOAD.map(|key| std::env::var(key).unwrap());
        let time = Duration::from_secs_f64(seconds.parse().unwrap());
        let workload = by_name(&name).unwrap();
        let report = Report::of(workload, Amount::CpuTime(time), seed.parse().unwrap());
        println!("\n{}", report.to_json());
    });
}

/// Works until its standard input is closed.
#[test]
fn job_endless() {
    job("endless", || {
        let helper = thread::Builder::new().name("helper".to_owned());
        let (sender, receiver) = mpsc::channel();
        let _helper = helper.spawn(move || sleep_for_long(&sender)).unwrap();
        receiver.recv().unwrap();
        thread::spawn(|| {
            loop {
                multiply(100_000);
                rotate(100_000);
            }
        });
        println!("ready");
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    });
}

/// Records itself being killed.
#[test]
fn job_recorder() {
    job("recorder", || {
        let pid = std::env::var("RECORDER_TEST_PID").unwrap().parse().unwrap();
        let mut options = support::options();
        options.spool = Some(std::env::var("RECORDER_TEST_SPOOL").unwrap().into());
        let mut recording = Recording::attach(pid, options).unwrap();
        loop {
            recording.advance(Duration::from_millis(100)).unwrap();
        }
    });
}

fn job(name: &str, work: impl FnOnce()) {
    if std::env::var_os(JOB).is_some_and(|job| job == name) {
        work();
    }
}

/// What the functions of a job took, in nanoseconds of CPU time.
#[derive(Default)]
struct Truth(Vec<(&'static str, Duration)>);

impl Truth {
    fn charge(&mut self, function: &'static str, work: impl FnOnce()) {
        let before = cpu_time();
        work();
        self.add(function, cpu_time().saturating_sub(before));
    }

    fn add(&mut self, function: &'static str, time: Duration) {
        match self.0.iter_mut().find(|(name, _)| *name == function) {
            Some((_, total)) => *total += time,
            None => self.0.push((function, time)),
        }
    }

    fn print(&self) {
        let text = |(name, time): &(&str, Duration)| format!("{name} {}", time.as_nanos());
        let words: Vec<String> = self.0.iter().map(text).collect();
        // After what the harness has written on the line.
        println!("\n{}", words.join(" "));
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap())
}

// Each function has a body of its own, or the linker would make them one.

#[inline(never)]
fn multiply(n: u64) {
    let mut x = 1_u64;
    for i in 0..n {
        x = black_box(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(i));
    }
}

#[inline(never)]
fn rotate(n: u64) {
    let mut x = 7_u64;
    for i in 0..n {
        x = black_box(x.rotate_left(7) ^ i);
    }
}

#[inline(never)]
fn divide(n: u64) {
    let mut x = u64::MAX;
    for i in 0..n {
        x = black_box((x / (i + 3)).wrapping_sub(i));
    }
}

#[inline(never)]
fn first_half(boundary: Duration, until: &dyn Fn(Duration, &dyn Fn())) {
    until(boundary + Duration::from_micros(500), &|| multiply(100));
}

#[inline(never)]
fn last_half(boundary: Duration, until: &dyn Fn(Duration, &dyn Fn())) {
    until(boundary + Duration::from_millis(1), &|| rotate(100));
}

#[inline(never)]
fn descend(n_left: u64) -> u64 {
    if n_left <= 1 {
        return black_box(at_the_bottom(60_000_000));
    }
    black_box(descend(black_box(n_left - 1))).rotate_left(1)
}

#[inline(never)]
fn at_the_bottom(n: u64) -> u64 {
    (0..n).fold(3, |x, i| black_box(x ^ i))
}

#[inline(never)]
fn nap(since_start: Duration) {
    // Not in step with anything.
    thread::sleep(Duration::from_micros(
        1000 + u64::from(since_start.subsec_micros() % 4000),
    ));
    // Something to do afterwards, or an optimised call would become a jump.
    black_box(());
}

#[inline(never)]
fn sleep_for_long(here: &Sender<()>) {
    here.send(()).unwrap();
    thread::sleep(Duration::from_mins(10));
    black_box(());
}
