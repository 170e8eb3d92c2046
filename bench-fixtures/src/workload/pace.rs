//! Runs functions for wanted lengths of CPU time and measures what they got.
//!
//! No function looks at a clock, since that would show in its profile. Instead
//! each takes a number of work units, and the pace learns from every phase how
//! long one unit lasts. For a fixed amount of work it learns nothing, and every run
//! executes the same units.

use super::foreign::time_stamp;
use super::function::Function;
use super::task::Task;
use super::truth::{FunctionTime, Truth};
use crate::rng::Rng;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Mean length of one round of [`random_rounds`].
const ROUND_NANOS: f64 = 8e6;

/// Runs the functions in rounds of random order and random phase lengths.
pub(super) fn random_rounds(functions: &[Function], task: &Task) -> Truth {
    let mut rng = Rng::new(task.seed);
    let mut pace = Pace::new(functions, task);
    let mut order: Vec<usize> = (0..functions.len()).collect();
    let mut n_rounds = 0;
    while task.amount.has_more(n_rounds, ROUND_NANOS, pace.total()) {
        rng.shuffle(&mut order);
        for &idx in &order {
            let length = 0.5 + rng.uniform();
            pace.phase(idx, functions[idx].share * length * ROUND_NANOS);
        }
        n_rounds += 1;
    }
    pace.into_truth()
}

/// Measures phases one after the other; the end of one begins the next.
pub(super) struct Pace<'a> {
    functions: &'a [Function<'a>],
    times: Vec<FunctionTime>,
    nanos_per_unit: Vec<f64>,
    /// How many times units are done, and the part of one that is still due.
    factors: Vec<f64>,
    carried: Vec<f64>,
    is_fixed: bool,
    now: Now,
}

impl<'a> Pace<'a> {
    /// Learns how long each function's unit lasts; that time counts as well.
    pub fn new(functions: &'a [Function<'a>], task: &Task) -> Self {
        let times = functions.iter().map(|f| FunctionTime::none(f.name));
        let mut pace = Self {
            functions,
            times: times.collect(),
            nanos_per_unit: functions.iter().map(|f| f.unit_nanos).collect(),
            factors: functions.iter().map(|f| task.factor(f.name)).collect(),
            carried: vec![0.0; functions.len()],
            is_fixed: task.amount.is_fixed(),
            now: Now::read(),
        };
        if !pace.is_fixed {
            for idx in 0..functions.len() {
                // The first run warms caches and tells little.
                pace.units(idx, 4);
                pace.nanos_per_unit[idx] = pace.units(idx, 16).cpu_nanos.max(1) as f64 / 16.0;
            }
        }
        pace
    }

    /// Runs one function for about `nanos` of CPU time.
    pub fn phase(&mut self, idx: usize, nanos: f64) {
        let n_units = self.n_units(idx, nanos);
        let time = self.units(idx, n_units);
        self.learn(idx, &time);
    }

    /// Runs `phase`, which measures itself and returns what it took, on behalf of a
    /// function; the time that passes here meanwhile is no function's.
    ///
    /// It is told how many units to do for about `nanos` of CPU time.
    pub fn elsewhere(&mut self, idx: usize, nanos: f64, phase: impl FnOnce(u64) -> FunctionTime) {
        let n_units = self.n_units(idx, nanos);
        let time = phase(self.slowed(idx, n_units));
        self.times[idx].add(&time);
        self.learn(idx, &time);
        self.skip();
    }

    /// Runs one function for so many units, or a multiple where it is slowed down, and
    /// returns what that took.
    pub fn units(&mut self, idx: usize, n_units: u64) -> FunctionTime {
        let n_units = self.slowed(idx, n_units);
        (self.functions[idx].run)(n_units);
        let now = Now::read();
        let elapsed = now.since(&self.now, self.functions[idx].name, n_units);
        self.times[idx].add(&elapsed);
        self.now = now;
        elapsed
    }

    /// Leaves out the time since the last phase: it was no function's.
    pub fn skip(&mut self) {
        self.now = Now::read();
    }

    /// CPU time of all phases so far.
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.times.iter().map(|time| time.cpu_nanos).sum())
    }

    /// What each function got so far, in their order.
    pub fn times(&self) -> &[FunctionTime] {
        &self.times
    }

    /// What each function got, in their order.
    pub fn into_times(self) -> Vec<FunctionTime> {
        self.times
    }

    pub fn into_truth(self) -> Truth {
        Truth::new(self.times)
    }

    fn n_units(&self, idx: usize, nanos: f64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a negative or absurd length saturates, and one unit is the least"
        )]
        let n_units = (nanos / self.nanos_per_unit[idx]).round() as u64;
        n_units.max(1)
    }

    /// What is to be done of a function that is slower than it is.
    fn slowed(&mut self, idx: usize, n_units: u64) -> u64 {
        let due = n_units as f64 * self.factors[idx] + self.carried[idx];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number of units, and a factor is positive"
        )]
        let whole = due.floor() as u64;
        self.carried[idx] = due - whole as f64;
        whole
    }

    /// A running mean follows changes of clock speed and forgets outliers.
    fn learn(&mut self, idx: usize, time: &FunctionTime) {
        if !self.is_fixed {
            let measured = time.cpu_nanos.max(1) as f64 / time.n_units.max(1) as f64;
            self.nanos_per_unit[idx] = 0.8 * self.nanos_per_unit[idx] + 0.2 * measured;
        }
    }
}

/// A moment, by the calling thread's CPU clock, by the wall's, and by the processor's.
///
/// The first is a system call (0.5 to 0.8 us), the others are not (25 ns).
pub(super) struct Now {
    cpu_nanos: u64,
    wall_nanos: u64,
    ticks: u64,
}

impl Now {
    pub fn read() -> Self {
        Self {
            cpu_nanos: nanos(ClockId::ThreadCPUTime),
            wall_nanos: nanos(ClockId::Monotonic),
            ticks: time_stamp(),
        }
    }

    /// What passed since `earlier`, as one phase of a function.
    pub fn since(&self, earlier: &Self, name: &'static str, n_units: u64) -> FunctionTime {
        FunctionTime {
            name,
            cpu_nanos: self.cpu_nanos - earlier.cpu_nanos,
            wall_nanos: self.wall_nanos - earlier.wall_nanos,
            // Stamps of two processors may be a few ticks apart.
            ticks: self.ticks.saturating_sub(earlier.ticks),
            n_units,
            n_phases: 1,
        }
    }
}

/// Reads a clock that starts at zero and only grows, in nanoseconds.
pub(super) fn nanos(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    let nanos = time.tv_sec * 1_000_000_000 + time.tv_nsec;
    u64::try_from(nanos).expect("these clocks start at zero and only grow")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Amount;
    use std::hint::black_box;
    use std::sync::Mutex;

    /// A slower machine must do the same units in the same order, or a slow-down could
    /// not be measured.
    #[test]
    fn work_is_fixed_whatever_a_unit_takes() {
        let quick = units_done(Amount::Work(4), 10);
        let slow = units_done(Amount::Work(4), 1_000);
        assert_eq!(quick, slow);
        assert!(quick.len() >= 8);
    }

    #[test]
    fn time_is_met_whatever_a_unit_takes() {
        let amount = Amount::CpuTime(Duration::from_millis(60));
        let total = |n_spins| units_done(amount, n_spins).iter().sum::<u64>();
        assert!(total(10) > 5 * total(1_000));
    }

    fn units_done(amount: Amount, n_spins: u64) -> Vec<u64> {
        let done = Mutex::new(Vec::new());
        let run = |n_units| {
            done.lock().expect("no test thread panics").push(n_units);
            for step in 0..n_units * n_spins {
                black_box(step);
            }
        };
        let function = |share| Function {
            name: "f",
            share,
            unit_nanos: 1_000.0,
            run: &run,
        };
        random_rounds(&[function(0.7), function(0.3)], &Task::new(amount, 1));
        done.into_inner().expect("no test thread panics")
    }
}
