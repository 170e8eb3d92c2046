//! Runs functions for wanted lengths of CPU time and measures what they got.
//!
//! No function looks at a clock, since that would show in its profile. Instead
//! each takes a number of work units, and the pace learns from every phase how
//! long one unit lasts.

use super::Truth;
use crate::rng::Rng;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// A function of known name that does a number of work units.
pub(super) struct Function {
    /// Full path, as a symbolizer prints it.
    pub name: &'static str,
    /// Part of the CPU time that it should get, from 0 to 1.
    pub share: f64,
    /// Does so many units of work, each a few microseconds long.
    pub run: fn(n_units: u64),
}

/// Mean length of one round of [`random_rounds`].
const ROUND_NANOS: f64 = 8e6;

/// Runs the functions in rounds of random order and random phase lengths.
pub(super) fn random_rounds(functions: &[Function], cpu_time: Duration, seed: u64) -> Truth {
    let mut rng = Rng::new(seed);
    let mut pace = Pace::new(functions);
    let mut order: Vec<usize> = (0..functions.len()).collect();
    while pace.total() < cpu_time {
        shuffle(&mut order, &mut rng);
        for &idx in &order {
            let length = 0.5 + rng.uniform();
            pace.phase(idx, functions[idx].share * length * ROUND_NANOS);
        }
    }
    pace.into_truth()
}

/// Measures phases one after the other; the end of one begins the next.
pub(super) struct Pace<'a> {
    functions: &'a [Function],
    nanos: Vec<u64>,
    nanos_per_unit: Vec<f64>,
    start: u64,
    now: u64,
}

impl<'a> Pace<'a> {
    /// Learns how long each function's unit lasts; that time counts as well.
    pub fn new(functions: &'a [Function]) -> Self {
        let now = thread_cpu_nanos();
        let mut pace = Self {
            functions,
            nanos: vec![0; functions.len()],
            nanos_per_unit: vec![1.0; functions.len()],
            start: now,
            now,
        };
        for idx in 0..functions.len() {
            // The first run warms caches and tells little.
            pace.units(idx, 4);
            pace.nanos_per_unit[idx] = pace.units(idx, 16) / 16.0;
        }
        pace
    }

    /// Runs one function for about `nanos` of CPU time.
    pub fn phase(&mut self, idx: usize, nanos: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a negative or absurd length saturates, and one unit is the least"
        )]
        let n_units = ((nanos / self.nanos_per_unit[idx]).round() as u64).max(1);
        let measured = self.units(idx, n_units) / n_units as f64;
        // A running mean follows changes of clock speed and forgets outliers.
        self.nanos_per_unit[idx] = 0.8 * self.nanos_per_unit[idx] + 0.2 * measured;
    }

    /// CPU time since the pace began, as of the last phase's end.
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.now - self.start)
    }

    pub fn into_truth(self) -> Truth {
        let names = self.functions.iter().map(|function| function.name);
        Truth::new(names.zip(self.nanos).collect())
    }

    fn units(&mut self, idx: usize, n_units: u64) -> f64 {
        (self.functions[idx].run)(n_units);
        let now = thread_cpu_nanos();
        let elapsed = now - self.now;
        self.nanos[idx] += elapsed;
        self.now = now;
        elapsed.max(1) as f64
    }
}

/// Fisher and Yates's shuffle.
fn shuffle(order: &mut [usize], rng: &mut Rng) {
    for last in (1..order.len()).rev() {
        let chosen = rng.below(last as u64 + 1);
        order.swap(last, usize::try_from(chosen).expect("an index fits"));
    }
}

/// CPU time of the calling thread in nanoseconds.
pub(super) fn thread_cpu_nanos() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let nanos = time.tv_sec * 1_000_000_000 + time.tv_nsec;
    u64::try_from(nanos).expect("a CPU clock starts at zero and only grows")
}
