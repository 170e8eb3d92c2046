//! What is kept of a thread: its stacks and its account.
//!
//! All stacks are counted at the rate that is in force. When it is halved, every sample
//! so far is kept or dropped by the toss of a coin. Samples that are on their way follow
//! when they arrive, as each says at which rate it was taken.

use std::collections::HashMap;

use super::code_map::CodeMap;
use super::python::Python;
use super::ring::{Kind, Ring};
use super::stacks::{MEMORY_LIMIT, StackKey, Stacks, word_of};
use crate::dice::Dice;
use crate::sys::Tid;
use crate::unwind::{Cache, Registers, Unwinder, Walk};

/// What is kept of one thread, or of several that have ended and had the same name.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    pub(super) name: String,
    /// Unless it stands for several.
    pub(super) tid: Option<Tid>,
    pub(super) counts: HashMap<StackKey, u64>,
    /// Of the coins that are tossed.
    pub(super) seed: u64,
    pub(super) n_records: u64,
    /// How often the rate had been halved at which they are counted.
    pub(super) n_halvings: u32,
    /// The nanoseconds that lost and late samples stand for.
    pub(super) lost_nanos: u64,
    pub(super) late_nanos: u64,
    pub(super) overhead: u64,
    pub(super) n_interruptions: u64,
    pub(super) cpu_time: u64,
}

/// What the count of a stack takes, with what the table has free.
const BYTES_PER_COUNT: usize = 48;

/// By what a tally is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) max_depth: usize,
    /// How often the rate has been halved by now.
    pub(super) n_halvings: u32,
}

/// Where what is in a ring can be looked up.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) map: &'a CodeMap,
    pub(super) python: Option<&'a Python>,
}

impl Tally {
    /// Empties a ring and counts the stacks in it.
    pub(super) fn drain(
        &mut self,
        ring: &Ring,
        sources: Sources<'_>,
        stacks: &mut Stacks,
        bounds: Bounds,
    ) {
        self.thin(bounds);
        let Sources { map, python } = sources;
        let mut code = map.current();
        let (mut native, mut words) = (Vec::new(), Vec::new());
        let Self {
            counts,
            n_records,
            seed,
            ..
        } = self;
        ring.drain(|header, found| {
            let (of_python, found) = match python {
                Some(_) => Python::part(found),
                None => (&[][..], found),
            };
            native.clear();
            let mut walk = match header.kind {
                Kind::Walked(walk) => {
                    native.extend_from_slice(found);
                    walk
                }
                Kind::Copied => {
                    if found.first().is_some_and(|&at| code.place(at).is_none()) {
                        map.refresh();
                        code = map.current();
                    }
                    walk_copy(found, &code.unwinder, bounds.max_depth, |address| {
                        native.push(address);
                    })
                }
            };
            if let Some(python) = python {
                match python.join(of_python, &native, walk) {
                    Some((joined, joined_walk)) => (native, walk) = (joined, joined_walk),
                    None => return,
                }
            }
            words.clear();
            words.push(word_of(walk));
            words.extend(
                native
                    .iter()
                    .map(|&address| code.place(address).unwrap_or(address)),
            );
            let stack = stacks.intern(&words);
            let n_times = bounds.n_halvings.saturating_sub(header.n_halvings);
            let n = thinned(header.weight, n_times, coins(*seed, stack, *n_records));
            *n_records += 1;
            if n == 0 {
                return;
            }
            let has_room = counts.contains_key(&stack) || stacks.take_bytes(BYTES_PER_COUNT);
            let stack = if has_room { stack } else { MEMORY_LIMIT };
            *counts.entry(stack).or_default() += n;
        });
    }

    /// Thins what was counted to the rate that is in force.
    pub(super) fn thin(&mut self, bounds: Bounds) {
        let n_times = bounds.n_halvings.saturating_sub(self.n_halvings);
        if n_times == 0 {
            return;
        }
        self.n_halvings = bounds.n_halvings;
        // Not that of any record.
        let occasion = u64::MAX - u64::from(bounds.n_halvings);
        for (&stack, count) in &mut self.counts {
            *count = thinned(*count, n_times, coins(self.seed, stack, occasion));
        }
        self.counts.retain(|_, count| *count > 0);
    }

    /// Adds another thread's; this then stands for several.
    pub(super) fn add(&mut self, other: Self) {
        self.tid = None;
        for (stack, n) in other.counts {
            *self.counts.entry(stack).or_default() += n;
        }
        self.lost_nanos += other.lost_nanos;
        self.late_nanos += other.late_nanos;
        self.overhead += other.overhead;
        self.n_interruptions += other.n_interruptions;
        self.cpu_time += other.cpu_time;
    }
}

/// Returns how many of `n` samples are left, each kept with a chance of one half, so many
/// times.
fn thinned(n: u64, n_times: u32, mut coins: Dice) -> u64 {
    (0..n_times).fold(n, |n, _| coins.heads(n))
}

/// Returns the coins for a stack, the same whatever the order of the table.
fn coins(seed: u64, stack: StackKey, occasion: u64) -> Dice {
    Dice::new(seed).fork(u64::from(stack)).fork(occasion)
}

/// Walks a copy of a stack, as `thread_sampler` makes it.
fn walk_copy(copy: &[u64], unwinder: &Unwinder, max_depth: usize, push: impl FnMut(u64)) -> Walk {
    let [instruction, stack_pointer, frame_pointer, stack @ ..] = copy else {
        return Walk::Unreadable;
    };
    let registers = Registers {
        instruction: *instruction,
        stack_pointer: *stack_pointer,
        frame_pointer: *frame_pointer,
    };
    let read = |address: u64| {
        let offset = address.checked_sub(*stack_pointer).ok_or(())?;
        let word = usize::try_from(offset / 8).map_err(|_| ())?;
        stack.get(word).copied().ok_or(())
    };
    unwinder.walk(&mut Cache::new(), registers, max_depth, read, push)
}

#[cfg(test)]
mod tests {
    use super::super::ring::Header;
    use super::*;

    fn halved(n_times: u32) -> Bounds {
        Bounds {
            max_depth: 1,
            n_halvings: n_times,
        }
    }

    /// Counts after thinning twice are binomial: of 10,000 at a quarter each, a mean of
    /// 2500 and a variance of 1875.
    #[test]
    fn every_sample_is_kept_with_the_same_chance() {
        let n_threads = 40;
        let mut left = Vec::new();
        for seed in 0..n_threads {
            let mut tally = Tally {
                counts: (1..=50).map(|stack| (stack, 10_000)).collect(),
                seed,
                ..Tally::default()
            };
            tally.thin(halved(1));
            // Once is enough.
            tally.thin(halved(1));
            tally.thin(halved(2));
            left.extend(tally.counts.into_values().map(|n| n as f64));
        }
        let n = left.len() as f64;
        let mean = left.iter().sum::<f64>() / n;
        let variance = left.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        // Five standard errors of each.
        assert!((mean - 2500.0).abs() < 5.0 * (1875.0 / n).sqrt(), "{mean}");
        let error = 1875.0 * (2.0 / n).sqrt();
        assert!((variance - 1875.0).abs() < 5.0 * error, "{variance}");
    }

    /// Coins of different threads and stacks have nothing to do with each other.
    #[test]
    fn sums_over_threads_and_stacks_vary_no_more_than_single_counts() {
        let sums = (0..400).map(|round| {
            let threads = (0..8).map(|thread| {
                let mut tally = Tally {
                    counts: (1..=8).map(|stack| (stack, 16)).collect(),
                    seed: round * 8 + thread,
                    ..Tally::default()
                };
                tally.thin(halved(1));
                tally.counts.values().sum::<u64>()
            });
            threads.sum::<u64>() as f64
        });
        // 1024 coins: a mean of 512 and a variance of 256.
        let squares: f64 = sums.map(|sum| (sum - 512.0).powi(2)).sum();
        let variance = squares / 400.0;
        assert!(
            (variance - 256.0).abs() < 5.0 * 256.0 * (2.0_f64 / 400.0).sqrt(),
            "{variance}"
        );
    }

    #[test]
    fn samples_on_their_way_follow_when_they_arrive() {
        let ring = Ring::with_bytes(8 << 16);
        let map = CodeMap::new().unwrap();
        let mut stacks = Stacks::with_bytes(1 << 20);
        let mut tally = Tally::default();
        for n_halvings in [0, 1, 3] {
            for _ in 0..10_000 {
                let mut record = ring.begin();
                record.push(u64::from(n_halvings));
                assert!(record.commit(Header {
                    kind: Kind::Walked(Walk::Complete),
                    weight: 1,
                    n_halvings,
                }));
            }
            let sources = Sources {
                map: &map,
                python: None,
            };
            tally.drain(&ring, sources, &mut stacks, halved(3));
        }
        let count = |stack: StackKey| tally.counts[&stack];
        // Five standard errors of 10,000 at an eighth and at a quarter.
        assert!(count(1).abs_diff(1250) < 166, "{}", count(1));
        assert!(count(2).abs_diff(2500) < 217, "{}", count(2));
        assert_eq!(count(3), 10_000);
    }
}
