//! How much a workload is asked to do.
//!
//! A length of CPU time suits a look at shares. For a slow-down it is useless: a
//! program that stops by its own clock hides what it lost. A fixed amount of work is
//! the same instructions in every run, so its time can be compared between runs.

use std::time::Duration;

/// Nominal CPU time of one unit of [`Amount::Work`], in nanoseconds.
pub(super) const WORK_NANOS: f64 = 8e6;

/// Tells a workload when to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// About so much CPU time, over all threads.
    CpuTime(Duration),
    /// So many units of work, each of some 8 ms of CPU time on a machine of 2.6 GHz.
    Work(u64),
}

impl Amount {
    /// Tells what part is done after `n_rounds`, each of about `round_nanos`, that took
    /// `spent` CPU time; from 1 on, no further round is due.
    pub(super) fn done(self, n_rounds: u64, round_nanos: f64, spent: Duration) -> f64 {
        match self {
            Self::CpuTime(cpu_time) => spent.as_secs_f64() / cpu_time.as_secs_f64(),
            Self::Work(n_units) => {
                (n_rounds as f64) * round_nanos / ((n_units as f64) * WORK_NANOS)
            }
        }
    }

    /// Decides whether another round is due; see [`Amount::done`].
    pub(super) fn has_more(self, n_rounds: u64, round_nanos: f64, spent: Duration) -> bool {
        self.done(n_rounds, round_nanos, spent) < 1.0
    }

    /// Tells whether phases must have the same length in every run.
    pub(super) fn is_fixed(self) -> bool {
        matches!(self, Self::Work(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_counts_rounds_and_time_counts_time() {
        let (early, late) = (Duration::from_secs(1), Duration::from_secs(3));
        let time = Amount::CpuTime(Duration::from_secs(2));
        assert!(time.has_more(1_000_000, WORK_NANOS, early));
        assert!(!time.has_more(0, WORK_NANOS, late));
        let work = Amount::Work(2);
        assert!(work.has_more(1, WORK_NANOS, late));
        assert!(!work.has_more(2, WORK_NANOS, early));
        assert!(work.has_more(15, WORK_NANOS / 8.0, late));
        assert!(!work.has_more(16, WORK_NANOS / 8.0, early));
    }
}
