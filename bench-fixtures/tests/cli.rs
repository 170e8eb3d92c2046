//! The two commands, end to end.

use std::io::Read;
use std::process::{Command, Output, Stdio};

const MARKET: &str = env!("CARGO_BIN_EXE_market");
const WORKLOAD: &str = env!("CARGO_BIN_EXE_workload");

#[test]
fn market_writes_the_pair_that_was_asked_for() {
    let out = run(MARKET, &["--pair", "ETH/USDT", "--seed=7"]);
    assert!(out.status.success());
    let mut expected = Vec::new();
    bench_fixtures::market::write_csv(&mut expected, 1, 7).expect("a vector takes any write");
    assert!(out.stdout == expected, "the command and the library differ");
}

#[test]
fn lists_name_everything() {
    let pairs = text(run(MARKET, &["--list"]).stdout);
    assert_eq!(pairs.lines().count(), bench_fixtures::market::N_PAIRS);
    assert!(pairs.starts_with("BTC/USDT\n"));
    let workloads = text(run(WORKLOAD, &["--list"]).stdout);
    let names: Vec<_> = workloads.lines().map(|l| l.split(' ').next()).collect();
    let expected = bench_fixtures::workload::all();
    assert_eq!(names.len(), expected.len());
    for (name, workload) in names.iter().zip(expected) {
        assert_eq!(*name, Some(workload.name()));
    }
}

#[test]
fn workload_prints_its_truth() {
    let out = run(WORKLOAD, &["split", "--seconds", "0.05", "--seed", "9"]);
    assert!(out.status.success());
    let json = text(out.stdout);
    let start = r#"{"workload":"split","language":"rust","seed":9,"functions":[{"name":"#;
    assert!(json.starts_with(start), "{json}");
    assert_eq!(json.matches(r#""nanoseconds":"#).count(), 4);
    assert!(json.contains("bench_fixtures::workload::kernel::sieve_primes"));
    assert!(!json.contains(r#""threads":"#) && !json.contains(r#""work":"#));
}

#[test]
fn workload_makes_what_is_asked_for() {
    let out = run(WORKLOAD, &["threads-8", "--threads=3", "--work=6"]);
    let json = text(out.stdout);
    assert_eq!(json.matches(r#""n_threads":1"#).count(), 3, "{json}");
    assert!(json.contains(r#""work":6"#), "{json}");
    let out = run(WORKLOAD, &["recursion", "--depth=10", "--work=2"]);
    assert!(text(out.stdout).contains("recursion::deep"));
}

#[test]
fn workload_waits_until_it_is_told() {
    let mut child = Command::new(WORKLOAD)
        .args(["split", "--work=2", "--wait"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut ready = [0; 6];
    let mut stderr = child.stderr.take().expect("stderr is piped");
    stderr
        .read_exact(&mut ready)
        .expect("it says that it waits");
    assert_eq!(&ready, b"ready\n");
    assert!(child.try_wait().expect("it can be asked").is_none());
    drop(child.stdin.take());
    let out = child.wait_with_output().expect("the command ends");
    assert!(out.status.success() && !out.stdout.is_empty());
}

#[test]
fn bad_arguments_are_refused_with_a_reason() {
    let cases = [
        (MARKET, &["--pair", "BTC/EUR"][..], "no pair `BTC/EUR`"),
        (MARKET, &["--seed", "-1"], "`-1` is not a whole number"),
        (MARKET, &["--seed"], "--seed needs a value"),
        (MARKET, &["BTC"], "unknown argument `BTC`"),
        (WORKLOAD, &[], "required arguments were not provided"),
        (WORKLOAD, &["nap"], "no workload `nap`"),
        (
            WORKLOAD,
            &["split", "recursion"],
            "unexpected argument 'recursion'",
        ),
        (
            WORKLOAD,
            &["split", "--seconds", "0"],
            "`0` is not a number above 0",
        ),
        (
            WORKLOAD,
            &["split", "--seconds", "NaN"],
            "`NaN` is not a number",
        ),
        (
            WORKLOAD,
            &["split", "--work=1", "--seconds=1"],
            "cannot be used with",
        ),
        (
            WORKLOAD,
            &["split", "--work", "0"],
            "0 is not in 1..=1000000",
        ),
        (
            WORKLOAD,
            &["split", "--threads", "4"],
            "`split` has no number of threads",
        ),
        (
            WORKLOAD,
            &["threads-8", "--threads", "9"],
            "`9` is not a whole number from 2 to 8",
        ),
        (WORKLOAD, &["split", "--depth", "4"], "`split` has no depth"),
        (
            WORKLOAD,
            &["split", "--period-us", "1000"],
            "`split` has no period",
        ),
        (
            WORKLOAD,
            &["split", "--shares", "1,2,3"],
            "there are four functions",
        ),
        (
            WORKLOAD,
            &["split", "--shares", "1,2,3,-4"],
            "`-4` is not a number above 0",
        ),
        (
            WORKLOAD,
            &["split", "--work=1", "--slow=sieve_primes=0"],
            "`0` is not a number above 0",
        ),
        (
            WORKLOAD,
            &["split", "--work=1", "--slow=sieve_primes"],
            "a `=` is missing",
        ),
        (
            WORKLOAD,
            &["split", "--work=1", "--slow=main=2"],
            "`split` has no function `main`",
        ),
        (WORKLOAD, &["split", "--slow=sieve_primes=2"], "--work <N>"),
    ];
    for (program, args, reason) in cases {
        let out = run(program, args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(out.stdout.is_empty());
        let message = text(out.stderr);
        assert!(message.contains(reason), "{args:?}: {message}");
    }
}

#[test]
fn a_closed_pipe_is_success() {
    let mut child = Command::new(MARKET)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdout = child.stdout.take().expect("stdout is piped");
    stdout.read_exact(&mut [0; 100]).expect("rows arrive");
    drop(stdout);
    let out = child.wait_with_output().expect("the command ends");
    assert!(out.status.success(), "{}", text(out.stderr));
    assert!(out.stderr.is_empty());
}

fn run(program: &str, args: &[&str]) -> Output {
    let out = Command::new(program).args(args).output();
    out.expect("the command starts")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the command prints text")
}
