//! `profiler record`, on programs whose true profile is known.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use profiler::Share;

use crate::child::{Child, environment, may_record, report_in, true_share, words};
use crate::sandbox::{Ran, Sandbox, sandbox};

/// Runs `profiler record LINE -- WORKLOAD`.
fn record_workload(sandbox: &Sandbox, line: &str, name: &str, seconds: f64) -> Ran {
    let mut command = sandbox.command();
    command
        .arg("record")
        .args(line.split_whitespace())
        .arg("--")
        .args(words())
        .envs(environment(name, seconds));
    sandbox.seen(command.output().expect("it can be started"))
}

/// A program that runs, and what came of recording it.
struct Recorded {
    child: Child,
    sandbox: Sandbox,
    ran: Ran,
}

/// Runs `profiler record --pid PID LINE` on a running workload, or says that this is
/// forbidden here.
fn record_running(line: &str, name: &str, seconds: f64) -> Option<Recorded> {
    if !may_record("auto") {
        return None;
    }
    let child = Child::start(name, seconds);
    let sandbox = sandbox();
    let ran = sandbox.run(&format!("record --pid {} {line}", child.pid()));
    Some(Recorded {
        child,
        sandbox,
        ran,
    })
}

/// Asserts that a share agrees with the truth: of correct ones, fewer than one in a
/// million are further away than five standard errors.
#[track_caller]
fn assert_agrees(share: Share, truth: f64, n: f64) {
    let error = (truth * (1.0 - truth) / n).sqrt();
    let z = (share.value - truth) / error;
    assert!(z.abs() < 5.0, "{share} instead of {truth}, z = {z}");
}

#[test]
fn the_talks_own_command() {
    let line = "--function --output flame_graph.svg --duration 1 --rate 1000";
    let Some(Recorded {
        child,
        sandbox,
        ran,
    }) = record_running(line, "split", 20.0)
    else {
        return;
    };
    let ran = ran.exits_with(0);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("(1000 asked)"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("every share is good to ±"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.ends_with("Wrote flame_graph.svg\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(sandbox.names(), ["flame_graph.svg"], "no spool is left");
    let svg = sandbox.text("flame_graph.svg");
    assert!(
        svg.contains("sieve_primes") && svg.contains(&child.pid()),
        "{svg:.500}"
    );
}

#[test]
fn shares_of_a_command_are_true() {
    if !may_record("auto") {
        return;
    }
    let sandbox = sandbox();
    let ran = record_workload(&sandbox, "-o a.json -o a.folded --rate 997", "split", 2.0);
    let ran = ran.exits_with(0);
    let truth = report_in(&ran.stdout);
    let profile = sandbox.profile("a.json");
    // Reading the executable and starting threads is beside the truth.
    let at_work = profile.root_at(|name| name.ends_with("random_rounds"));
    let n = at_work.total().as_samples() as f64;
    assert!(n > 1_000.0, "{n} samples in two seconds");
    for function in [
        "sieve_primes",
        "hash_text",
        "edit_distance",
        "multiply_matrices",
    ] {
        let share = at_work.share_of(|name| name.ends_with(&format!("::{function}")));
        assert_agrees(share, true_share(&truth, function), n);
    }
    assert_eq!(sandbox.profile("a.folded").total(), profile.total());
}

#[test]
fn without_perf_threads_are_stopped_and_the_result_says_so() {
    if !may_record("ptrace") {
        return;
    }
    let child = Child::start("split", 20.0);
    let sandbox = sandbox();
    let line = format!(
        "record --pid {} --backend ptrace -d 1 -o a.json",
        child.pid()
    );
    let ran = sandbox.run(&line).exits_with(0);
    assert!(ran.stderr.contains("(ptrace)"), "{}", ran.stderr);
    let share = sandbox
        .profile("a.json")
        .share_of(|name| name.ends_with("::sieve_primes"));
    assert!(share.high > 0.2, "{share}");
}

#[test]
fn threads_are_roots_if_asked_for() {
    let line = "-d 500ms -t -q -o a.folded";
    let Some(recorded) = record_running(line, "split", 20.0) else {
        return;
    };
    recorded.ran.succeeds();
    let text = recorded.sandbox.text("a.folded");
    assert!(!text.is_empty());
    // The harness names the thread after the test, and the system cuts names.
    for line in text.lines() {
        let (root, _) = line.split_once(';').expect("a stack");
        assert!(root.ends_with(')') && root.contains(" ("), "{line}");
    }
    assert!(text.contains("child::workload ("), "{text:.200}");
}

#[test]
fn lines_are_frames_if_asked_for() {
    let line = "-d 500ms --line -q -o a.folded";
    let Some(recorded) = record_running(line, "split", 20.0) else {
        return;
    };
    recorded.ran.succeeds();
    let text = recorded.sandbox.text("a.folded");
    assert!(text.contains("(kernel.rs:"), "{text}");
}

#[test]
fn quiet_is_quiet_and_standard_output_is_a_file() {
    let line = "-d 300ms -q -o - -f folded --no-spool";
    let Some(recorded) = record_running(line, "split", 20.0) else {
        return;
    };
    let ran = recorded.ran.succeeds();
    assert!(ran.stdout.contains("sieve_primes"), "{}", ran.stdout);
    assert_eq!(recorded.sandbox.names(), [] as [&str; 0]);
}

#[test]
fn the_exit_code_is_the_commands() {
    if !may_record("auto") {
        return;
    }
    let busy = "i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done";
    let sandbox = sandbox();
    for (end, code) in [("exit 7", 7), ("exit 0", 0), ("kill -9 $$", 128 + 9)] {
        let script = format!("{busy}; {end}");
        sandbox
            .run_args(["record", "-o", "a.json", "--", "sh", "-c", &script])
            .exits_with(code);
        assert_eq!(sandbox.names(), ["a.json"]);
    }
}

#[test]
fn a_command_runs_no_longer_than_the_duration() {
    if !may_record("auto") {
        return;
    }
    let sandbox = sandbox();
    let start = Instant::now();
    let ran = record_workload(&sandbox, "-d 500ms -o a.json", "split", 60.0);
    ran.exits_with(0);
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "it waited for the command"
    );
}

#[test]
fn a_process_that_ends_has_its_profile_written() {
    let Some(recorded) = record_running("-d 60 -o a.json", "split", 0.7) else {
        return;
    };
    recorded.ran.exits_with(0);
    let profile = recorded.sandbox.profile("a.json");
    assert!(profile.total().as_samples() > 10);
}

#[test]
fn sleep_is_nothing_to_cpu_mode() {
    let line = "-d 300ms -o a.json";
    let Some(recorded) = record_running(line, "sleep", 20.0) else {
        return;
    };
    let ran = recorded.ran.exits_with(2);
    assert_snapshot!(ran.stderr, @r"
    error: nothing was sampled, so there is nothing to write
    hint: the process used next to no processor time: record longer or with a higher --rate, sample sleep as well with --mode wall, or the processes that it starts with --subprocesses
    ");
    assert_eq!(recorded.sandbox.names(), [] as [&str; 0]);
}

#[test]
fn a_stopped_process_is_said_to_be() {
    if !may_record("auto") {
        return;
    }
    let child = Child::start("split", 20.0);
    child.stop();
    let sandbox = sandbox();
    let ran = sandbox.run(&format!("record -p {} -d 300ms -o a.json", child.pid()));
    let hint = format!("hint: the process is stopped: `kill -CONT {}`", child.pid());
    assert!(ran.exits_with(2).stderr.contains(&hint));
}

#[test]
fn what_cannot_be_written_can_be_recovered() {
    if !may_record("auto") {
        return;
    }
    let child = Child::start("split", 20.0);
    let sandbox = sandbox();
    std::fs::create_dir(sandbox.path("out")).expect("it can be made");
    let recorder = sandbox.start(["record", "-p", &child.pid(), "-d", "2", "-o", "out/a.json"]);
    std::thread::sleep(Duration::from_millis(700));
    // Somebody puts a folder where the file is to be.
    std::fs::create_dir(sandbox.path("out/a.json")).expect("it can be made");
    let output = recorder.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    let spools: Vec<_> = std::fs::read_dir(sandbox.path("out"))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .filter(|name| name.contains(".spool"))
        .collect();
    assert_eq!(spools.len(), 1, "{spools:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    let how = format!("profiler recover out/{} --output FILE", spools[0]);
    assert!(said.contains(&how), "{said}");
}

#[test]
fn wall_mode_counts_sleep() {
    let line = "-d 2 --mode wall -o a.json";
    let Some(recorded) = record_running(line, "sleep", 20.0) else {
        return;
    };
    let ran = recorded.ran.exits_with(0);
    assert!(ran.stderr.contains("asleep and running"), "{}", ran.stderr);
    // Two threads for two seconds at 199 a second: the standard deviation is 28.
    let profile = recorded.sandbox.profile("a.json");
    let n = profile.total().as_samples();
    assert!(
        profile.quality().is_wall && (600..1_000).contains(&n),
        "{n}"
    );
    let asleep = profile.share_of(|name| name.contains("nanosleep"));
    assert!(
        asleep.contains(0.5) || (asleep.value - 0.5).abs() < 0.15,
        "{asleep}"
    );
}
