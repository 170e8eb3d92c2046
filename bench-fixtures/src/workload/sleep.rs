//! A thread that runs 30 % of the time and sleeps for the rest.
//!
//! By its CPU time the sleep is next to nothing, by the wall's it is 70 %. A profiler
//! that finds out by looking, rather than from the kernel, whether a thread runs counts
//! sleep as work, or work as sleep.

use super::function::Function;
use super::pace::Pace;
use super::{Amount, Task, Truth, Workload};
use crate::catalogue::{Clock, Entry, Scored};
use crate::rng::Rng;
use std::hint::black_box;
use std::thread;
use std::time::Duration;

/// Mean CPU time of one round: long, because a part of what falling asleep costs, some
/// 30 us of CPU time in a virtual machine, is spent with interrupts off, where no
/// timer samples it. So it is less than 0.1 % of the time.
const ROUND_NANOS: f64 = 48e6;

/// How much longer it sleeps than it runs.
const SLEEP_PER_RUN: f64 = 0.70 / 0.30;

/// Runs 30 % of the time, in two functions, and sleeps 70 %.
pub struct Sleep;

static FUNCTIONS: [Function<'static>; 3] = [
    Function {
        name: concat!(module_path!(), "::parse_digits"),
        share: 0.70,
        unit_nanos: 1_000.0,
        run: &parse_digits,
    },
    Function {
        name: concat!(module_path!(), "::rotate_words"),
        share: 0.30,
        unit_nanos: 1_700.0,
        run: &rotate_words,
    },
    Function {
        name: concat!(module_path!(), "::nap"),
        share: 0.0,
        unit_nanos: 1_000.0,
        run: &nap,
    },
];

impl Workload for Sleep {
    fn entry(&self) -> Entry {
        Entry {
            name: "sleep",
            summary: "runs 30 % of the time, in two functions (70/30), and sleeps 70 %",
            catches: "a profiler that counts sleep as work, or work as sleep",
            clock: Clock::Both,
            functions: const {
                &[
                    Scored::new("parse_digits", 0.70),
                    Scored::new("rotate_words", 0.30),
                    Scored::new("nap", 0.0),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        let [parse, rotate, nap] = [0, 1, 2];
        let mut rng = Rng::new(task.seed);
        let mut pace = Pace::new(&FUNCTIONS, task);
        let mut n_rounds = 0;
        while task.amount.has_more(n_rounds, ROUND_NANOS, pace.total()) {
            let before = wall_nanos(&pace);
            for idx in [parse, rotate] {
                let length = 0.5 + rng.uniform();
                pace.phase(idx, FUNCTIONS[idx].share * length * ROUND_NANOS);
            }
            // On a busy machine a run takes longer, and so must the sleep; unless the
            // work is to be the same in every run.
            let run = match task.amount {
                Amount::CpuTime(_) => (wall_nanos(&pace) - before) as f64,
                Amount::Work(_) => ROUND_NANOS,
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "some milliseconds are a positive number of microseconds"
            )]
            pace.units(nap, (run * SLEEP_PER_RUN / 1e3) as u64);
            n_rounds += 1;
        }
        pace.into_truth()
    }
}

fn wall_nanos(pace: &Pace) -> u64 {
    pace.times().iter().map(|time| time.wall_nanos).sum()
}

/// Sleeps for so many microseconds.
#[inline(never)]
fn nap(n_micros: u64) {
    thread::sleep(Duration::from_micros(black_box(n_micros)));
}

/// Reads a decimal number of 18 digits a hundred times, once a unit.
#[inline(never)]
fn parse_digits(n_units: u64) {
    let digits = *b"141592653589793238";
    let mut sum = 0_u64;
    for _ in 0..100 * n_units {
        for digit in black_box(&digits) {
            sum = sum.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        }
    }
    black_box(sum);
}

/// Rotates words and adds them up, once a unit.
#[inline(never)]
fn rotate_words(n_units: u64) {
    let mut words = [1_u64, 2, 3, 5];
    for step in 0..1_024 * n_units {
        words[0] = words[0].rotate_left(7) ^ words[3];
        words[1] = words[1].wrapping_add(words[0]).rotate_left(13);
        words[2] ^= words[1].rotate_left(17);
        words[3] = words[3].wrapping_sub(words[2]) ^ step;
    }
    black_box(words);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&parse_digits));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&rotate_words));
        assert_eq!(FUNCTIONS[2].name, type_name_of_val(&nap));
    }
}
