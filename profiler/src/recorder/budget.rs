//! Keeping the cost of recording within a bound, by lowering the rate.

use std::time::Duration;

/// Watches the cost.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    max_overhead: f64,
    rate: f64,
    /// What had been spent when the present rate began to be judged.
    since: Option<Spent>,
}

/// What has been spent so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    /// The recorder's own time, by its clock.
    pub(super) recorder: Duration,
    /// The process's time that went into samples.
    pub(super) samples: Duration,
    /// All of the process's time.
    pub(super) target: Duration,
}

/// Less time than this says little. What goes before is not judged at all: to look at the
/// process for the first time costs the same at any rate.
const MIN_TARGET_TIME: Duration = Duration::from_millis(250);

/// A tenth below the bound, so that chance does not make the next look find it exceeded.
const MARGIN: f64 = 0.9;

/// Fewer samples a second would be of no use, and hardly cheaper.
const LOWEST_RATE: f64 = 1.0;

impl Budget {
    pub(super) fn new(max_overhead: f64, rate_hz: f64) -> Self {
        Self {
            max_overhead,
            rate: rate_hz,
            since: None,
        }
    }

    /// Returns a lower rate if the cost since the last change exceeds the bound.
    ///
    /// The rate never goes up again: samples must be thinned to the lowest rate to weigh
    /// the same, so more of them later would be thrown away.
    pub(super) fn look(&mut self, spent: Spent) -> Option<f64> {
        let Some(since) = self.since else {
            if spent.target >= MIN_TARGET_TIME {
                self.since = Some(spent);
            }
            return None;
        };
        let target = spent.target.saturating_sub(since.target);
        if target < MIN_TARGET_TIME {
            return None;
        }
        let cost = spent.recorder.saturating_sub(since.recorder)
            + spent.samples.saturating_sub(since.samples);
        let overhead = cost.as_secs_f64() / target.as_secs_f64();
        if overhead <= self.max_overhead {
            return None;
        }
        let rate = (MARGIN * self.rate * self.max_overhead / overhead).max(LOWEST_RATE);
        self.since = Some(spent);
        (rate < self.rate).then(|| {
            self.rate = rate;
            rate
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is spent by the end of a further second, at 10 µs of the process's time and
    /// 20 µs of the recorder's a sample.
    fn second(budget: &Budget, before: Spent) -> Spent {
        Spent {
            samples: before.samples + Duration::from_micros(10).mul_f64(budget.rate),
            recorder: before.recorder + Duration::from_micros(20).mul_f64(budget.rate),
            target: before.target + Duration::from_secs(1),
        }
    }

    #[test]
    fn the_rate_is_lowered_to_the_bound_and_then_stays() {
        let mut budget = Budget::new(0.01, 1000.0);
        // To begin with is dear.
        let mut spent = Spent {
            recorder: Duration::from_secs(5),
            ..second(&budget, Spent::default())
        };
        assert_eq!(budget.look(spent), None);
        spent = second(&budget, spent);
        // 30 µs a sample, so 1 % allows 333 a second.
        let rate = budget.look(spent).unwrap();
        assert!((250.0..333.4).contains(&rate), "{rate}");
        for _ in 0..10 {
            spent = second(&budget, spent);
            assert_eq!(budget.look(spent), None);
        }
    }

    #[test]
    fn a_cost_within_the_bound_changes_nothing() {
        let mut budget = Budget::new(0.05, 1000.0);
        let mut spent = Spent::default();
        for _ in 0..10 {
            spent = second(&budget, spent);
            assert_eq!(budget.look(spent), None);
        }
    }

    #[test]
    fn a_cost_that_no_rate_lowers_leaves_some_samples() {
        let mut budget = Budget::new(0.01, 1000.0);
        let mut spent = second(&budget, Spent::default());
        for _ in 0..100 {
            budget.look(spent);
            spent = second(&budget, spent);
            spent.recorder += Duration::from_millis(100);
        }
        assert!((budget.rate - LOWEST_RATE).abs() < 1e-9, "{budget:?}");
    }
}
