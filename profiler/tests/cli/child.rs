//! Programs to be recorded: this test binary itself, started once more as a workload.
//!
//! So the tests need no other program, and the functions that they look for are those of
//! `bench_fixtures::workload`, whose true shares the workload measures itself.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{self, ChildStdout, Command, Stdio};
use std::time::Duration;

use bench_fixtures::workload::{Amount, Report, by_name};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use serde_json::Value;

use crate::sandbox::sandbox;

const WORKLOAD: &str = "PROFILER_TEST_WORKLOAD";
const SECONDS: &str = "PROFILER_TEST_SECONDS";

/// The workload, where this binary is started as one; nothing in a run of the tests.
#[test]
fn workload() {
    let Ok(name) = env::var(WORKLOAD) else {
        return;
    };
    let seconds = env::var(SECONDS).expect("it is set beside").parse();
    let time = Duration::from_secs_f64(seconds.expect("a number"));
    println!("\nready");
    if name == "sleep" {
        std::thread::sleep(time);
        return;
    }
    let workload = by_name(&name).expect("it is one of those");
    let report = Report::of(workload, Amount::CpuTime(time), 1);
    println!("\n{}", report.to_json());
}

/// The words that start a workload on a command line.
pub fn words() -> Vec<OsString> {
    let this = env::current_exe().expect("it is running");
    let args = ["--exact", "child::workload", "--nocapture"];
    let mut words = vec![this.into_os_string()];
    words.extend(args.map(OsString::from));
    words
}

/// What tells the words which workload to be and for how many seconds of CPU time.
pub fn environment(name: &str, seconds: f64) -> [(&'static str, String); 2] {
    [(WORKLOAD, name.to_owned()), (SECONDS, seconds.to_string())]
}

/// A workload that runs; killed when it is dropped.
pub struct Child {
    child: process::Child,
    // Held, so that what it prints has somewhere to go.
    output: BufReader<ChildStdout>,
}

impl Child {
    /// Starts a workload, and returns when it is at work.
    pub fn start(name: &str, seconds: f64) -> Self {
        let words = words();
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .envs(environment(name, seconds))
            .stdout(Stdio::piped())
            .spawn()
            .expect("this binary can be started");
        let output = child.stdout.take().expect("it is a pipe");
        let mut child = Self {
            child,
            output: BufReader::new(output),
        };
        let mut line = String::new();
        while line != "ready\n" {
            line.clear();
            let n = child.output.read_line(&mut line).expect("it prints text");
            assert_ne!(n, 0, "it ends before it begins");
        }
        child
    }

    /// Stops it, and returns when it stands still.
    pub fn stop(&self) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::STOP).expect("it is ours");
        waitpid(Some(pid), WaitOptions::UNTRACED).expect("it is ours");
    }

    pub fn pid(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a workload says of itself, among what the test harness prints.
pub fn report_in(output: &str) -> Value {
    let line = output.lines().find(|line| line.starts_with('{'));
    serde_json::from_str(line.expect("a workload reports")).expect("it is JSON")
}

/// The true share of a function.
pub fn true_share(report: &Value, function: &str) -> f64 {
    let functions = report["functions"].as_array().expect("a list");
    let is_it = |entry: &&Value| {
        let name = entry["name"].as_str().expect("a name");
        name.ends_with(&format!("::{function}"))
    };
    let entry = functions.iter().find(is_it).expect("it is listed");
    entry["share"].as_f64().expect("a number")
}

/// Whether a process may be recorded here by this means. Where it may not, as in a
/// container, says so and lets the test pass.
pub fn may_record(backend: &str) -> bool {
    let child = Child::start("split", 5.0);
    let sandbox = sandbox();
    let line = format!(
        "record -d 100ms -o a.json --backend {backend} --pid {}",
        child.pid()
    );
    let ran = sandbox.run(&line);
    let is_forbidden = ran.stderr.contains("may not ") || ran.stderr.contains("works on Linux");
    if is_forbidden {
        println!("skipped: {}", ran.stderr);
    }
    // Whatever else is wrong is for the test to find.
    !is_forbidden
}
