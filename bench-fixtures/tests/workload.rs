//! Each workload states a truth that accounts for its CPU time.

use bench_fixtures::workload::{all, by_name};
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// What no function did is a few clock reads, but for workloads of threads and processes,
/// which start them (some 0.1 ms each on a busy machine) and wake them.
#[test]
fn the_truth_accounts_for_the_cpu_time() {
    for workload in all() {
        // In a process of its own, because its clock counts other tests as well.
        let json = run(&[workload.name(), "--seconds=0.3"]);
        let functions = json["functions"].as_array().expect("a list");
        let stated: f64 = functions.iter().map(|f| number(&f["cpu_seconds"])).sum();
        let spent = number(&json["cpu_seconds"]);
        let context = format!("{}: {stated} of {spent} s", workload.name());
        assert!(stated <= spent, "{context}");
        let least = match workload.name() {
            "short-threads" | "fork" => 0.85,
            "threads-8" => 0.95,
            "threads-2" => 0.98,
            _ => 0.99,
        };
        assert!(stated > least * spent, "{context}");
        assert!(stated >= 0.3, "{context}");
        let shares: f64 = functions.iter().map(|f| number(&f["share"])).sum();
        assert!((shares - 1.0).abs() < 1e-9, "{context}: {shares}");
        let wall: f64 = functions.iter().map(|f| number(&f["wall_share"])).sum();
        assert!((wall - 1.0).abs() < 1e-9, "{context}: {wall}");
    }
}

#[test]
fn sleep_counts_by_the_wall_clock_only() {
    let truth = by_name("sleep")
        .expect("it is listed")
        .run(Duration::from_millis(600), 5);
    assert!(truth.share("nap").expect("it is listed") < 0.02, "{truth}");
    let wall = truth.wall_share("nap").expect("it is listed");
    // A busy machine wakes late, so the sleep can only be longer than designed.
    assert!((0.69..0.97).contains(&wall), "{truth}");
}

#[test]
fn each_thread_has_its_part() {
    let truth = by_name("threads-8")
        .expect("it is listed")
        .run(Duration::from_millis(300), 6);
    assert_eq!(truth.threads().len(), 8);
    for (thread, function) in truth.threads().iter().zip(truth.functions()) {
        assert_eq!(
            &thread.functions[..],
            std::slice::from_ref(function),
            "{truth}"
        );
        assert!(function.name.ends_with(&thread.name), "{truth}");
    }
}

/// The phases are random but seeded, so only their timing varies between runs, by
/// under a percentage point on a quiet machine. One share designed as 20 instead of
/// 15 % is off by nearly four.
///
/// Busy neighbours that change the processor's speed within a period disturb a run, and
/// do not make one better: a share that is not as designed is not so in any attempt.
#[test]
fn the_shares_are_near_the_designed_ones() {
    for workload in all() {
        // Threads that share a core slow each other down as well.
        let tolerance = if workload.name().contains("threads") {
            0.04
        } else {
            0.025
        };
        let mut off = Vec::new();
        let is_near = (2..10).any(|seed| {
            let truth = workload.run(Duration::from_millis(600), seed);
            let functions = workload.entry().functions.iter();
            let worst = functions.map(|scored| {
                let share = truth.share(scored.name).expect("the function is listed");
                (share - scored.share).abs()
            });
            let worst = worst.fold(0.0, f64::max);
            off.push(worst);
            worst < tolerance
        });
        assert!(is_near, "{} is off by {off:?}", workload.name());
    }
    assert!(by_name("no such workload").is_none());
}

/// Runs the command and reads its report.
fn run(args: &[&str]) -> Value {
    let command = Command::new(env!("CARGO_BIN_EXE_workload"))
        .args(args)
        .output();
    let out = command.expect("the command starts");
    assert!(out.status.success(), "{args:?}");
    serde_json::from_slice(&out.stdout).expect("the command prints JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}
