//! The schedule in simulated time.

use super::*;

const MILLISECOND: u64 = 1_000_000;
const FLOOR: Duration = Duration::from_micros(100);

fn schedule(intervals: Intervals, seed: u64) -> Schedule {
    let mean = Duration::from_millis(1);
    Schedule::new(mean, FLOOR, intervals, AlarmClock::Cpu, seed, 0)
}

/// An alarm that repeats, as the kernel's does.
#[derive(Default)]
struct Device {
    next: u64,
    period: u64,
    n_set: u64,
}

impl Device {
    fn set(&mut self, now: u64, alarm: Option<Duration>) {
        if let Some(period) = alarm {
            assert!(period >= FLOOR, "{period:?}");
            self.period = u64::try_from(period.as_nanos()).unwrap();
            self.next = now + self.period;
            self.n_set += 1;
        }
    }
}

struct Run {
    interruptions: Vec<(u64, Arrivals)>,
    n_set: u64,
}

impl Run {
    fn total(&self) -> u64 {
        self.count(|_| true)
    }

    fn count(&self, is_wanted: impl Fn(u64) -> bool) -> u64 {
        let wanted = self.interruptions.iter().filter(|(now, _)| is_wanted(*now));
        wanted.map(|(_, arrivals)| arrivals.n).sum()
    }
}

/// Lets the alarm go off until `until`; `delay` says when the thread hears of it, and
/// each time the sampler uses `own` nanoseconds.
fn run(schedule: &mut Schedule, until: u64, own: u64, delay: impl Fn(u64) -> u64) -> Run {
    let mut device = Device::default();
    device.set(0, schedule.next_alarm(0));
    let mut interruptions = Vec::new();
    let mut now = 0;
    while device.next.max(now) < until {
        now = delay(device.next.max(now));
        while device.next <= now {
            device.next += device.period;
        }
        interruptions.push((now, schedule.arrivals(now)));
        device.set(now, schedule.next_alarm(now));
        schedule.exclude(own);
        now += own;
    }
    Run {
        interruptions,
        n_set: device.n_set,
    }
}

#[test]
fn the_mean_is_kept_and_the_alarm_is_armed_once_a_block() {
    let n = 200_000;
    let run = run(
        &mut schedule(Intervals::Random, 1),
        n * MILLISECOND,
        0,
        |at| at,
    );
    for &(_, arrivals) in &run.interruptions[1..] {
        assert_eq!(
            (arrivals.n, arrivals.late, arrivals.skipped),
            (1, 0, 0),
            "{arrivals:?}"
        );
    }
    // The variance of the count is 8/12 of its mean: a standard error of 365.
    assert!(run.total().abs_diff(n) < 4 * 365, "{}", run.total());
    assert!(run.n_set.abs_diff(n / 8) < n / 800, "{}", run.n_set);
}

/// Whatever the length of a life, it gets as many samples as the rate says.
#[test]
fn every_length_of_life_is_sampled_at_the_same_rate() {
    for (life, n_lives) in [
        (MILLISECOND / 2, 400_000),
        (MILLISECOND, 200_000),
        (5 * MILLISECOND / 2, 80_000),
        (10 * MILLISECOND, 20_000),
    ] {
        let counts = (0..n_lives).map(|seed| {
            let mut schedule = schedule(Intervals::Random, seed * 7919);
            // Asked at the end alone, less the slack, so that the floor plays no part.
            schedule.arrivals(life - SLACK_NANOS).n
        });
        let (mut sum, mut squares) = (0_u64, 0_u64);
        for n in counts {
            sum += n;
            squares += n * n;
        }
        let mean = sum as f64 / n_lives as f64;
        let variance = squares as f64 / n_lives as f64 - mean * mean;
        let expected = life as f64 / MILLISECOND as f64;
        let z = (mean - expected) / (variance / n_lives as f64).sqrt();
        assert!(z.abs() < 4.5, "{life}: {mean}, z = {z}");
    }
}

/// The same by alarms: what the floor delays is found by the next one, or at the end.
#[test]
fn alarms_find_all_but_the_last_moments_of_short_lives() {
    let life = 2 * MILLISECOND;
    let n_lives = 20_000;
    let total: u64 = (0..n_lives)
        .map(|seed| {
            run(
                &mut schedule(Intervals::Random, seed * 7919),
                life,
                0,
                |at| at,
            )
            .total()
        })
        .sum();
    let z = (total as f64 - 2.0 * n_lives as f64) / (2.0 * n_lives as f64).sqrt();
    assert!(z.abs() < 4.5, "{total}: z = {z}");
}

/// The z values of the share of a function that fills the first 30 % of each period.
fn deviations(intervals: Intervals, period: u64) -> Vec<f64> {
    (0..300)
        .map(|seed| {
            let run = run(
                &mut schedule(intervals, seed * 7919),
                2000 * MILLISECOND,
                0,
                |at| at,
            );
            let n = run.total() as f64;
            let first = run.count(|now| now % period < period * 3 / 10) as f64;
            (first / n - 0.3) / (0.3 * 0.7 / n).sqrt()
        })
        .collect()
}

fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64
}

#[test]
fn shares_are_unbiased_and_spread_like_binomial_ones_in_step_or_not() {
    for period in [400, 500, 900, 1000, 1100, 2000, 10_000, 100_000] {
        let deviations = deviations(Intervals::Random, period * 1000);
        let n = deviations.len() as f64;
        let mean = deviations.iter().sum::<f64>() / n;
        let square = mean_square(&deviations);
        assert!(
            mean.abs() < 4.5 * (square / n).sqrt(),
            "{period}: mean {mean}, mean square {square}"
        );
        // Up to 1.2 by simulation; 4 standard errors of a variance of 300 draws are 0.33.
        assert!(square < 1.55, "{period}: mean square {square}");
    }
    // In step, a fixed period sees one phase only.
    assert!(mean_square(&deviations(Intervals::Fixed, MILLISECOND)) > 100.0);
}

/// Alarms are held up from 5 ms to 20 ms in every 20 ms, as by a long system call.
#[test]
fn a_long_system_call_is_credited_with_its_time() {
    let held_up = |alarm: u64| {
        let phase = alarm % (20 * MILLISECOND);
        if phase > 5 * MILLISECOND {
            alarm - phase + 20 * MILLISECOND
        } else {
            alarm
        }
    };
    let run = run(
        &mut schedule(Intervals::Random, 1),
        40_000 * MILLISECOND,
        0,
        held_up,
    );
    let held = run.count(|now| now.is_multiple_of(20 * MILLISECOND));
    let late: u64 = run.interruptions.iter().map(|(_, a)| a.late).sum();
    let share = held as f64 / run.total() as f64;
    assert!((share - 0.75).abs() < 0.01, "{held} of {}", run.total());
    assert!(run.total().abs_diff(40_000) < 720, "{}", run.total());
    assert!(late > held * 9 / 10 && late <= held, "{late} of {held}");
}

#[test]
fn the_samplers_own_time_is_not_sampled() {
    let n = 50_000;
    let own = 20_000;
    let run = run(
        &mut schedule(Intervals::Random, 1),
        n * (MILLISECOND + own),
        own,
        |at| at,
    );
    assert!(run.total().abs_diff(n) < 4 * 183, "{}", run.total());
}

/// A real-time alarm of a thread that runs one third of the time.
#[test]
fn an_alarm_too_early_stands_for_nothing_and_is_set_for_the_rest() {
    let mean = Duration::from_millis(1);
    let mut schedule = Schedule::new(mean, FLOOR, Intervals::Random, AlarmClock::Real, 1, 0);
    let mut device = Device::default();
    device.set(0, schedule.next_alarm(0));
    let mut n = 0;
    let mut real = 0;
    let cpu = |real: u64| real / 3;
    while real < 60_000 * MILLISECOND {
        real = device.next;
        device.next += device.period;
        let arrivals = schedule.arrivals(cpu(real));
        n += arrivals.n;
        let late = cpu(real).saturating_sub(schedule.due());
        assert_eq!((arrivals.late, late), (0, 0));
        device.set(real, schedule.next_alarm(cpu(real)));
    }
    assert!(n.abs_diff(20_000) < 4 * 116, "{n}");
}

#[test]
fn a_gap_of_an_hour_is_counted_but_not_walked_through() {
    let mut schedule = schedule(Intervals::Random, 1);
    let hour = 3_600_000 * MILLISECOND;
    let arrivals = schedule.arrivals(hour);
    assert_eq!(arrivals.n, MAX_ARRIVALS);
    assert!((arrivals.n + arrivals.skipped).abs_diff(3_600_000) < 2000);
    assert!(schedule.due() > hour);
}
