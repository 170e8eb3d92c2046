//! Turns, clocks, work and judgement for the live tests.

use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use profiler::{Options, Profile, Sampler, Trigger};
use rustix::time::{ClockId, clock_gettime};

/// Both ways of being interrupted; each test runs with both.
pub const TRIGGERS: [Trigger; 2] = [Trigger::PerfEvent, Trigger::Timer];

/// A correct program is further off than this by chance once in 150,000 times.
const MAX_Z: f64 = 4.5;

/// Waits until no other test of this process samples.
pub fn my_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns options at 1000 samples a CPU second.
pub fn options(trigger: Trigger) -> Options {
    let mut options = Options::new();
    options.rate_hz = 1000.0;
    options.trigger = trigger;
    options
}

/// Samples `work` on the calling thread.
pub fn profile_of(options: Options, work: impl FnOnce()) -> Profile {
    let session = Sampler::start(options).unwrap();
    work();
    session.stop().unwrap()
}

/// Returns the calling thread's CPU time.
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).expect("CPU time is not negative");
    Duration::new(
        seconds,
        u32::try_from(time.tv_nsec).expect("less than a second"),
    )
}

/// Work whose time is measured piece by piece.
#[derive(Default)]
pub struct Truth(Vec<(&'static str, Duration)>);

impl Truth {
    /// Runs `work` and charges its CPU time to `function`, which must be what it calls.
    pub fn charge(&mut self, function: &'static str, work: impl FnOnce()) {
        let before = cpu_time();
        work();
        let spent = cpu_time().saturating_sub(before);
        match self.0.iter_mut().find(|(name, _)| *name == function) {
            Some((_, total)) => *total += spent,
            None => self.0.push((function, spent)),
        }
    }

    /// Asserts that the profile gives each function its measured share of the CPU
    /// time, within what chance allows for its number of samples.
    pub fn assert_seen_in(&self, profile: &Profile) {
        for (function, z) in self.deviations(profile) {
            assert!(
                z.abs() < MAX_Z,
                "{function}: z = {z:.1}, {}, true times {:?}, {:?}",
                profile.share_of(|name| is(name, function)),
                self.0,
                profile.quality()
            );
        }
    }

    /// Returns by how many standard errors each function's share is off.
    pub fn deviations(&self, profile: &Profile) -> Vec<(&'static str, f64)> {
        let n = profile.total().as_samples() as f64;
        let all = profile.quality().cpu_time.as_secs_f64();
        self.0
            .iter()
            .map(|&(function, time)| {
                let share = time.as_secs_f64() / all;
                let seen = profile.share_of(|name| is(name, function)).value;
                (
                    function,
                    (seen - share) / (share * (1.0 - share) / n).sqrt(),
                )
            })
            .collect()
    }
}

/// Returns the stacks of the calling thread, which has started the session; under
/// `cargo test`, the threads of other tests wait for their turn beside it.
pub fn stacks_of_this_thread(profile: &Profile) -> Vec<Vec<&str>> {
    let this = std::thread::current();
    let this = this.name().expect("tests run on named threads");
    let samples = profile.samples();
    let own = samples.filter(|sample| profile.thread(sample.thread).name == this);
    own.map(|sample| profile.stack(sample.stack)).collect()
}

/// Tells whether a demangled name is that function of this test.
pub fn is(name: &str, function: &str) -> bool {
    name == function
        || name
            .strip_suffix(function)
            .is_some_and(|path| path.ends_with("::"))
}

/// Asserts that as many samples were due as the rate and the CPU time call for.
pub fn assert_rate_holds(profile: &Profile) {
    let quality = profile.quality();
    let due = (quality.taken.as_samples() + quality.lost.as_samples()) as f64;
    let expected = quality.rate_asked
        * quality
            .cpu_time
            .saturating_sub(quality.overhead)
            .as_secs_f64();
    let z = (due - expected) / expected.sqrt();
    assert!(
        z.abs() < MAX_Z,
        "z = {z:.1}, expected {expected:.0}, {quality:?}"
    );
}

// Each function has a body of its own, or the linker would make them one.

#[inline(never)]
pub fn multiply(n: u64) {
    let mut x = 1_u64;
    for i in 0..n {
        x = black_box(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(i));
    }
}

#[inline(never)]
pub fn divide(n: u64) {
    let mut x = u64::MAX;
    for i in 0..n {
        x = black_box((x / (i + 3)).wrapping_sub(i));
    }
}
