//! When to take samples: irregular intervals of a thread's own CPU time.
//!
//! A fixed period locks onto periodic programs and can put most of the samples into
//! the wrong function. A new interval for each sample cannot, but re-arming an alarm
//! costs more than walking a stack. So arrivals come in *blocks*: a period is drawn
//! uniformly from half to one and a half of the mean, the alarm repeats by itself
//! [`BLOCK`] times, and only then is it armed anew.
//!
//! Blocks form a renewal process whose intervals have a density, so they are mixing,
//! and mixing arrivals that do not disturb what they look at see time averages
//! (F. Baccelli et al., "The role of PASTA in network measurement", SIGCOMM 2006).
//! Within a block the spread decorrelates the phases of a program in step with the mean
//! (a uniform of the mean's width has no component at that frequency). Over many blocks
//! the number of samples in a given time varies by `BLOCK / 12` times its mean, less
//! than of Poisson arrivals, so binomial intervals hold for slow programs too. A
//! period spread like an exponential would decorrelate as well, but vary by `BLOCK`
//! times the mean.
//!
//! The arrivals are stationary from a thread's first nanosecond: it enters its first
//! block, which is drawn with a chance proportional to its length, at a uniform place.
//! So a life of any length gets `length / mean` samples on average, and threads that
//! live for less than an interval are seen as often as they should be (D. R. Cox,
//! "Renewal Theory", 1962, chapter 5: the equilibrium renewal process).
//!
//! The arrivals are laid out ahead in CPU time, whatever becomes of the alarms. An
//! interruption that comes late, because the thread was in a long system call, is
//! credited with all arrivals that fell due; one that comes too early, because the
//! thread slept, with none. Time inside the sampler does not count: the block after
//! starts later by as much.

use std::time::Duration;

use super::options::Intervals;
use crate::dice::Dice;

/// The number of arrivals with the same period.
///
/// With 8, the share of a function is spread like a binomial one or less, whatever the
/// program's period: its variance was at most 1.2 times that in simulations of twelve
/// periods from a third of the mean to a hundred times it.
const BLOCK: u32 = 8;

/// An alarm may be this early or late and still stand for the arrival: the clocks of
/// the kernel's timers and of threads differ by less, and setting a new alarm for the
/// rest would cost more than it gains.
const SLACK_NANOS: u64 = 50_000;

/// More arrivals than this at once are not looked at one by one.
const MAX_ARRIVALS: u64 = 10_000;

/// The arrivals of one thread, and the alarm that is to meet them.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    mean_nanos: f64,
    floor_nanos: u64,
    intervals: Intervals,
    clock: AlarmClock,
    dice: Dice,
    /// The period of the block, and how many of its arrivals come after the next one.
    period: u64,
    n_after_due: u32,
    due: u64,
    /// The sampler's own time, by which the next block starts later.
    excluded: u64,
    armed: Option<Armed>,
}

/// What a repeating alarm counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlarmClock {
    /// The thread's CPU time, in which it stays on its grid.
    Cpu,
    /// Real time, so after an interruption only one period is known to follow.
    Real,
}

#[derive(Debug, Clone, Copy)]
struct Armed {
    at: u64,
    period: u64,
}

/// What an interruption stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Arrivals {
    /// Arrivals that have fallen due.
    pub(crate) n: u64,
    /// Those of them that are overdue by more than the floor.
    pub(crate) late: u64,
    /// Arrivals left out because there were too many at once.
    pub(crate) skipped: u64,
}

impl Schedule {
    /// Lays out arrivals from `now`, in nanoseconds of the thread's CPU time.
    ///
    /// The mean interval must be at least twice the floor.
    pub(crate) fn new(
        mean: Duration,
        floor: Duration,
        intervals: Intervals,
        clock: AlarmClock,
        seed: u64,
        now: u64,
    ) -> Self {
        let mut schedule = Self {
            mean_nanos: mean.as_secs_f64() * 1e9,
            floor_nanos: u64::try_from(floor.as_nanos()).unwrap_or(u64::MAX),
            intervals,
            clock,
            dice: Dice::new(seed),
            period: 0,
            n_after_due: 0,
            due: 0,
            excluded: 0,
            armed: None,
        };
        schedule.enter(now);
        schedule
    }

    /// Takes out the arrivals that have fallen due by `now`.
    pub(crate) fn arrivals(&mut self, now: u64) -> Arrivals {
        let mut arrivals = Arrivals::default();
        while self.due <= now.saturating_add(SLACK_NANOS) {
            if arrivals.n == MAX_ARRIVALS {
                arrivals.skipped = expected_arrivals(self.due, now, self.mean_nanos);
                self.enter(now.saturating_add(SLACK_NANOS));
                break;
            }
            arrivals.n += 1;
            if now > self.due.saturating_add(self.floor_nanos) {
                arrivals.late += 1;
            }
            self.step();
        }
        arrivals
    }

    /// Returns what the alarm must be set to at `now`, to go off after that time and
    /// then repeat; `None` while it will meet the next arrival as it is.
    ///
    /// Never less than the floor.
    pub(crate) fn next_alarm(&mut self, now: u64) -> Option<Duration> {
        if self.armed.is_some() && self.alarm_at(now).abs_diff(self.due) <= SLACK_NANOS {
            return None;
        }
        let mut period = self.due.saturating_sub(now).max(self.floor_nanos);
        // Being a little late for the whole block is better than drifting through it.
        if self.n_after_due > 0 && period.abs_diff(self.period) <= SLACK_NANOS {
            period = self.period;
        }
        self.armed = Some(Armed { at: now, period });
        Some(Duration::from_nanos(period))
    }

    /// Returns when the alarm goes off next, as it is set at `now`; never, if it is not.
    pub(crate) fn alarm_at(&self, now: u64) -> u64 {
        let Some(armed) = self.armed else {
            return u64::MAX;
        };
        match self.clock {
            AlarmClock::Cpu => {
                let n = (now.saturating_sub(armed.at) + SLACK_NANOS) / armed.period + 1;
                armed.at.saturating_add(armed.period.saturating_mul(n))
            }
            AlarmClock::Real => now.saturating_add(armed.period),
        }
    }

    /// Makes the arrivals to come later by the time that the sampler itself has used.
    pub(crate) fn exclude(&mut self, nanos: u64) {
        self.excluded = self.excluded.saturating_add(nanos);
    }

    /// Lays out arrivals with another mean interval from `now`.
    pub(crate) fn restart(&mut self, mean: Duration, now: u64) {
        self.mean_nanos = mean.as_secs_f64() * 1e9;
        self.enter(now);
    }

    /// Returns the mean interval.
    pub(crate) fn mean_nanos(&self) -> u64 {
        nanos(self.mean_nanos)
    }

    /// Returns when the next arrival is due.
    pub(crate) fn due(&self) -> u64 {
        self.due
    }

    /// Enters the stationary process at `now`.
    fn enter(&mut self, now: u64) {
        let mean = self.mean_nanos;
        self.period = match self.intervals {
            Intervals::Fixed => nanos(mean),
            // The inverse of the distribution whose density grows with the length.
            Intervals::Random => {
                let (low, high) = (mean / 2.0, mean * 1.5);
                let square = low * low + self.dice.fraction() * (high * high - low * low);
                nanos(square.sqrt())
            }
        };
        self.n_after_due = pick(self.dice.fraction(), BLOCK);
        self.due = now.saturating_add(nanos(self.period as f64 * self.dice.fraction()));
        self.excluded = 0;
        self.armed = None;
    }

    fn step(&mut self) {
        if self.n_after_due == 0 {
            self.due = self.due.saturating_add(self.excluded);
            self.excluded = 0;
            self.n_after_due = BLOCK;
            self.period = nanos(match self.intervals {
                Intervals::Fixed => self.mean_nanos,
                Intervals::Random => self.mean_nanos * (0.5 + self.dice.fraction()),
            });
        }
        self.n_after_due -= 1;
        self.due = self.due.saturating_add(self.period);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and `as` saturates"
)]
fn nanos(nanos: f64) -> u64 {
    nanos as u64
}

/// Picks one of 0 to `n - 1` by a fraction from (0, 1].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive and at most n"
)]
fn pick(fraction: f64, n: u32) -> u32 {
    ((fraction * f64::from(n)) as u32).min(n - 1)
}

/// Returns how many arrivals to expect from one that is due at `due` until `now`.
pub(crate) fn expected_arrivals(due: u64, now: u64, mean_nanos: f64) -> u64 {
    if now < due {
        return 0;
    }
    nanos((now - due) as f64 / mean_nanos).saturating_add(1)
}

#[cfg(test)]
mod tests;
