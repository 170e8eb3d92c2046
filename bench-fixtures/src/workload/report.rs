//! One run of a workload, and its shape as JSON.
//!
//! The workloads in Python and in C print the same shape.

use super::bracket::half_widths;
use super::foreign::time_stamp;
use super::pace::nanos;
use super::{Amount, Bracket, FunctionTime, Task, Truth, Workload};
use crate::catalogue::Language;
use rustix::time::ClockId;
use serde_json::{Value, json};

/// What a run of a workload took, in all and in each function.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Name of the workload.
    pub workload: &'static str,
    /// What was asked for.
    pub task: Task,
    /// CPU time of the whole process during the run, and of processes that it started,
    /// in nanoseconds: the truth's total, and what no function did.
    pub cpu_nanos: u64,
    /// Wall time of the run, in nanoseconds.
    pub wall_nanos: u64,
    /// Ticks of the time stamp counter in a second, by this run; `None` without one.
    pub ticks_per_second: Option<f64>,
    /// What a phase was measured too long by, at most.
    pub bracket: Bracket,
    /// What each function took.
    pub truth: Truth,
}

impl Report {
    /// Runs a workload as it is.
    pub fn of(workload: &dyn Workload, amount: Amount, seed: u64) -> Self {
        Self::of_task(workload, &Task::new(amount, seed))
    }

    /// Runs a workload.
    pub fn of_task(workload: &dyn Workload, task: &Task) -> Self {
        let bracket = Bracket::measure();
        let cpu = nanos(ClockId::ProcessCPUTime);
        let (wall, ticks) = (nanos(ClockId::Monotonic), time_stamp());
        let truth = workload.run_task(task);
        let (wall_nanos, ticks_now) = (nanos(ClockId::Monotonic) - wall, time_stamp());
        let ticks = ticks_now.saturating_sub(ticks) as f64;
        Self {
            workload: workload.name(),
            task: task.clone(),
            cpu_nanos: nanos(ClockId::ProcessCPUTime) - cpu + truth.others_cpu_nanos(),
            wall_nanos,
            ticks_per_second: (ticks > 0.0).then(|| ticks / seconds(wall_nanos)),
            bracket,
            truth,
        }
    }

    /// Shapes the report as one JSON object.
    ///
    /// Times are in seconds, but for the exact `nanoseconds` of CPU time. Shares are of
    /// the sum over the functions listed beside, so they add up to one; each lies within
    /// its uncertainty of the true one. `tsc_seconds` is `null` without a time stamp
    /// counter. A bracket is what reading the clocks around a phase cost. `threads` is there where there are several threads or processes, `work`
    /// where an amount of work was asked for, `slow` where something was slowed down.
    pub fn to_json(&self) -> Value {
        let mut json = json!({
            "workload": self.workload,
            "language": Language::Rust.to_string(),
            "seed": self.task.seed,
            "functions": self.functions(self.truth.functions()),
            "cpu_seconds": seconds(self.cpu_nanos),
            "wall_seconds": seconds(self.wall_nanos),
            "bracket_nanoseconds": self.bracket.cpu_nanos,
            "wall_bracket_nanoseconds": self.bracket.wall_nanos,
        });
        if let Amount::Work(n_units) = self.task.amount {
            json["work"] = n_units.into();
        }
        if let Some(slow) = &self.task.slow {
            json["slow"] = json!({ "function": slow.function, "factor": slow.factor });
        }
        if !self.truth.threads().is_empty() {
            let threads = self.truth.threads().iter().map(|thread| {
                json!({
                    "name": thread.name,
                    "n_threads": thread.n_threads,
                    "cpu_seconds": seconds(sum(&thread.functions, |time| time.cpu_nanos)),
                    "functions": self.functions(&thread.functions),
                })
            });
            json["threads"] = threads.collect();
        }
        json
    }

    fn functions(&self, times: &[FunctionTime]) -> Value {
        let total = sum(times, |time| time.cpu_nanos).max(1) as f64;
        let wall_total = sum(times, |time| time.wall_nanos).max(1) as f64;
        let by_cpu: Vec<_> = times.iter().map(|t| (t.cpu_nanos, t.n_phases)).collect();
        let by_wall: Vec<_> = times.iter().map(|t| (t.wall_nanos, t.n_phases)).collect();
        let uncertain = half_widths(&by_cpu, self.bracket.cpu_nanos);
        let wall_uncertain = half_widths(&by_wall, self.bracket.wall_nanos);
        let list = times.iter().zip(uncertain.iter().zip(&wall_uncertain));
        let list = list.map(|(time, (uncertainty, wall_uncertainty))| {
            json!({
                "name": time.name,
                "nanoseconds": time.cpu_nanos,
                "share": time.cpu_nanos as f64 / total,
                "share_uncertainty": uncertainty,
                "cpu_seconds": seconds(time.cpu_nanos),
                "wall_seconds": seconds(time.wall_nanos),
                "wall_share": time.wall_nanos as f64 / wall_total,
                "wall_share_uncertainty": wall_uncertainty,
                "tsc_seconds": self.ticks_per_second.map(|rate| time.ticks as f64 / rate),
                "n_units": time.n_units,
                "n_phases": time.n_phases,
            })
        });
        list.collect()
    }
}

fn sum(times: &[FunctionTime], nanos: impl Fn(&FunctionTime) -> u64) -> u64 {
    times.iter().map(nanos).sum()
}

fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}
