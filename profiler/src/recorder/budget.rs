//! Keeping the cost of recording within a bound, by lowering the rate.

use std::time::Duration;

/// What one sample costs the thread that it interrupts: the interrupt, and copying
/// registers and stack. An estimate for a virtual machine, where interrupts are dear; not
/// measured while recording.
pub(super) const SAMPLE_COST: Duration = Duration::from_micros(10);

/// Watches the cost.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    max_overhead: f64,
    max_rate: f64,
    rate: f64,
    last: Spent,
}

/// What has been spent so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    pub(super) n_samples: u64,
    pub(super) recorder: Duration,
    pub(super) target: Duration,
}

/// Less time than this says little.
const MIN_TARGET_TIME: Duration = Duration::from_millis(250);

/// The rate is changed by hardly less than this: samples of different rates weigh the
/// same, so every change distorts the shares of what the program did before and after.
const DEAD_BAND: f64 = 0.9;

impl Budget {
    pub(super) fn new(max_overhead: f64, rate_hz: f64) -> Self {
        Self {
            max_overhead,
            max_rate: rate_hz,
            rate: rate_hz,
            last: Spent::default(),
        }
    }

    /// Returns another rate if the cost since the last look exceeds the bound, or is far
    /// below it after the rate was lowered.
    pub(super) fn look(&mut self, spent: Spent) -> Option<f64> {
        let target = spent.target.saturating_sub(self.last.target);
        if target < MIN_TARGET_TIME {
            return None;
        }
        let n = spent.n_samples.saturating_sub(self.last.n_samples);
        let recorder = spent.recorder.saturating_sub(self.last.recorder);
        let cost = n as f64 * SAMPLE_COST.as_secs_f64() + recorder.as_secs_f64();
        self.last = spent;
        let overhead = cost / target.as_secs_f64();
        let wanted = self.rate * self.max_overhead / overhead.max(1e-9);
        // A tenth below the bound, so that the next look does not find it exceeded.
        let rate = (0.9 * wanted).clamp(0.1, self.max_rate);
        let is_small = rate > self.rate * DEAD_BAND && rate * DEAD_BAND < self.rate;
        if is_small && overhead <= self.max_overhead {
            return None;
        }
        let is_other = (rate - self.rate).abs() > f64::EPSILON;
        self.rate = rate;
        is_other.then_some(rate)
    }

    #[cfg(test)]
    fn rate(&self) -> f64 {
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::whole;
    use super::*;

    /// What is spent each second at a rate, at 20 µs of the recorder's time a sample.
    fn second(budget: &Budget, before: Spent) -> Spent {
        Spent {
            n_samples: before.n_samples + whole(budget.rate()),
            recorder: before.recorder + Duration::from_micros(20).mul_f64(budget.rate()),
            target: before.target + Duration::from_secs(1),
        }
    }

    #[test]
    fn the_rate_is_lowered_to_the_bound_and_then_stays() {
        let mut budget = Budget::new(0.01, 1000.0);
        let mut spent = Spent::default();
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
        assert!((budget.rate() - 1000.0).abs() < 1e-9);
    }
}
