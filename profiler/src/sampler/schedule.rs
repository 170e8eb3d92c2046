//! When to take samples: irregular intervals of a thread's own CPU time.
//!
//! A fixed period locks onto periodic programs and can put most of the samples into
//! the wrong function. Exponential intervals cannot: Poisson arrivals see time
//! averages whatever the program does (R. W. Wolff, "Poisson arrivals see time
//! averages", Operations Research 30, 1982, 223-231, known as PASTA).
//!
//! An alarm must not be set to less than a floor of 100 µs, so each interval is the
//! floor plus an exponential part with mean `1/rate - floor`: the mean interval is
//! exactly `1/rate`. Such arrivals are no longer Poisson, but they are mixing, and
//! mixing arrivals that do not disturb what they look at also see time averages
//! (F. Baccelli et al., "The role of PASTA in network measurement", SIGCOMM 2006).
//!
//! The arrivals are laid out ahead in CPU time, whatever becomes of the alarms. An
//! interruption that comes late, because the thread was in a long system call, is
//! credited with all arrivals that fell due; one that comes too early, because the
//! thread slept, with none. Time inside the sampler does not count.

use std::time::Duration;

use super::options::Intervals;

/// An alarm may be this early and still stand for the arrival: the clocks of the
/// kernel's timers and of threads differ by less, and setting a new alarm for the
/// rest would cost more than it gains.
const SLACK_NANOS: u64 = 50_000;

/// More arrivals than this at once are not looked at one by one.
const MAX_ARRIVALS: u64 = 10_000;

/// The arrivals of one thread.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    mean_nanos: f64,
    floor_nanos: u64,
    intervals: Intervals,
    dice: Dice,
    due: u64,
    set_at: u64,
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
    /// The mean interval must be longer than the floor.
    pub(crate) fn new(
        mean: Duration,
        floor: Duration,
        intervals: Intervals,
        seed: u64,
        now: u64,
    ) -> Self {
        let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let mut schedule = Self {
            mean_nanos: mean.as_secs_f64() * 1e9,
            floor_nanos: nanos(floor),
            intervals,
            dice: Dice(seed),
            due: now,
            set_at: now,
        };
        schedule.due = now.saturating_add(schedule.interval());
        schedule
    }

    /// Takes out the arrivals that have fallen due by `now`.
    pub(crate) fn arrivals(&mut self, now: u64) -> Arrivals {
        let mut arrivals = Arrivals::default();
        while self.due <= now.saturating_add(SLACK_NANOS) {
            if arrivals.n == MAX_ARRIVALS {
                arrivals.skipped = self.due_by(now);
                self.due = now.saturating_add(self.interval());
                break;
            }
            arrivals.n += 1;
            if now > self.due.saturating_add(self.floor_nanos) {
                arrivals.late += 1;
            }
            self.due = self.due.saturating_add(self.interval());
        }
        arrivals
    }

    /// Returns the time from `now` until the alarm should go off next, and notes that
    /// it is being set; never less than the floor.
    pub(crate) fn next_alarm(&mut self, now: u64) -> Duration {
        self.set_at = now;
        Duration::from_nanos(self.due.saturating_sub(now).max(self.floor_nanos))
    }

    /// Tells whether an alarm that goes off at `now` was raised before the alarm was
    /// last set; several can queue up while a system call keeps them waiting.
    pub(crate) fn is_left_over(&self, now: u64) -> bool {
        now.saturating_sub(self.set_at) < self.floor_nanos / 2
    }

    /// Moves all arrivals to come by the time that the sampler itself has used.
    pub(crate) fn exclude(&mut self, nanos: u64) {
        self.due = self.due.saturating_add(nanos);
    }

    /// Returns when the next arrival is due.
    pub(crate) fn due(&self) -> u64 {
        self.due
    }

    fn due_by(&self, now: u64) -> u64 {
        expected_arrivals(self.due, now, self.mean_nanos)
    }

    fn interval(&mut self) -> u64 {
        let nanos = match self.intervals {
            Intervals::Fixed => self.mean_nanos,
            Intervals::Exponential => {
                let floor = self.floor_nanos as f64;
                floor - (self.mean_nanos - floor) * self.dice.fraction().ln()
            }
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive, and `as` saturates"
        )]
        let nanos = nanos as u64;
        nanos
    }
}

/// Returns how many arrivals to expect from one that is due at `due` until `now`.
pub(crate) fn expected_arrivals(due: u64, now: u64, mean_nanos: f64) -> u64 {
    if now < due {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and `as` saturates"
    )]
    let more = ((now - due) as f64 / mean_nanos) as u64;
    more.saturating_add(1)
}

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014): one word of state, which suits a signal handler.
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    /// Draws from the half-open interval (0, 1].
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        // 53 bits fill a double; the one added keeps zero, which has no logarithm, out.
        ((word >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: u64 = 1_000_000;
    const FLOOR: Duration = Duration::from_micros(100);

    fn schedule(intervals: Intervals) -> Schedule {
        Schedule::new(Duration::from_millis(1), FLOOR, intervals, 1, 0)
    }

    /// Goes from alarm to alarm, each `delay` nanoseconds after it was due, and returns
    /// the times and arrivals.
    fn run(
        schedule: &mut Schedule,
        until: u64,
        delay: impl Fn(u64) -> u64,
    ) -> Vec<(u64, Arrivals)> {
        let mut now = 0;
        let mut interruptions = Vec::new();
        while now < until {
            let alarm = now + u64::try_from(schedule.next_alarm(now).as_nanos()).unwrap();
            now = delay(alarm).max(alarm);
            interruptions.push((now, schedule.arrivals(now)));
        }
        interruptions
    }

    #[test]
    fn the_mean_is_kept_and_no_alarm_is_below_the_floor() {
        let mut schedule = schedule(Intervals::Exponential);
        let n = 200_000;
        let mut last = 0;
        for (now, arrivals) in run(&mut schedule, n * MILLISECOND, |alarm| alarm) {
            assert!(now - last >= 100_000);
            assert_eq!((arrivals.late, arrivals.skipped), (0, 0));
            last = now;
        }
        let arrived = run_count(Intervals::Exponential, n);
        // The standard error of the count is 0.9 · sqrt(n) = 402.
        assert!(arrived.abs_diff(n) < 4 * 402, "{arrived}");
    }

    fn run_count(intervals: Intervals, n_milliseconds: u64) -> u64 {
        let interruptions = run(
            &mut schedule(intervals),
            n_milliseconds * MILLISECOND,
            |alarm| alarm,
        );
        interruptions.iter().map(|(_, arrivals)| arrivals.n).sum()
    }

    /// The program spends the first 30 % of each millisecond in one function.
    #[test]
    fn in_step_with_the_program_only_a_fixed_interval_is_wrong() {
        let share_of_first = |intervals| {
            let interruptions = run(&mut schedule(intervals), 20_000 * MILLISECOND, |alarm| {
                alarm
            });
            let total: u64 = interruptions.iter().map(|(_, arrivals)| arrivals.n).sum();
            let in_first = |now: u64| now % MILLISECOND < 300_000;
            let first: u64 = interruptions
                .iter()
                .filter(|(now, _)| in_first(*now))
                .map(|(_, a)| a.n)
                .sum();
            first as f64 / total as f64
        };
        // Four standard errors of 20,000 draws are 1.3 percentage points.
        assert!((share_of_first(Intervals::Exponential) - 0.3).abs() < 0.013);
        assert!((share_of_first(Intervals::Fixed) - 0.3).abs() > 0.6);
    }

    /// Alarms are held up from 5 ms to 20 ms in every 20 ms, as by a long system call.
    #[test]
    fn a_long_system_call_is_credited_with_its_time() {
        let mut schedule = schedule(Intervals::Exponential);
        let held_up = |alarm: u64| {
            let phase = alarm % (20 * MILLISECOND);
            if phase > 5 * MILLISECOND {
                alarm - phase + 20 * MILLISECOND
            } else {
                alarm
            }
        };
        let interruptions = run(&mut schedule, 40_000 * MILLISECOND, held_up);
        let total: u64 = interruptions.iter().map(|(_, arrivals)| arrivals.n).sum();
        let at_the_end = |now: u64| now.is_multiple_of(20 * MILLISECOND);
        let held: u64 = interruptions
            .iter()
            .filter(|(now, _)| at_the_end(*now))
            .map(|(_, a)| a.n)
            .sum();
        let late: u64 = interruptions
            .iter()
            .map(|(_, arrivals)| arrivals.late)
            .sum();
        assert!(
            (held as f64 / total as f64 - 0.75).abs() < 0.01,
            "{held} of {total}"
        );
        assert!(total.abs_diff(40_000) < 720, "{total}");
        assert!(late > held * 9 / 10 && late <= held, "{late} of {held}");
    }

    #[test]
    fn an_alarm_too_early_stands_for_nothing_and_is_set_for_the_rest() {
        let mut schedule = schedule(Intervals::Exponential);
        let due = schedule.due();
        assert_eq!(schedule.arrivals(due - 60_000), Arrivals::default());
        assert_eq!(
            schedule.next_alarm(due - 150_000),
            Duration::from_micros(150)
        );
        assert_eq!(schedule.next_alarm(due - 60_000), FLOOR);
        assert!(schedule.is_left_over(due - 60_000 + 1000));
        assert!(!schedule.is_left_over(due));
        assert_eq!(schedule.arrivals(due).n, 1);
    }

    #[test]
    fn the_samplers_own_time_moves_the_arrivals() {
        let mut schedule = schedule(Intervals::Exponential);
        let due = schedule.due();
        schedule.exclude(70_000);
        assert_eq!(schedule.arrivals(due), Arrivals::default());
        assert_eq!(schedule.arrivals(due + 70_000).n, 1);
    }

    #[test]
    fn a_gap_of_an_hour_is_counted_but_not_walked_through() {
        let mut schedule = schedule(Intervals::Exponential);
        let hour = 3_600_000 * MILLISECOND;
        let arrivals = schedule.arrivals(hour);
        assert_eq!(arrivals.n, MAX_ARRIVALS);
        assert!(
            (arrivals.n + arrivals.skipped).abs_diff(3_600_000) < 2000,
            "{arrivals:?}"
        );
        assert!(schedule.due() > hour);
    }
}
