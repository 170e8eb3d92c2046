//! `profiler dump`.

use std::time::{Duration, Instant};

use crate::child::{Child, may_record};
use crate::sandbox::sandbox;

#[test]
fn every_thread_is_shown_with_its_innermost_frame_first() {
    if !may_record("ptrace") {
        return;
    }
    let child = Child::start("sleep", 20.0);
    // It says that it is ready just before it sleeps.
    let start = Instant::now();
    let ran = loop {
        let ran = sandbox()
            .run(&format!("dump --pid {}", child.pid()))
            .succeeds();
        if ran.stdout.contains("`child::workload`, sleeping") {
            break ran;
        }
        assert!(start.elapsed() < Duration::from_mins(1), "{}", ran.stdout);
    };
    assert!(
        ran.stdout
            .starts_with(&format!("Process {}: ", child.pid())),
        "{}",
        ran.stdout
    );
    let sleeper = ran
        .stdout
        .split("\n\n")
        .find(|part| part.contains("`child::workload`, sleeping"))
        .expect("it is a part");
    let at = |name: &str| {
        sleeper
            .find(name)
            .unwrap_or_else(|| panic!("{name} in {sleeper}"))
    };
    assert!(at("nanosleep") < at("std::thread"), "{sleeper}");
    assert!(at("std::thread") < at("child::workload ("), "{sleeper}");
    // The harness waits for it on the first thread.
    assert!(
        ran.stdout.contains(&format!("Thread {} ", child.pid())),
        "{}",
        ran.stdout
    );
}

#[test]
fn json_has_the_same() {
    if !may_record("ptrace") {
        return;
    }
    let child = Child::start("split", 20.0);
    let json = sandbox()
        .run(&format!("dump --pid {} --json", child.pid()))
        .succeeds()
        .json();
    assert_eq!(json["version"], 1);
    assert_eq!(json["pid"].to_string(), child.pid());
    let threads = json["threads"].as_array().expect("a list");
    assert_eq!(threads.len(), 2, "{json:#}");
    let worker = threads
        .iter()
        .find(|thread| thread["name"] == "child::workload");
    let frames = worker.expect("it is there")["frames"]
        .as_array()
        .expect("a list");
    let work = frames.iter().find(|frame| {
        let name = frame["function"].as_str().expect("a name");
        name.contains("workload::")
    });
    let work = work.expect("it works");
    assert!(
        work["file"].as_str().expect("a file").contains(".rs"),
        "{work}"
    );
    assert!(work["line"].as_u64().expect("a line") > 0, "{work}");
}
