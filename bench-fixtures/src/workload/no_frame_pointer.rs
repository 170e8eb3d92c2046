//! Callers with frame pointers of a library without.
//!
//! The kernel is C, optimised, and uses the frame pointer's register for its own
//! values, as most packages of most distributions do. What it calls itself is lost to
//! a profiler that follows frame pointers, and so is who called it.

use super::foreign::bundle_without_frame_pointer;
use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::hint::black_box;

/// Calls a kernel without frame pointers from two places, and does something else.
pub struct NoFramePointer;

static FUNCTIONS: [Function<'static>; 3] = [
    Function {
        name: concat!(module_path!(), "::call_left"),
        share: 0.50,
        unit_nanos: 770.0,
        run: &call_left,
    },
    Function {
        name: concat!(module_path!(), "::call_right"),
        share: 0.30,
        unit_nanos: 1_500.0,
        run: &call_right,
    },
    Function {
        name: concat!(module_path!(), "::stay_here"),
        share: 0.20,
        unit_nanos: 1_300.0,
        run: &stay_here,
    },
];

impl Workload for NoFramePointer {
    fn entry(&self) -> Entry {
        Entry {
            name: "no-frame-pointer",
            summary: "C without frame pointers, called from two places (50/30), and 20 % elsewhere",
            catches: "an unwinder that takes any value of the frame pointer's register for a frame",
            functions: const {
                &[
                    Scored::over("call_left", 0.50, "mix_many_words"),
                    Scored::over("call_right", 0.30, "mix_many_words"),
                    Scored::new("stay_here", 0.20),
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
fn call_left(n_units: u64) {
    black_box(bundle_without_frame_pointer(black_box(1), n_units));
}

#[inline(never)]
fn call_right(n_units: u64) {
    let sum = bundle_without_frame_pointer(black_box(2), 2 * n_units);
    black_box(sum.rotate_left(1));
}

/// Divides numbers by small ones, once a unit.
#[inline(never)]
fn stay_here(n_units: u64) {
    let mut sum = 0_u64;
    for number in 0..512 * n_units {
        sum = sum.wrapping_add(black_box(u64::MAX) / (number % 61 + 3));
    }
    black_box(sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&call_left));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&call_right));
        assert_eq!(FUNCTIONS[2].name, type_name_of_val(&stay_here));
    }
}
