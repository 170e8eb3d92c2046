//! The same split, but every period is like the last: the aliasing test.
//!
//! A sampler whose period is that of the program, or a multiple of it, meets the
//! program in the same place each time and reports one function only, however
//! long it samples. Phases are held to an absolute schedule on the thread's CPU
//! clock, so that errors in one phase do not add up over the run.

use super::kernel::SPLIT;
use super::pace::Pace;
use super::{Truth, Workload};
use std::time::Duration;

/// Splits its time 50/30/15/5 in step with a fixed period.
pub struct Lockstep {
    name: &'static str,
    period: Duration,
}

impl Lockstep {
    /// Repeats every millisecond, in step with a sampler of 1,000 Hz.
    pub const EVERY_1000_US: Self = Self {
        name: "lockstep-1000",
        period: Duration::from_millis(1),
    };

    /// Repeats every ten milliseconds, in step with a sampler of 100 Hz.
    pub const EVERY_10000_US: Self = Self {
        name: "lockstep-10000",
        period: Duration::from_millis(10),
    };

    /// Tells `at_boundary` by how many nanoseconds each phase ended late.
    fn run_watched(&self, cpu_time: Duration, mut at_boundary: impl FnMut(f64)) -> Truth {
        let period = self.period.as_nanos() as f64;
        let mut pace = Pace::new(&SPLIT);
        let mut deadline = pace.total().as_nanos() as f64;
        while pace.total() < cpu_time {
            for (idx, function) in SPLIT.iter().enumerate() {
                deadline += function.share * period;
                pace.phase(idx, deadline - pace.total().as_nanos() as f64);
                at_boundary(pace.total().as_nanos() as f64 - deadline);
            }
        }
        pace.into_truth()
    }
}

impl Workload for Lockstep {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        "the same split in step with a fixed period, in microseconds"
    }

    /// The seed has no effect: that nothing varies is the point.
    fn run(&self, cpu_time: Duration, _seed: u64) -> Truth {
        self.run_watched(cpu_time, |_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drift would break the lock and make the workload harmless.
    #[test]
    fn phases_keep_the_schedule() {
        for workload in [Lockstep::EVERY_1000_US, Lockstep::EVERY_10000_US] {
            let mut lateness = Vec::new();
            workload.run_watched(Duration::from_millis(500), |nanos| {
                lateness.push(nanos.abs());
            });
            assert!(lateness.len() >= 4 * 40);
            lateness.sort_unstable_by(f64::total_cmp);
            let median = lateness[lateness.len() / 2];
            let period = workload.period.as_nanos() as f64;
            assert!(median < 0.05 * period, "{}: {median}", workload.name);
        }
    }
}
