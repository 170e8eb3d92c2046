//! Stacks that were seen, and how often.
//!
//! Equal stacks are added up at once, so that memory grows with the number of distinct
//! stacks and not with time.

use std::collections::{BTreeMap, HashMap};

use super::images::Place;
use crate::dice::Dice;
use crate::unwind::Walk;

/// A stack of a thread.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    /// The thread's number.
    pub(super) thread: u32,
    pub(super) walk: Walk,
    /// Leaf first; empty for a thread that was about to end.
    pub(super) places: Vec<Place>,
}

/// How often each stack was seen.
#[derive(Debug, Default)]
pub(super) struct Counts {
    // In an order that depends on nothing but what was seen.
    stacks: BTreeMap<Seen, Count>,
    moments: Vec<Moment>,
    n_moments_taken: usize,
    bytes: usize,
    max_bytes: usize,
}

/// One sample, when it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Nanoseconds of the monotonic clock.
    pub(super) time: u64,
    /// The number of the stack.
    pub(super) stack: u32,
    pub(super) weight: u64,
}

/// A stack's number, and how often it was seen: in all, and up to the last time that
/// somebody asked for what is new.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub(super) stack: u32,
    pub(super) n: u64,
    pub(super) n_taken: u64,
    pub(super) n_spooled: u64,
}

/// Which samples are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    All,
    /// Those not taken yet.
    New,
}

impl Count {
    pub(super) fn of(&self, part: Part) -> u64 {
        match part {
            Part::All => self.n,
            Part::New => self.n - self.n_taken,
        }
    }
}

impl Counts {
    /// Makes an empty table that is full at about `max_bytes`.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            ..Self::default()
        }
    }

    /// Tells whether there is no room for what has not been seen before.
    pub(super) fn is_full_for(&self, seen: &Seen) -> bool {
        self.bytes >= self.max_bytes && !self.stacks.contains_key(seen)
    }

    /// Tells whether there is no room for the times of samples.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= self.max_bytes
    }

    /// Counts a stack `weight` times, and keeps the time if it is given.
    pub(super) fn add(&mut self, seen: Seen, weight: u64, time: Option<u64>) {
        let next = u32::try_from(self.stacks.len()).expect("fewer than 2^32 stacks fit in memory");
        let bytes = size_of::<Seen>() + size_of::<Count>() + seen.places.len() * size_of::<Place>();
        let count = self.stacks.entry(seen).or_insert_with(|| {
            self.bytes += bytes;
            Count {
                stack: next,
                n: 0,
                n_taken: 0,
                n_spooled: 0,
            }
        });
        count.n += weight;
        if let Some(time) = time {
            self.bytes += size_of::<Moment>();
            self.moments.push(Moment {
                time,
                stack: count.stack,
                weight,
            });
        }
    }

    /// Keeps each sample with the probability `keep`, wherever it has gone already: as if
    /// as many fewer had been taken from the start.
    pub(super) fn thin(&mut self, keep: f64, dice: &mut Dice) {
        let mut draw = |n: u64| (0..n).filter(|_| dice.uniform() < keep).count() as u64;
        if self.moments.is_empty() {
            for count in self.stacks.values_mut() {
                let later = draw(count.n - count.n_taken);
                count.n_taken = draw(count.n_taken);
                count.n = count.n_taken + later;
            }
        } else {
            // The counts are those of the moments.
            let mut kept: HashMap<u32, (u64, u64)> = HashMap::new();
            let mut n_moments_taken = 0;
            let (mut at, n_taken) = (0, self.n_moments_taken);
            self.moments.retain_mut(|moment| {
                let was_taken = at < n_taken;
                at += 1;
                moment.weight = draw(moment.weight);
                let (n, n_taken) = kept.entry(moment.stack).or_default();
                *n += moment.weight;
                if was_taken && moment.weight > 0 {
                    *n_taken += moment.weight;
                    n_moments_taken += 1;
                }
                moment.weight > 0
            });
            self.n_moments_taken = n_moments_taken;
            for count in self.stacks.values_mut() {
                (count.n, count.n_taken) = kept.get(&count.stack).copied().unwrap_or_default();
            }
        }
    }

    /// Notes that the spool holds everything.
    pub(super) fn mark_spooled(&mut self) {
        for count in self.stacks.values_mut() {
            count.n_spooled = count.n;
        }
    }

    /// Walks all stacks.
    pub(super) fn stacks(&self) -> impl Iterator<Item = (&Seen, &Count)> {
        self.stacks.iter()
    }

    /// Notes that everything has been taken.
    pub(super) fn mark_taken(&mut self) {
        for count in self.stacks.values_mut() {
            count.n_taken = count.n;
        }
        self.n_moments_taken = self.moments.len();
    }

    /// Walks the stacks that were seen since they were last spooled.
    pub(super) fn stacks_to_spool(&mut self) -> impl Iterator<Item = (&Seen, &mut Count)> {
        let stacks = self.stacks.iter_mut();
        stacks.filter(|(_, count)| count.n > count.n_spooled)
    }

    /// Returns the samples whose times were kept, in the order of counting: all, or
    /// those not taken yet.
    pub(super) fn moments(&self, part: Part) -> &[Moment] {
        match part {
            Part::All => &self.moments,
            Part::New => &self.moments[self.n_moments_taken..],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(thread: u32) -> Seen {
        Seen {
            thread,
            walk: Walk::Complete,
            places: vec![7],
        }
    }

    /// Ten thousand samples, of which a quarter was taken before, with their times or not.
    fn thinned(keep: f64, has_times: bool) -> Counts {
        let mut counts = Counts::new(1 << 30);
        for at in 0..10_000 {
            counts.add(seen(at % 2), 1, has_times.then_some(u64::from(at)));
            if at == 2_499 {
                counts.mark_taken();
            }
        }
        counts.thin(keep, &mut Dice::new(1));
        counts
    }

    #[test]
    fn thinning_keeps_each_sample_as_likely_as_every_other() {
        for has_times in [false, true] {
            let counts = thinned(0.3, has_times);
            for (_, count) in counts.stacks() {
                // Of 5000 and 1250; five standard errors.
                let z = |n: u64, of: f64| (n as f64 - 0.3 * of) / (0.21 * of).sqrt();
                assert!(z(count.n, 5_000.0).abs() < 5.0, "{count:?}");
                assert!(z(count.n_taken, 1_250.0).abs() < 5.0, "{count:?}");
            }
            let n: u64 = counts.stacks().map(|(_, count)| count.of(Part::New)).sum();
            let of_moments = |part| counts.moments(part).iter().map(|at| at.weight).sum::<u64>();
            if has_times {
                assert_eq!(of_moments(Part::New), n);
                let all: u64 = counts.stacks().map(|(_, count)| count.n).sum();
                assert_eq!(of_moments(Part::All), all);
            }
        }
    }

    #[test]
    fn thinning_by_nothing_changes_nothing() {
        for has_times in [false, true] {
            let total = |keep| {
                let counts = thinned(keep, has_times);
                counts.stacks().map(|(_, count)| count.n).sum::<u64>()
            };
            assert_eq!((total(1.0), total(0.0)), (10_000, 0));
        }
    }
}
