//! A hot function that is called through many shallow wrappers.
//!
//! Its calls are a few nanoseconds apart, so a large part of the samples falls on the
//! first and last instructions of functions, where there is no frame yet or no longer.
//! A profiler that follows frame pointers skips a caller there: a wrapper above the hot
//! function, or the path above a wrapper.

use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::hint::black_box;

/// Reaches one hot function on four paths, 40/30/20/10.
pub struct Wrappers;

static FUNCTIONS: [Function<'static>; 4] = [
    Function {
        name: concat!(module_path!(), "::north"),
        share: 0.40,
        unit_nanos: 1_100.0,
        run: &north,
    },
    Function {
        name: concat!(module_path!(), "::east"),
        share: 0.30,
        unit_nanos: 1_100.0,
        run: &east,
    },
    Function {
        name: concat!(module_path!(), "::south"),
        share: 0.20,
        unit_nanos: 1_100.0,
        run: &south,
    },
    Function {
        name: concat!(module_path!(), "::west"),
        share: 0.10,
        unit_nanos: 1_100.0,
        run: &west,
    },
];

impl Workload for Wrappers {
    fn entry(&self) -> Entry {
        Entry {
            name: "wrappers",
            summary: "one hot function through wrappers on four paths, 40/30/20/10",
            catches: "an unwinder that skips a caller at the first and last instructions of a function",
            functions: const {
                &[
                    Scored::over("north", 0.40, "hot"),
                    Scored::over("east", 0.30, "hot"),
                    Scored::over("south", 0.20, "hot"),
                    Scored::over("west", 0.10, "hot"),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        random_rounds(&FUNCTIONS, task)
    }
}

#[inline(never)]
fn north(n_units: u64) {
    let mut value = black_box(1);
    for _ in 0..64 * n_units {
        value = wrapper::<1>(wrapper::<2>(wrapper::<3>(wrapper::<4>(value))));
    }
    black_box(value);
}

#[inline(never)]
fn east(n_units: u64) {
    let mut value = black_box(2);
    for _ in 0..64 * n_units {
        value = wrapper::<5>(wrapper::<6>(wrapper::<7>(wrapper::<8>(value)))) ^ 1;
    }
    black_box(value);
}

#[inline(never)]
fn south(n_units: u64) {
    let mut value = black_box(3);
    for _ in 0..64 * n_units {
        value = wrapper::<8>(wrapper::<6>(wrapper::<4>(wrapper::<2>(value)))) ^ 2;
    }
    black_box(value);
}

#[inline(never)]
fn west(n_units: u64) {
    let mut value = black_box(4);
    for _ in 0..64 * n_units {
        value = wrapper::<7>(wrapper::<5>(wrapper::<3>(wrapper::<1>(value)))) ^ 3;
    }
    black_box(value);
}

/// Does next to nothing but call; the work after the call keeps it a call.
#[inline(never)]
fn wrapper<const N: u64>(value: u64) -> u64 {
    black_box(hot(value ^ N)).rotate_left(1) ^ N
}

/// A dozen instructions.
#[inline(never)]
fn hot(value: u64) -> u64 {
    let mixed = (value ^ (value >> 31)).wrapping_mul(0x7fb5_d329_728e_a185);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x81da_def4_bc2d_d44d);
    mixed ^ (mixed >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&north));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&east));
        assert_eq!(FUNCTIONS[2].name, type_name_of_val(&south));
        assert_eq!(FUNCTIONS[3].name, type_name_of_val(&west));
    }
}
