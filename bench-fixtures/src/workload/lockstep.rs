//! The same split, but every period is like the last: the aliasing test.
//!
//! A sampler whose period is that of the program, or a multiple of it, meets the
//! program in the same place each time and reports one function only, however
//! long it samples. Phases are held to an absolute schedule on the thread's CPU
//! clock, so that errors in one phase do not add up over the run.

use super::kernel::{self, CLASSIC_SPLIT, split};
use super::pace::Pace;
use super::{Amount, Parameter, Task, Truth, Workload};
use crate::catalogue::Entry;
use std::time::Duration;

/// Splits its time 50/30/15/5 in step with a fixed period.
pub struct Lockstep {
    name: &'static str,
    period: Duration,
    shares: [f64; 4],
}

impl Lockstep {
    /// Repeats every millisecond, in step with a sampler of 1,000 Hz.
    pub const EVERY_1000_US: Self = Self {
        name: "lockstep-1000",
        period: Duration::from_millis(1),
        shares: CLASSIC_SPLIT,
    };

    /// Repeats every ten milliseconds, in step with a sampler of 100 Hz.
    pub const EVERY_10000_US: Self = Self {
        name: "lockstep-10000",
        period: Duration::from_millis(10),
        shares: CLASSIC_SPLIT,
    };

    /// Tells `at_boundary` the CPU time at which each phase ended.
    ///
    /// A fixed amount of work cannot also keep a schedule: its phases have the same
    /// instructions in every run, and only about the length that they should have.
    fn run_watched(&self, task: &Task, mut at_boundary: impl FnMut(Duration)) -> Truth {
        let functions = split(self.shares);
        let mut pace = Pace::new(&functions, task);
        let period_nanos = self.period.as_nanos() as f64;
        let mut deadline = pace.total();
        let mut n_periods = 0;
        while task.amount.has_more(n_periods, period_nanos, pace.total()) {
            for (idx, function) in functions.iter().enumerate() {
                let length = self.period.mul_f64(function.share);
                deadline += length;
                let left = match task.amount {
                    Amount::CpuTime(_) => deadline.saturating_sub(pace.total()),
                    Amount::Work(_) => length,
                };
                pace.phase(idx, left.as_nanos() as f64);
                at_boundary(pace.total());
            }
            n_periods += 1;
        }
        pace.into_truth()
    }
}

impl Workload for Lockstep {
    fn entry(&self) -> Entry {
        Entry {
            name: self.name,
            summary: "the same split in step with a fixed period, in microseconds",
            catches: "a fixed period of sampling, which meets the same function every time",
            rate_hz: u32::try_from(1_000_000 / self.period.as_micros()).ok(),
            functions: kernel::SCORED,
            ..Entry::RUST
        }
    }

    /// The seed has no effect: that nothing varies is the point.
    fn run_task(&self, task: &Task) -> Truth {
        self.run_watched(task, |_| ())
    }

    fn with(&self, parameter: &Parameter) -> Option<Box<dyn Workload>> {
        let mut made = Self { ..*self };
        match parameter {
            Parameter::Period(period) => made.period = *period,
            Parameter::Shares(shares) => made.shares = *shares,
            _ => return None,
        }
        Some(Box::new(made))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drift would break the lock and make the workload harmless, so the ends of
    /// the periods are compared with a clock that strikes at exactly the period.
    ///
    /// A busy neighbour that halves the processor's speed disturbs a run, and does
    /// not make one better: a schedule that is not held fails in every attempt.
    #[test]
    fn periods_neither_jitter_nor_drift() {
        for workload in [Lockstep::EVERY_1000_US, Lockstep::EVERY_10000_US] {
            let tolerance = 0.03 * workload.period.as_secs_f64();
            let mut attempts = (0..20).map(|_| jitter_and_drift(&workload));
            assert!(
                attempts.any(|(jitter, drift)| jitter.max(drift) < tolerance),
                "{}",
                workload.name
            );
        }
    }

    /// Seconds by which periods typically end early or late, and by which the
    /// second half of the run is off against the first.
    fn jitter_and_drift(workload: &Lockstep) -> (f64, f64) {
        let mut ends = Vec::new();
        let task = Task::new(Amount::CpuTime(Duration::from_millis(600)), 1);
        workload.run_watched(&task, |end| ends.push(end));
        let period = workload.period.as_secs_f64();
        let against_clock: Vec<f64> = ends
            .chunks_exact(4)
            .zip(0..)
            .map(|(phases, n)| phases[3].as_secs_f64() - period * f64::from(n))
            .collect();
        assert!(against_clock.len() >= 50);

        let typical = median(&against_clock);
        let jitter: Vec<f64> = against_clock.iter().map(|x| (x - typical).abs()).collect();
        let (early, late) = against_clock.split_at(against_clock.len() / 2);
        (median(&jitter), (median(late) - median(early)).abs())
    }

    fn median(xs: &[f64]) -> f64 {
        let mut sorted = xs.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }
}
