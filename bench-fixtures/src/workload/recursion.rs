//! A deep recursion against a shallow function, 60 to 40.
//!
//! Profilers that cut stacks short lose the root of the deep ones. Nearly all the
//! work is at the bottom, so a sample in `deep` should have [`DEPTH`] frames of
//! `descend` above it.

use super::pace::{Function, random_rounds};
use super::{Truth, Workload};
use std::hint::black_box;
use std::time::Duration;

/// Counts the frames of the recursion.
pub const DEPTH: u64 = 250;

/// Spends 60 % at the bottom of a recursion and 40 % near the root.
pub struct Recursion;

static FUNCTIONS: [Function; 2] = [
    Function {
        name: concat!(module_path!(), "::deep"),
        share: 0.60,
        run: deep,
    },
    Function {
        name: concat!(module_path!(), "::shallow"),
        share: 0.40,
        run: shallow,
    },
];

impl Workload for Recursion {
    fn name(&self) -> &'static str {
        "recursion"
    }

    fn summary(&self) -> &'static str {
        "60 % under 250 frames of recursion, 40 % shallow: are stacks whole?"
    }

    fn run(&self, cpu_time: Duration, seed: u64) -> Truth {
        random_rounds(&FUNCTIONS, cpu_time, seed)
    }
}

/// Goes down the recursion and hashes at its bottom, once a unit.
#[inline(never)]
fn deep(n_units: u64) {
    for unit in 0..n_units {
        black_box(descend(DEPTH, unit));
    }
}

/// Calls itself until `n_left` is one.
#[inline(never)]
fn descend(n_left: u64, value: u64) -> u64 {
    if n_left <= 1 {
        return hash_at_the_bottom(value);
    }
    // Work after the call keeps the compiler from making this a loop.
    black_box(descend(black_box(n_left - 1), value)).rotate_left(1)
}

/// Hashes long enough (about 20 us) that the way down hardly counts.
#[inline(never)]
fn hash_at_the_bottom(value: u64) -> u64 {
    (0..16_384).fold(value, |hash, at| {
        (hash ^ at).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// Follows the Collatz sequence of a few numbers, once a unit.
#[inline(never)]
fn shallow(n_units: u64) {
    for _ in 0..n_units {
        let mut n_steps = 0_u32;
        for start in 1..black_box(64_u64) {
            let mut number = start;
            while number != 1 {
                number = if number.is_multiple_of(2) {
                    number / 2
                } else {
                    3 * number + 1
                };
                n_steps += 1;
            }
        }
        black_box(n_steps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&deep));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&shallow));
    }
}
