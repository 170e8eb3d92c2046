//! Keeping the cost of sampling within a bound, by lowering the rate.
//!
//! What a sample costs is measured, not assumed: the handler and the collector read their
//! clocks, and what the kernel takes to interrupt a thread is measured once, at the start
//! (see `interruption`). The cost is that since the rate was last lowered, so that a
//! change shows in full, and over enough time to be more than chance.

use std::time::Duration;

use super::rate::MAX_HALVINGS;

/// Watches the cost.
pub(super) struct Budget {
    max_overhead: f64,
    interruption_nanos: u64,
    n_halvings: u32,
    last: Spent,
}

/// What has been spent so far, in nanoseconds of CPU time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    /// By the sampled threads, with what was spent on interrupting them.
    pub(super) program: u64,
    pub(super) in_handlers: u64,
    pub(super) n_interruptions: u64,
    /// By the collector, nearly all of it however many samples there are.
    pub(super) collector: u64,
}

/// Less time than this says little.
const MIN_PROGRAM_NANOS: u64 = 250_000_000;

/// The part of the budget that may go into looking after the session.
const LOOKING: f64 = 0.25;

impl Budget {
    /// Starts to watch; `interruption_nanos` is what the kernel takes for each.
    pub(super) fn new(max_overhead: f64, interruption_nanos: u64) -> Self {
        Self {
            max_overhead,
            interruption_nanos,
            n_halvings: 0,
            last: Spent::default(),
        }
    }

    /// Returns how often the rate must be halved now, most often not at all.
    pub(super) fn look(&mut self, spent: Spent) -> u32 {
        let since = spent.since(&self.last);
        if since.program < MIN_PROGRAM_NANOS {
            return 0;
        }
        let sampling = since.n_interruptions * self.interruption_nanos + since.in_handlers;
        let program = since.program.saturating_sub(sampling);
        let allowed = self.max_overhead * program as f64;
        // Where the collector takes most of it, a lower rate would not help much more.
        let for_sampling = (allowed - since.collector as f64).max(allowed / 2.0);
        let mut cost = sampling as f64;
        // A few samples may have been dearer than most by chance.
        let chance = 2.0 / (since.n_interruptions.max(1) as f64).sqrt();
        if cost <= for_sampling * (1.0 + chance) {
            return 0;
        }
        let mut n = 0;
        while cost > for_sampling && self.n_halvings + n < MAX_HALVINGS {
            cost /= 2.0;
            n += 1;
        }
        if n > 0 {
            self.n_halvings += n;
            self.last = spent;
        }
        n
    }

    /// Returns how long to wait before the collector looks again, so that its looks keep
    /// within their part. The last one took `look`, and the program used `program` in the
    /// time `gone_by`.
    pub(super) fn pause(&self, look: Duration, program: Duration, gone_by: Duration) -> Duration {
        let allowed = LOOKING * self.max_overhead * program.as_secs_f64();
        let looks = allowed / look.as_secs_f64().max(1e-9);
        Duration::try_from_secs_f64(gone_by.as_secs_f64() / looks).unwrap_or(Duration::MAX)
    }
}

impl Spent {
    fn since(&self, earlier: &Self) -> Self {
        Self {
            program: self.program.saturating_sub(earlier.program),
            in_handlers: self.in_handlers.saturating_sub(earlier.in_handlers),
            n_interruptions: self.n_interruptions.saturating_sub(earlier.n_interruptions),
            collector: self.collector.saturating_sub(earlier.collector),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// A second of the program at a rate, at 8 us for an interruption, 3 us in the handler
    /// and half a millisecond for the collector.
    fn second(before: Spent, rate: u64) -> Spent {
        Spent {
            program: before.program + SECOND,
            in_handlers: before.in_handlers + 3_000 * rate,
            n_interruptions: before.n_interruptions + rate,
            collector: before.collector + 500_000,
        }
    }

    fn run(max_overhead: f64, n_seconds: u32) -> Vec<u32> {
        let mut budget = Budget::new(max_overhead, 8_000);
        let mut spent = Spent::default();
        let mut rate = 4000;
        let seconds = (0..n_seconds).map(|_| {
            spent = second(spent, rate);
            let n = budget.look(spent);
            rate >>= n;
            n
        });
        seconds.collect()
    }

    #[test]
    fn the_rate_is_halved_until_the_cost_is_within_the_bound_and_then_kept() {
        // 4.4 % of a program that has 95.6 % of the time: 1.1 % at a quarter.
        assert_eq!(run(0.01, 5), [3, 0, 0, 0, 0]);
        assert_eq!(run(0.03, 3), [1, 0, 0]);
        assert_eq!(run(0.05, 3), [0, 0, 0]);
    }

    #[test]
    fn a_bound_that_cannot_be_kept_is_not_chased_without_end() {
        // The collector alone takes 0.05 %.
        assert_eq!(run(0.0005, 3), [8, 0, 0]);
        assert_eq!(run(1e-9, 3), [MAX_HALVINGS, 0, 0]);
    }

    #[test]
    fn a_moment_is_not_judged() {
        let mut budget = Budget::new(0.01, 8_000);
        let spent = Spent {
            program: MIN_PROGRAM_NANOS - 1,
            in_handlers: MIN_PROGRAM_NANOS / 2,
            ..Spent::default()
        };
        assert_eq!(budget.look(spent), 0);
    }

    #[test]
    fn looks_are_as_rare_as_their_part_of_the_budget_asks_for() {
        let budget = Budget::new(0.01, 8_000);
        let millis = Duration::from_millis;
        // A quarter of 1 % of 50 ms is 125 us.
        assert_eq!(
            budget.pause(Duration::from_micros(125), millis(50), millis(50)),
            millis(50)
        );
        assert_eq!(
            budget.pause(Duration::from_micros(250), millis(50), millis(50)),
            millis(100)
        );
        // A program that sleeps.
        assert_eq!(
            budget.pause(Duration::from_micros(125), millis(5), millis(50)),
            millis(500)
        );
        assert_eq!(
            budget.pause(Duration::from_micros(125), millis(0), millis(50)),
            Duration::MAX
        );
    }
}
