//! Time that threads spend off the processor, for wall mode.
//!
//! A thread's stack does not change while it does not run. The one that it had when it
//! left the processor stands for all moments until it comes back; of these, moments are
//! drawn at random (exponential intervals) at the same rate as on the processor.

use std::collections::BTreeMap;

use super::clock::whole;
use super::counts::Seen;
use crate::dice::Dice;

/// The threads that are off the processor.
pub(super) struct Sleeps {
    rate: f64,
    dice: Dice,
    // In order, so that the same draws go to the same threads.
    asleep: BTreeMap<(u32, u32), Sleep>,
}

/// A thread that is off the processor.
struct Sleep {
    since: u64,
    seen: Seen,
}

impl Sleeps {
    pub(super) fn new(rate_hz: f64, seed: u64) -> Self {
        Self {
            rate: rate_hz / 1e9,
            dice: Dice::new(seed),
            asleep: BTreeMap::new(),
        }
    }

    /// Changes the rate, from the time on up to which all moments have been drawn.
    pub(super) fn set_rate(&mut self, rate_hz: f64) {
        self.rate = rate_hz / 1e9;
    }

    /// Notes that a thread has left the processor, or is about to.
    pub(super) fn leave(&mut self, pid: u32, tid: u32, time: u64, seen: Seen) {
        self.asleep.insert((pid, tid), Sleep { since: time, seen });
    }

    /// Notes that a thread is back, and returns what it was seen doing meanwhile, and
    /// when.
    pub(super) fn come_back(&mut self, pid: u32, tid: u32, time: u64) -> Vec<(Seen, u64)> {
        let sleep = self.asleep.remove(&(pid, tid));
        sleep.map_or_else(Vec::new, |sleep| self.moments(&sleep, time))
    }

    /// Returns what all threads that are still away were seen doing up to `time`.
    pub(super) fn go_on(&mut self, time: u64) -> Vec<(Seen, u64)> {
        let mut seen = Vec::new();
        let mut sleeps = std::mem::take(&mut self.asleep);
        for sleep in sleeps.values_mut() {
            seen.extend(self.moments(sleep, time));
            // The next interval has no memory of this one.
            sleep.since = sleep.since.max(time);
        }
        self.asleep = sleeps;
        seen
    }

    /// Forgets a thread that has ended.
    pub(super) fn end(&mut self, pid: u32, tid: u32) {
        self.asleep.remove(&(pid, tid));
    }

    fn moments(&mut self, sleep: &Sleep, until: u64) -> Vec<(Seen, u64)> {
        let mut moments = Vec::new();
        let mut at = sleep.since as f64;
        loop {
            at -= (1.0 - self.dice.uniform()).ln() / self.rate;
            if at >= until as f64 {
                return moments;
            }
            moments.push((sleep.seen.clone(), whole(at)));
        }
    }
}
