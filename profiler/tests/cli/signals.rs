//! Ctrl-C, SIGTERM and what they do to a recording.

use std::process;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::child::{Child, environment, may_record, words};
use crate::sandbox::{Sandbox, sandbox};

fn send(child: &process::Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it lives");
}

/// Waits until the recorder has something, which its spool shows.
fn await_spool(sandbox: &Sandbox) {
    let start = Instant::now();
    let has_some = || {
        sandbox
            .files()
            .iter()
            .any(|(name, content)| name.contains(".spool") && content.len() > 1_000)
    };
    while !has_some() {
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "{:?}",
            sandbox.names()
        );
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn every_signal_that_asks_for_an_end_writes_the_profile() {
    if !may_record("auto") {
        return;
    }
    let child = Child::start("split", 120.0);
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let sandbox = sandbox();
        let recorder = sandbox.start(["record", "-p", &child.pid(), "-o", "a.json"]);
        await_spool(&sandbox);
        send(&recorder, signal);
        let ran = sandbox.seen(recorder.wait_with_output().expect("it ends"));
        let ran = ran.exits_with(0);
        assert!(ran.stderr.ends_with("Wrote a.json\n"), "{}", ran.stderr);
        assert!(sandbox.profile("a.json").total().as_samples() > 0);
        assert_eq!(sandbox.names(), ["a.json"]);
    }
}

#[test]
fn a_command_gets_the_signal_and_its_end_is_awaited() {
    if !may_record("auto") {
        return;
    }
    let sandbox = sandbox();
    let script = "trap 'echo mended; exit 3' INT; while :; do :; done";
    let recorder = sandbox.start(["record", "-o", "a.json", "--", "sh", "-c", script]);
    await_spool(&sandbox);
    send(&recorder, Signal::INT);
    let ran = sandbox.seen(recorder.wait_with_output().expect("it ends"));
    assert_eq!(ran.exits_with(3).stdout, "mended\n");
    assert_eq!(sandbox.names(), ["a.json"]);
}

#[test]
fn the_second_signal_does_not_wait_for_a_stubborn_command() {
    if !may_record("auto") {
        return;
    }
    let sandbox = sandbox();
    let script = "trap '' INT; while :; do :; done";
    let mut recorder = sandbox.start(["record", "-o", "a.json", "--", "sh", "-c", script]);
    await_spool(&sandbox);
    send(&recorder, Signal::INT);
    thread::sleep(Duration::from_millis(500));
    assert!(
        recorder.try_wait().expect("it is ours").is_none(),
        "it waits at first"
    );
    send(&recorder, Signal::INT);
    let ran = sandbox.seen(recorder.wait_with_output().expect("it ends"));
    ran.exits_with(0);
    assert!(sandbox.profile("a.json").total().as_samples() > 0);
}

#[test]
fn a_recorder_that_is_killed_loses_a_second_at_most() {
    if !may_record("auto") {
        return;
    }
    let child = Child::start("split", 120.0);
    let sandbox = sandbox();
    let mut recorder = sandbox.start(["record", "-p", &child.pid(), "-o", "a.svg", "-r", "500"]);
    await_spool(&sandbox);
    let listed = sandbox.run("recover").succeeds().stdout;
    assert!(
        listed.contains("still being recorded by process"),
        "{listed}"
    );
    let name = listed
        .split_whitespace()
        .next()
        .expect("a spool")
        .to_owned();
    let live = sandbox
        .run(&format!("recover {name} -o b.json"))
        .exits_with(2);
    assert!(
        live.stderr
            .contains("hint: end the recorder with `kill -INT "),
        "{}",
        live.stderr
    );

    let start = Instant::now();
    thread::sleep(Duration::from_secs(2));
    let recorded_at_least = start.elapsed();
    recorder.kill().expect("it lives");
    recorder.wait().expect("it ends");

    assert_eq!(
        sandbox.run("recover").succeeds().stdout,
        format!("{name}\n")
    );
    let ran = sandbox
        .run(&format!("recover {name} -o b.json"))
        .exits_with(0);
    assert!(
        ran.stderr.contains("every share is good to"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains(&format!("rm {name}")), "{}", ran.stderr);
    let profile = sandbox.profile("b.json");
    let lost = Duration::from_millis(1_200);
    assert!(
        profile.quality().wall_time >= recorded_at_least.saturating_sub(lost),
        "{}",
        profile.quality()
    );
    let share = profile.share_of(|name| name.ends_with("::sieve_primes"));
    assert!(
        share.contains(0.5) || (share.value - 0.5).abs() < 5.0 * share.half_width() / 1.96,
        "{share}"
    );
}

#[test]
fn a_command_that_dies_with_the_terminal_has_its_profile_written() {
    if !may_record("auto") {
        return;
    }
    let sandbox = sandbox();
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_profiler"));
    command
        .current_dir(sandbox.path(""))
        .args(["record", "-q", "-o", "a.json", "--"])
        .args(words())
        .envs(environment("split", 120.0))
        .stdout(process::Stdio::null());
    let mut recorder = command.spawn().expect("it can be started");
    await_spool(&sandbox);
    send(&recorder, Signal::HUP);
    // The command ends by SIGTERM, which a terminal that hangs up stands for.
    assert_eq!(recorder.wait().expect("it ends").code(), Some(128 + 15));
    assert!(sandbox.profile("a.json").total().as_samples() > 0);
}
