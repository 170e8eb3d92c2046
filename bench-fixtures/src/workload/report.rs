//! One run of a workload, and its shape as JSON.

use super::pace::nanos;
use super::{Amount, FunctionTime, Truth, Workload};
use rustix::time::ClockId;
use serde_json::{Value, json};

/// What a run of a workload took, in all and in each function.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Name of the workload.
    pub workload: &'static str,
    /// Seed of its phases.
    pub seed: u64,
    /// How much it was asked to do.
    pub amount: Amount,
    /// CPU time of the whole process during the run, in nanoseconds: the truth's
    /// total, and what no function did.
    pub cpu_nanos: u64,
    /// Wall time of the run, in nanoseconds.
    pub wall_nanos: u64,
    /// What each function took.
    pub truth: Truth,
}

impl Report {
    /// Runs a workload.
    pub fn of(workload: &dyn Workload, amount: Amount, seed: u64) -> Self {
        let cpu = nanos(ClockId::ProcessCPUTime);
        let wall = nanos(ClockId::Monotonic);
        let truth = workload.run_amount(amount, seed);
        Self {
            workload: workload.name(),
            seed,
            amount,
            cpu_nanos: nanos(ClockId::ProcessCPUTime) - cpu,
            wall_nanos: nanos(ClockId::Monotonic) - wall,
            truth,
        }
    }

    /// Shapes the report as one JSON object.
    ///
    /// Times are in seconds, but for the exact `nanoseconds` of CPU time. Shares are of
    /// the sum over the functions listed beside, so they add up to one. `threads` is
    /// there where there are several, `work` where an amount of work was asked for.
    pub fn to_json(&self) -> Value {
        let mut json = json!({
            "workload": self.workload,
            "seed": self.seed,
            "functions": functions(self.truth.functions()),
            "cpu_seconds": seconds(self.cpu_nanos),
            "wall_seconds": seconds(self.wall_nanos),
        });
        if let Amount::Work(n_units) = self.amount {
            json["work"] = n_units.into();
        }
        if !self.truth.threads().is_empty() {
            let threads = self.truth.threads().iter().map(|thread| {
                json!({
                    "name": thread.name,
                    "n_threads": thread.n_threads,
                    "cpu_seconds": seconds(sum(&thread.functions, |time| time.cpu_nanos)),
                    "functions": functions(&thread.functions),
                })
            });
            json["threads"] = threads.collect();
        }
        json
    }
}

fn functions(times: &[FunctionTime]) -> Value {
    let total = sum(times, |time| time.cpu_nanos).max(1) as f64;
    let wall_total = sum(times, |time| time.wall_nanos).max(1) as f64;
    let list = times.iter().map(|time| {
        json!({
            "name": time.name,
            "nanoseconds": time.cpu_nanos,
            "share": time.cpu_nanos as f64 / total,
            "cpu_seconds": seconds(time.cpu_nanos),
            "wall_seconds": seconds(time.wall_nanos),
            "wall_share": time.wall_nanos as f64 / wall_total,
        })
    });
    list.collect()
}

fn sum(times: &[FunctionTime], nanos: impl Fn(&FunctionTime) -> u64) -> u64 {
    times.iter().map(nanos).sum()
}

fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}
