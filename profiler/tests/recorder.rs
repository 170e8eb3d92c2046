//! The recorder, on this test program itself, run again to do one of the jobs below.
//!
//! Where perf events or tracing are forbidden, the tests that need them say so and pass.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::fs;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use profiler::{
    Backend, Error, Mode, Profile, RecordOptions, Recording, Source, State, dump, recover,
};
use rustix::time::{ClockId, clock_gettime};

/// A correct program is further off than this by chance once in 150,000 times.
const MAX_Z: f64 = 4.5;

/// Names the job that this program is to do instead of testing.
const JOB: &str = "RECORDER_TEST_JOB";

// The jobs. Each is a test of its own that does nothing unless it is asked for, so that
// this program can be told by name to run it.

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

/// Works until its standard input is closed.
#[test]
fn job_endless() {
    job("endless", || {
        let helper = thread::Builder::new().name("helper".to_owned());
        let _helper = helper.spawn(sleep_for_long).unwrap();
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
        let mut options = options();
        options.spool = Some(std::env::var("RECORDER_TEST_SPOOL").unwrap().into());
        let mut recording = Recording::attach(pid, options).unwrap();
        loop {
            recording.advance(Duration::from_millis(100)).unwrap();
        }
    });
}

#[test]
fn a_split_is_recorded_as_measured() {
    let Some((profile, truth)) = record("split", options()) else {
        return;
    };
    assert_eq!(profile.quality().source, Some(Source::Processors));
    assert_shares(&profile, &truth);
    assert_rate(&profile);
    assert_complete(&profile);
}

#[test]
fn a_program_in_step_with_the_rate_is_recorded_as_measured() {
    let Some((profile, truth)) = record("lockstep", options()) else {
        return;
    };
    assert_shares(&profile, &truth);
}

#[test]
fn threads_of_two_milliseconds_count_in_full() {
    let Some((profile, truth)) = record("short_threads", options()) else {
        return;
    };
    assert_shares(&profile, &truth);
    assert_rate(&profile);
}

#[test]
fn a_thousand_frames_of_recursion_are_whole() {
    let Some((profile, _)) = record("deep", options()) else {
        return;
    };
    // The stack may be larger than what the kernel copies; then the rest is read a little
    // later, which may be too late at the end of a descent.
    let quality = profile.quality();
    assert!(
        quality.truncated.as_samples() * 10 < quality.taken.as_samples(),
        "{quality:?}"
    );
    let mut n_at_the_bottom = 0;
    for (stack, weight) in profile.stacks() {
        let is_at_the_bottom = stack.iter().any(|frame| is(frame, "at_the_bottom"));
        if stack[0] != "[truncated]" && is_at_the_bottom {
            let depth = stack.iter().filter(|frame| is(frame, "descend")).count();
            assert_eq!(depth, 1000);
            n_at_the_bottom += weight.as_samples();
        }
    }
    assert!(n_at_the_bottom > 20, "{n_at_the_bottom}");
}

#[test]
fn wall_mode_counts_sleep() {
    let mut options = options();
    options.mode = Mode::Wall;
    let Some((profile, truth)) = record("sleep", options) else {
        return;
    };
    // The main thread waits for the one that the harness runs the test on; the two
    // functions share the time of the latter.
    let inside = profile.root_at(|name| is(name, "job_sleep"));
    let share = inside.share_of(|name| is(name, "nap"));
    let total: f64 = truth.iter().map(|(_, nanos)| nanos).sum();
    let expected = truth[1].1 / total;
    let n = inside.total().as_samples() as f64;
    let z = (share.value - expected) / (expected * (1.0 - expected) / n).sqrt();
    assert!(
        z.abs() < MAX_Z,
        "z = {z:.1}: {share}, slept {expected:.3} of {n}"
    );
    // And in number, as the rate calls for.
    let due = total / 1e9 * 1000.0;
    assert!((n - due).abs() < MAX_Z * due.sqrt(), "{n} of {due}");
}

#[test]
fn cpu_mode_does_not_count_sleep() {
    let Some((profile, _)) = record("sleep", options()) else {
        return;
    };
    let inside = profile.root_at(|name| is(name, "job_sleep"));
    let share = inside.share_of(|name| is(name, "nap"));
    assert!(share.value < 0.05, "{share}");
    assert_rate(&profile);
}

#[test]
fn attaching_sees_what_a_running_process_does() {
    let mut target = Target::start();
    let Some(mut recording) = permitted(Recording::attach(target.pid(), options())) else {
        return;
    };
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        let state = recording.advance(Duration::from_millis(50)).unwrap();
        assert_eq!(state, State::Running);
    }
    let first = recording.take().unwrap();
    recording.advance(Duration::from_millis(200)).unwrap();
    let second = recording.take().unwrap();
    target.end();
    let state = recording.advance(Duration::from_secs(10)).unwrap();
    assert_eq!(state, State::Ended(None));
    let whole = recording.finish().unwrap();

    let share = whole.share_of(|name| is(name, "multiply") || is(name, "rotate"));
    assert!(share.low > 0.9, "{share}");
    // Naming functions takes the recorder's time, in a test build more than there is.
    assert_count(&whole);
    let parts = first.total() + second.total();
    assert!(second.total().as_samples() > 0);
    assert!(parts <= whole.total());
    assert_eq!(first.quality().taken, first.total());
    // Threads that were there before are known by name.
    let names: Vec<_> = whole
        .thread_ids()
        .map(|id| whole.thread(id).name.to_owned())
        .collect();
    assert!(names.iter().any(|name| name == "helper"), "{names:?}");
}

#[test]
fn a_killed_recorder_leaves_a_profile() {
    let target = Target::start();
    if permitted(Recording::attach(target.pid(), options())).is_none() {
        return;
    }
    let spool = std::env::temp_dir().join(format!("recorder-test-{}.spool", std::process::id()));
    let mut recorder = command("recorder")
        .env("RECORDER_TEST_PID", target.pid().to_string())
        .env("RECORDER_TEST_SPOOL", &spool)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(2500));
    recorder.kill().unwrap();
    recorder.wait().unwrap();

    let profile = recover(&spool).unwrap();
    let quality = profile.quality();
    // The last second may be lost, and the start takes some time.
    assert!(
        quality.wall_time >= Duration::from_millis(900),
        "{quality:?}"
    );
    let share = profile.share_of(|name| is(name, "multiply") || is(name, "rotate"));
    assert!(share.low > 0.9, "{share}");
    assert_rate(&profile);

    // A record that was cut off costs itself only; no file at all is an error.
    let bytes = fs::read(&spool).unwrap();
    fs::write(&spool, &bytes[..bytes.len() - 1]).unwrap();
    let cut = recover(&spool).unwrap();
    assert!(cut.total() < profile.total());
    fs::write(&spool, b"something else").unwrap();
    assert!(matches!(recover(&spool), Err(Error::NoSpool { .. })));
    fs::remove_file(&spool).unwrap();
}

#[test]
fn without_perf_threads_are_stopped_and_let_go() {
    let mut target = Target::start();
    let mut options = options();
    options.backend = Backend::Ptrace;
    let Some(mut recording) = permitted(Recording::attach(target.pid(), options)) else {
        return;
    };
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(1500) {
        recording.advance(Duration::from_millis(50)).unwrap();
    }
    let profile = recording.finish().unwrap();
    assert_eq!(profile.quality().source, Some(Source::Ptrace));
    if profile.total().as_samples() == 0 {
        eprintln!("skipped: tracing is forbidden here");
        return;
    }
    let share = profile.share_of(|name| is(name, "multiply") || is(name, "rotate"));
    assert!(share.low > 0.9, "{share}");
    assert_not_traced(&target);
    // It would not end if one of its threads were still stopped.
    target.end();
}

#[test]
fn a_dump_shows_all_threads_asleep_or_not() {
    let mut target = Target::start();
    let Some(stacks) = permitted(dump(target.pid())) else {
        return;
    };
    let helper = stacks
        .iter()
        .find(|stack| stack.thread().name == "helper")
        .unwrap();
    assert!(helper.is_complete(), "{helper:?}");
    let functions: Vec<_> = helper
        .frames()
        .map(|frame| frame.function.to_owned())
        .collect();
    assert!(
        functions.iter().any(|name| is(name, "sleep_for_long")),
        "{functions:?}"
    );
    let at_work =
        |name: &str| is(name, "multiply") || is(name, "rotate") || name.contains("job_endless");
    let works = |stack: &profiler::ThreadStack| stack.frames().any(|frame| at_work(frame.function));
    assert!(stacks.iter().any(works), "{stacks:?}");
    assert_not_traced(&target);
    target.end();
}

#[test]
fn subprocesses_are_recorded_if_asked_for() {
    for subprocesses in [true, false] {
        let mut command = Command::new("sh");
        // Of its own, so that the shell waits for each in turn.
        let this = std::env::current_exe().unwrap();
        let script = "for i in 1 2 3; do \"$0\" --exact job_deep; done; true";
        command.args(["-c", script]).arg(this).env(JOB, "deep");
        command.stdout(Stdio::null());
        let mut options = options();
        options.subprocesses = subprocesses;
        let Some(mut recording) = permitted(Recording::launch(command, options)) else {
            return;
        };
        while recording.advance(Duration::from_millis(100)).unwrap() == State::Running {}
        let profile = recording.finish().unwrap();
        let share = profile.share_of(|name| is(name, "at_the_bottom"));
        if subprocesses {
            assert!(share.low > 0.8, "{share}");
            let pids: std::collections::BTreeSet<_> = profile
                .thread_ids()
                .map(|id| profile.thread(id).pid)
                .collect();
            assert_eq!(pids.len(), 4);
            assert_rate(&profile);
        } else {
            assert!(share.value < 0.01, "{share}");
        }
    }
}

#[test]
fn a_budget_lowers_the_rate() {
    let target = Target::start();
    let mut options = options();
    options.rate_hz = 4000.0;
    options.max_overhead = Some(0.002);
    let Some(mut recording) = permitted(Recording::attach(target.pid(), options)) else {
        return;
    };
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        recording.advance(Duration::from_millis(50)).unwrap();
    }
    recording.take().unwrap();
    for _ in 0..20 {
        recording.advance(Duration::from_millis(50)).unwrap();
    }
    let late = recording.take().unwrap();
    // Samples alone, at 10 µs each, allow 200 a second.
    let rate = late.quality().rate_obtained();
    assert!(rate < 400.0, "{rate}");
}

#[test]
fn what_cannot_be_recorded_is_said() {
    // Numbers of processes end at 2^22.
    let error = Recording::attach(5_000_000, options()).unwrap_err();
    assert!(
        matches!(error, Error::NoSuchProcess { pid: 5_000_000 }),
        "{error}"
    );
    let error = dump(5_000_000).unwrap_err();
    assert!(matches!(error, Error::NoSuchProcess { .. }), "{error}");
    let mut bad = options();
    bad.rate_hz = f64::NAN;
    let error = Recording::attach(std::process::id(), bad).unwrap_err();
    assert!(
        matches!(
            error,
            Error::BadOption {
                option: "rate_hz",
                ..
            }
        ),
        "{error}"
    );
    let error = Recording::launch(Command::new("/no/such/program"), options()).unwrap_err();
    assert!(
        matches!(error, Error::System { .. } | Error::Forbidden { .. }),
        "{error}"
    );
    let error = recover("/no/such/file".as_ref()).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

fn options() -> RecordOptions {
    let mut options = RecordOptions::new();
    options.rate_hz = 1000.0;
    options.backend = Backend::PerfEvent;
    options
}

/// Records a job from its start to its end, and returns what it says of itself.
fn record(name: &str, options: RecordOptions) -> Option<(Profile, Vec<(String, f64)>)> {
    let truth = std::env::temp_dir().join(format!("recorder-test-{}-{name}", std::process::id()));
    let mut command = command(name);
    command.stdout(fs::File::create(&truth).unwrap());
    let mut recording = permitted(Recording::launch(command, options))?;
    let status = loop {
        if let State::Ended(status) = recording.advance(Duration::from_millis(100)).unwrap() {
            break status;
        }
    };
    assert!(status.unwrap().success());
    let profile = recording.finish().unwrap();
    let text = fs::read_to_string(&truth).unwrap();
    fs::remove_file(&truth).unwrap();
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
fn permitted<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error @ Error::Forbidden { .. }) => {
            eprintln!("skipped: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn command(job: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "--nocapture", "--test-threads=1"])
        .arg(format!("job_{job}"))
        .env(JOB, job);
    command
}

fn job(name: &str, work: impl FnOnce()) {
    if std::env::var_os(JOB).is_some_and(|job| job == name) {
        work();
    }
}

/// A running process with threads at work and asleep.
struct Target {
    child: Child,
    _stdout: BufReader<ChildStdout>,
}

impl Target {
    fn start() -> Self {
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

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn end(&mut self) {
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

fn assert_not_traced(target: &Target) {
    for task in fs::read_dir(format!("/proc/{}/task", target.pid())).unwrap() {
        let status = fs::read_to_string(task.unwrap().path().join("status")).unwrap();
        assert!(status.contains("TracerPid:\t0"), "{status}");
    }
}

/// Asserts that functions have their measured shares among each other.
fn assert_shares(profile: &Profile, truth: &[(String, f64)]) {
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

/// Asserts that there are as many samples as the rate and the CPU time call for, and that
/// hardly any were lost, however busy the machine.
fn assert_rate(profile: &Profile) {
    let quality = profile.quality();
    let due = quality.rate_asked * quality.cpu_time.as_secs_f64();
    assert!(
        (quality.lost.as_samples() as f64) < 0.05 * due,
        "{quality:?}"
    );
    assert_count(profile);
}

/// Asserts that with those lost, there are as many samples as there should be.
fn assert_count(profile: &Profile) {
    let quality = profile.quality();
    let (n, lost) = (
        quality.taken.as_samples() as f64,
        quality.lost.as_samples() as f64,
    );
    let due = quality.rate_asked * quality.cpu_time.as_secs_f64();
    // Less than a Poisson process would vary by, as the intervals are more even. Which
    // process the lost ones belonged to is not known.
    let z = (n + lost - due) / due.sqrt();
    assert!(
        z.abs() < MAX_Z + lost / due.sqrt(),
        "z = {z:.1}: {n} of {due:.0}, {quality:?}"
    );
}

/// Asserts that stacks reach to their roots, but for the program's first and last moments.
fn assert_complete(profile: &Profile) {
    let quality = profile.quality();
    assert_eq!(quality.truncated.as_samples(), 0, "{quality:?}");
    assert!(quality.unreadable.as_samples() <= 2, "{quality:?}");
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

fn is(name: &str, function: &str) -> bool {
    name.strip_suffix(function)
        .is_some_and(|path| path.is_empty() || path.ends_with("::"))
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
        return at_the_bottom();
    }
    black_box(descend(black_box(n_left - 1))).rotate_left(1)
}

#[inline(never)]
fn at_the_bottom() -> u64 {
    (0..5_000_000_u64).fold(3, |x, i| black_box(x ^ i))
}

#[inline(never)]
fn nap(since_start: Duration) {
    // Not in step with anything.
    thread::sleep(Duration::from_micros(
        1000 + u64::from(since_start.subsec_micros() % 4000),
    ));
}

#[inline(never)]
fn sleep_for_long() {
    thread::sleep(Duration::from_mins(10));
    black_box(());
}
