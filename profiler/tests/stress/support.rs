//! Turns, time and work.

use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use profiler::{Options, Sampler, Session, Trigger};

/// Waits until no other test of this process samples.
pub fn my_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All ways of being interrupted.
pub const TRIGGERS: [Trigger; 3] = [Trigger::PerfEvent, Trigger::PerfSignal, Trigger::Timer];

pub fn start(trigger: Trigger) -> Session {
    let mut options = Options::new();
    options.rate_hz = 5000.0;
    options.trigger = trigger;
    Sampler::start(options).unwrap()
}

/// Repeats `work` for the time that each test has.
pub fn repeat(mut work: impl FnMut()) {
    let seconds = std::env::var("STRESS_SECONDS").map_or(1.0, |seconds| {
        seconds.parse().expect("STRESS_SECONDS is a number")
    });
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs_f64(seconds) {
        work();
    }
}

/// Computes something, the same each time, in about a hundred microseconds.
#[inline(never)]
pub fn compute(seed: u64) -> u64 {
    (0..20_000_u64).fold(seed, |x, i| black_box(x.wrapping_mul(31) ^ i))
}
