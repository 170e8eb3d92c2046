//! Every workload, again and again with other seeds: no share is off by more than chance,
//! and the mean over the repeats is not off at all.
//!
//! By default each is recorded once, for a second. `REPEATS=10` records each ten times for
//! four seconds, and prints a table; `WORKLOADS=lockstep` only those whose names begin so:
//!
//! ```text
//! REPEATS=10 cargo test --release -p profiler --test recorder repeats -- --nocapture
//! ```

use bench_fixtures::catalogue::{Clock, Scored};
use bench_fixtures::workload::{Workload, all};
use profiler::{Mode, Profile};
use serde_json::Value;

use crate::jobs::WORKLOAD;
use crate::support::{command, is, options, record_output};

/// A correct program is further off than this by chance once in 500,000,000 times, and there
/// are some sixty functions. Where a program is in step with the period, the variance is
/// half as much again as chance alone would have it, and each sample lengthens the phase
/// that it hits; that makes it once in 200,000 times for each of the functions concerned.
const MAX_Z: f64 = 6.0;

/// What one recording says of one workload.
struct Outcome {
    /// Of each function: its name, the error, and its standard error.
    errors: Vec<(String, f64, f64)>,
    complete: f64,
    /// Samples by samples due.
    obtained: f64,
    due: f64,
}

#[test]
fn every_workload_is_recorded_as_it_measures_itself() {
    let n_repeats: u32 = std::env::var("REPEATS").map_or(1, |text| text.parse().unwrap());
    println!(
        "{:<18} {:<4} {:>7} {:>6} {:>9} {:>9} {:>7}  mean of",
        "workload", "mode", "n", "max z", "mean, pp", "mean's z", "whole"
    );
    let mut faults = Vec::new();
    let wanted = std::env::var("WORKLOADS").unwrap_or_default();
    for workload in all().iter().filter(|it| it.name().starts_with(&wanted)) {
        let modes = match workload.entry().clock {
            Clock::Both => vec![Mode::Cpu, Mode::Wall],
            Clock::Cpu => vec![Mode::Cpu],
        };
        for mode in modes {
            let outcomes: Option<Vec<Outcome>> = (1..=n_repeats)
                .map(|seed| outcome(*workload, mode, seed.into(), n_repeats > 1))
                .collect();
            let Some(outcomes) = outcomes else { return };
            faults.extend(judge(workload.name(), mode, &outcomes));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn outcome(workload: &dyn Workload, mode: Mode, seed: u64, is_long: bool) -> Option<Outcome> {
    let seconds = if is_long { "4" } else { "1" };
    let mut command = command("workload");
    let values = [workload.name(), seconds, &seed.to_string()];
    command.envs(WORKLOAD.into_iter().zip(values));
    let mut options = options();
    (options.mode, options.seed) = (mode, seed);
    options.subprocesses = true;
    let (profile, output) = record_output(command, options)?;
    let line = output.lines().find(|line| line.starts_with('{')).unwrap();
    let report: Value = serde_json::from_str(line).unwrap();
    let (share, time) = match mode {
        Mode::Wall => ("wall_share", "wall_seconds"),
        _ => ("share", "cpu_seconds"),
    };
    let functions = report["functions"].as_array().unwrap();
    let name = |function: &Value| function["name"].as_str().unwrap().to_owned();
    let names: Vec<String> = functions.iter().map(name).collect();
    let inside = profile.root_at(|frame| names.iter().any(|name| frame == name));
    let n = inside.total().as_samples() as f64;
    let errors = functions.iter().map(|function| {
        let truth = function[share].as_f64().unwrap();
        let error = inside.share_of(|frame| frame == name(function)).value - truth;
        // A function that took next to nothing is not expected at all.
        let standard = (truth * (1.0 - truth)).max(1.0 / n).sqrt() / n.sqrt();
        (name(function), error, standard)
    });
    let seconds = functions
        .iter()
        .map(|function| function[time].as_f64().unwrap());
    let due = 1000.0 * seconds.sum::<f64>();
    Some(Outcome {
        errors: errors.collect(),
        complete: complete(&profile, workload.entry().functions, n),
        obtained: n / due,
        due,
    })
}

/// Returns the part of the samples whose stack is whole: down to the scored function with
/// what must be under it, and up to the root.
fn complete(profile: &Profile, functions: &[Scored], n: f64) -> f64 {
    let mut n_whole = 0;
    for (stack, weight) in profile.stacks() {
        let has = |name: &str| stack.iter().any(|frame| is(frame, name));
        let Some(scored) = functions.iter().find(|scored| has(scored.name)) else {
            continue;
        };
        // On its way down a recursion has fewer frames, and not yet its leaf.
        let is_at_leaf = stack.iter().any(|frame| scored.is_leaf(frame));
        let is_deep_enough = scored.depth.is_none_or(|depth| {
            let n_frames = stack.iter().filter(|frame| depth.is_frame(frame)).count();
            n_frames >= depth.n_frames as usize || !is_at_leaf
        });
        let is_rooted = !["[truncated]", "[unreadable]"].contains(&stack[0]);
        if is_deep_enough && is_rooted {
            n_whole += weight.as_samples();
        }
    }
    n_whole as f64 / n
}

/// Prints a line of the table and returns what is wrong.
fn judge(name: &str, mode: Mode, outcomes: &[Outcome]) -> Vec<String> {
    let n_repeats = outcomes.len() as f64;
    let (mut max_z, mut worst_mean) = (0.0_f64, (0.0_f64, 0.0_f64, ""));
    for function in 0..outcomes[0].errors.len() {
        let errors = outcomes.iter().map(|outcome| &outcome.errors[function]);
        for (_, error, standard) in errors.clone() {
            max_z = max_z.max((error / standard).abs());
        }
        let mean = errors.clone().map(|(_, error, _)| error).sum::<f64>() / n_repeats;
        let variance = errors.map(|(_, _, standard)| standard.powi(2)).sum::<f64>();
        let z = mean / (variance.sqrt() / n_repeats);
        if z.abs() >= worst_mean.1.abs() {
            let path = &outcomes[0].errors[function].0;
            worst_mean = (100.0 * mean, z, path.rsplit("::").next().unwrap_or(path));
        }
    }
    let mean = |of: fn(&Outcome) -> f64| outcomes.iter().map(of).sum::<f64>() / n_repeats;
    let (obtained, complete) = (mean(|o| o.obtained), mean(|o| o.complete));
    let (mean_error, mean_z, worst) = worst_mean;
    println!(
        "{name:<18} {:<4} {:>6.1}% {max_z:>6.2} {mean_error:>9.2} {mean_z:>9.2} {:>6.2}%  {worst}",
        if mode == Mode::Wall { "wall" } else { "cpu" },
        100.0 * obtained,
        100.0 * complete
    );
    let due: f64 = outcomes.iter().map(|outcome| outcome.due).sum();
    // By the number of samples, chance may be more than the three in a hundred.
    let reach = f64::max(0.03, MAX_Z / due.sqrt());
    let mut faults = Vec::new();
    let mut expect = |is_so: bool, what: String| {
        if !is_so {
            faults.push(format!("{name}: {what}"));
        }
    };
    // On a busy machine a thread is ready long before it runs, which its own clock counts
    // into its sleep.
    let max_allowed = match mode {
        Mode::Wall => 2.0 * MAX_Z,
        _ => MAX_Z,
    };
    expect(
        max_z < max_allowed,
        format!("a share is off by z = {max_z:.1}"),
    );
    expect(
        mean_z.abs() < max_allowed,
        format!("a mean is off by z = {mean_z:.1}"),
    );
    // A single short recording may meet a machine that is busy with other things, and takes
    // its processors away; what it does get is judged above.
    expect(
        outcomes.len() == 1 || (obtained - 1.0).abs() < reach,
        format!("{obtained:.3} of the samples due"),
    );
    // A page of a stack that is not in memory at that moment cannot be copied. In a short
    // recording one such sample is a thousandth of it.
    let min_complete = if outcomes.len() == 1 { 0.995 } else { 0.999 };
    expect(
        complete > min_complete,
        format!("{complete:.4} of the stacks are whole"),
    );
    faults
}
