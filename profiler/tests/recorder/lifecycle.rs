//! Attaching, ends, kills, children, and what to do without perf.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use profiler::{Backend, DumpOptions, Error, Profile, Recording, Source, State, dump, recover};

use crate::jobs::JOB;
use crate::support::{Target, assert_not_traced, assert_rate, command, is, options, permitted};

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
    assert!(share.value > 0.9, "{share}");
    assert_rate(&whole);
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
    // Until there is a second in the spool, however long a busy machine takes.
    let start = Instant::now();
    let has_second = |profile: Profile| profile.quality().wall_time >= Duration::from_millis(900);
    while !recover(&spool).is_ok_and(has_second) && start.elapsed() < Duration::from_mins(2) {
        thread::sleep(Duration::from_millis(100));
    }
    recorder.kill().unwrap();
    recorder.wait().unwrap();

    let profile = recover(&spool).unwrap();
    let quality = profile.quality();
    assert!(
        quality.wall_time >= Duration::from_millis(900),
        "{quality:?}"
    );
    let share = profile.share_of(|name| is(name, "multiply") || is(name, "rotate"));
    assert!(share.value > 0.9, "{share}");
    // The other recorder may have been short of time.
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
    assert!(share.value > 0.9, "{share}");
    assert_not_traced(&target);
    // It would not end if one of its threads were still stopped.
    target.end();
}

#[test]
fn a_dump_shows_all_threads_asleep_or_not() {
    let mut target = Target::start();
    let Some(stacks) = permitted(dump(target.pid(), DumpOptions::new())) else {
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
        let script = "for i in 1 2 3; do \"$0\" --exact jobs::job_short; done; true";
        command.args(["-c", script]).arg(this).env(JOB, "short");
        command.stdout(Stdio::null());
        let mut options = options();
        options.subprocesses = subprocesses;
        let Some(mut recording) = permitted(Recording::launch(command, options)) else {
            return;
        };
        while recording.advance(Duration::from_millis(100)).unwrap() == State::Running {}
        let profile = recording.finish().unwrap();
        // The shell's own time, waiting for them to be cleared away, varies.
        let children: BTreeSet<_> = profile
            .samples()
            .filter(|sample| {
                let stack = profile.stack(sample.stack);
                stack.iter().any(|name| is(name, "at_the_bottom"))
            })
            .map(|sample| profile.thread(sample.thread).pid)
            .collect();
        let stacks: Vec<_> = profile
            .samples()
            .map(|sample| {
                let pid = profile.thread(sample.thread).pid;
                (pid, sample.weight, profile.stack(sample.stack).pop())
            })
            .collect();
        let expected = if subprocesses { 3 } else { 0 };
        assert_eq!(children.len(), expected, "{stacks:#?}");
        if subprocesses {
            assert_rate(&profile);
        }
    }
}

#[test]
fn a_budget_lowers_the_rate_and_says_so() {
    let target = Target::start();
    let mut options = options();
    options.rate_hz = 4000.0;
    options.max_overhead = Some(0.002);
    let spool = tempfile::NamedTempFile::new().unwrap();
    options.spool = Some(spool.path().to_owned());
    let Some(mut recording) = permitted(Recording::attach(target.pid(), options)) else {
        return;
    };
    let start = Instant::now();
    let lowered = |recording: &Recording| recording.quality().rate_lowered_to_hz;
    // At 4000 a second even 0.5 µs a sample would be too much.
    while lowered(&recording).is_none() && start.elapsed() < Duration::from_mins(1) {
        recording.advance(Duration::from_millis(50)).unwrap();
    }
    for _ in 0..20 {
        recording.advance(Duration::from_millis(50)).unwrap();
    }
    let profile = recording.finish().unwrap();
    let quality = profile.quality();
    let rate = quality.rate_lowered_to_hz.unwrap();
    assert!(
        rate < 4000.0 && quality.overhead > Duration::ZERO,
        "{quality:?}"
    );
    // What came before was thinned: there are as many samples as the lower rate calls for,
    // but for the last ones before the change, which were on their way.
    let due = rate * quality.cpu_time.as_secs_f64();
    let (n, lost) = (
        quality.taken.as_samples() as f64,
        quality.lost.as_samples() as f64,
    );
    let on_their_way = 0.01 * 4000.0;
    assert!(
        (n + lost - due).abs() < 6.0 * due.sqrt() + lost + on_their_way,
        "{n} of {due:.0}, {quality:?}"
    );
    // So it is if the recorder is killed.
    let recovered = recover(spool.path()).unwrap();
    let quality = recovered.quality();
    assert_eq!(quality.rate_lowered_to_hz, Some(rate));
}

#[test]
fn a_program_that_cannot_be_recorded_is_ended_and_cleared_away() {
    let dir = tempfile::tempdir().unwrap();
    // Under a name of its own, so that it is found among all processes.
    let program = dir.path().join("not-recorded");
    std::os::unix::fs::symlink(std::env::current_exe().unwrap(), &program).unwrap();
    let mut endless = Command::new(&program);
    endless
        .args(command("endless").get_args())
        .env(JOB, "endless")
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut options = options();
    options.spool = Some(dir.path().join("no/such/folder/spool"));
    match Recording::launch(endless, options) {
        Err(Error::Io { .. }) => {}
        Err(error @ Error::Forbidden { .. }) => {
            eprintln!("skipped: {error}");
            return;
        }
        result => panic!("{result:?}"),
    }
    // Not even as a process that waits to be asked for its exit status.
    for entry in fs::read_dir("/proc").unwrap() {
        let stat = fs::read_to_string(entry.unwrap().path().join("stat"));
        let stat = stat.unwrap_or_default();
        assert!(!stat.contains("(not-recorded)"), "{stat}");
    }
}

#[test]
fn what_cannot_be_recorded_is_said() {
    // Numbers of processes end at 2^22.
    let error = Recording::attach(5_000_000, options()).unwrap_err();
    assert!(
        matches!(error, Error::NoSuchProcess { pid: 5_000_000 }),
        "{error}"
    );
    let error = dump(5_000_000, DumpOptions::new()).unwrap_err();
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
