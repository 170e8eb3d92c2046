//! Running a job under the recorder, and judging what comes of it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Seek};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use profiler::{Backend, Error, Profile, RecordOptions, Recording, State};

use crate::jobs::JOB;

/// A correct program is further off than this by chance once in 150,000 times.
pub const MAX_Z: f64 = 4.5;

pub fn options() -> RecordOptions {
    let mut options = RecordOptions::new();
    options.rate_hz = 1000.0;
    options.backend = Backend::PerfEvent;
    options
}

/// Records a program from its start to its end, and returns what it prints.
pub fn record_output(mut command: Command, options: RecordOptions) -> Option<(Profile, String)> {
    let mut output = tempfile::tempfile().unwrap();
    command.stdout(output.try_clone().unwrap());
    let mut recording = permitted(Recording::launch(command, options))?;
    let status = loop {
        if let State::Ended(status) = recording.advance(Duration::from_millis(100)).unwrap() {
            break status;
        }
    };
    assert!(status.unwrap().success());
    let profile = recording.finish().unwrap();
    let mut text = String::new();
    output.rewind().unwrap();
    output.read_to_string(&mut text).unwrap();
    Some((profile, text))
}

/// Records a job from its start to its end, and returns what it says of itself.
pub fn record(name: &str, options: RecordOptions) -> Option<(Profile, Vec<(String, f64)>)> {
    let (profile, text) = record_output(command(name), options)?;
    // The harness of the other side says more than the job.
    let line = text
        .lines()
        .find(|line| line.starts_with("multiply") || line.starts_with("first"));
    let words: Vec<&str> = line.unwrap_or("").split_whitespace().collect();
    let pairs = words.chunks_exact(2);
    let truth = pairs.map(|pair| (pair[0].to_owned(), pair[1].parse().unwrap()));
    Some((profile, truth.collect()))
}

/// Passes over what the system forbids, and says so.
pub fn permitted<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error @ Error::Forbidden { .. }) => {
            eprintln!("skipped: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

pub fn command(job: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "--nocapture", "--test-threads=1"])
        .arg(format!("jobs::job_{job}"))
        .env(JOB, job);
    command
}

/// A running process with threads at work and asleep.
pub struct Target {
    pub child: Child,
    _stdout: BufReader<ChildStdout>,
}

impl Target {
    pub fn start() -> Self {
        let mut command = command("endless");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("ready") {
            line.clear();
            assert!(
                stdout.read_line(&mut line).unwrap() > 0,
                "it has ended early"
            );
        }
        Self {
            child,
            _stdout: stdout,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn end(&mut self) {
        drop(self.child.stdin.take());
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.end();
        let start = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            if start.elapsed() > Duration::from_secs(20) {
                self.child.kill().unwrap();
                assert!(thread::panicking(), "the process did not end");
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

pub fn assert_not_traced(target: &Target) {
    for task in fs::read_dir(format!("/proc/{}/task", target.pid())).unwrap() {
        let status = fs::read_to_string(task.unwrap().path().join("status")).unwrap();
        assert!(status.contains("TracerPid:\t0"), "{status}");
    }
}

/// Asserts that functions have their measured shares among each other.
pub fn assert_shares(profile: &Profile, truth: &[(String, f64)]) {
    assert!(truth.len() > 1);
    let inside = profile.root_at(|name| truth.iter().any(|(function, _)| is(name, function)));
    let n = inside.total().as_samples() as f64;
    let total: f64 = truth.iter().map(|(_, nanos)| nanos).sum();
    for (function, nanos) in truth {
        let expected = nanos / total;
        let share = inside.share_of(|name| is(name, function));
        let z = (share.value - expected) / (expected * (1.0 - expected) / n).sqrt();
        assert!(
            z.abs() < MAX_Z,
            "{function}: z = {z:.1}, {share}, true {expected:.3} of {n}"
        );
    }
}

/// Asserts that with those lost, as some are on a busy machine, there are as many samples as
/// the rate and the CPU time call for.
pub fn assert_rate(profile: &Profile) {
    let quality = profile.quality();
    let (n, lost) = (
        quality.taken.as_samples() as f64,
        quality.lost.as_samples() as f64,
    );
    let due = quality.rate_asked * quality.cpu_time.as_secs_f64();
    // Less than a Poisson process would vary by, as the intervals are more even. Which
    // process the lost ones belonged to is not known.
    let z = (n + lost - due) / due.sqrt();
    // The clock of a process that has ended can no longer be read, and on a busy machine it
    // was last read a while before: up to a third of such a short time is not in it.
    let unread = due / 3.0;
    assert!(
        (-MAX_Z - lost / due.sqrt()..MAX_Z + (lost + unread) / due.sqrt()).contains(&z),
        "z = {z:.1}: {n} of {due:.0}, {quality:?}"
    );
}

/// Asserts that stacks reach to their roots, but for the moments of the program's loading:
/// the dynamic linker begins without one.
pub fn assert_complete(profile: &Profile) {
    let quality = profile.quality();
    assert_eq!(quality.truncated.as_samples(), 0, "{quality:?}");
    assert!(quality.unreadable.as_samples() <= 5, "{quality:?}");
}

pub fn is(name: &str, function: &str) -> bool {
    name.strip_suffix(function)
        .is_some_and(|path| path.is_empty() || path.ends_with("::"))
}
