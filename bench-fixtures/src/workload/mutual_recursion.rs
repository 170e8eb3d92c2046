//! Two functions that call each other, 200 deep, started from two places.
//!
//! All that tells the two halves apart is at the root, two hundred frames away, and every
//! frame between is the same in both. A profiler that cuts the stack, or that folds what
//! recurs into one frame, cannot say who began.

use super::function::Function;
use super::pace::random_rounds;
use super::{Parameter, Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::hint::black_box;

/// Goes down by turns, 60 % from one place and 40 % from another.
pub struct MutualRecursion {
    depth: u32,
}

impl MutualRecursion {
    /// More frames than the 127 that several profilers keep.
    pub const DEEP_200: Self = Self { depth: 200 };
}

impl Workload for MutualRecursion {
    fn entry(&self) -> Entry {
        Entry {
            name: "mutual-recursion",
            summary: "two functions that call each other 200 deep, from two places (60/40)",
            catches: "a stack that is cut, or whose recurring frames are folded, before its root",
            functions: const {
                &[
                    Scored::over("begin_left", 0.60, "hash_between").with_depth("step_", 200),
                    Scored::over("begin_right", 0.40, "hash_between").with_depth("step_", 200),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        let left = |n_units| begin_left(self.depth, n_units);
        let right = |n_units| begin_right(self.depth, n_units);
        let functions = [
            Function {
                name: concat!(module_path!(), "::begin_left"),
                share: 0.60,
                unit_nanos: 12_000.0,
                run: &left,
            },
            Function {
                name: concat!(module_path!(), "::begin_right"),
                share: 0.40,
                unit_nanos: 12_000.0,
                run: &right,
            },
        ];
        random_rounds(&functions, task)
    }

    fn with(&self, parameter: &Parameter) -> Option<Box<dyn Workload>> {
        match *parameter {
            Parameter::Depth(depth) => Some(Box::new(Self { depth })),
            _ => None,
        }
    }
}

#[inline(never)]
fn begin_left(depth: u32, n_units: u64) {
    for unit in 0..n_units {
        black_box(step_left(depth, unit));
    }
}

#[inline(never)]
fn begin_right(depth: u32, n_units: u64) {
    for unit in 0..n_units {
        black_box(step_right(depth, unit).rotate_left(1));
    }
}

#[inline(never)]
fn step_left(n_left: u32, value: u64) -> u64 {
    if n_left <= 1 {
        return black_box(hash_between(value)).rotate_left(1);
    }
    // Work after a call keeps the compiler from making it a jump, without a frame.
    black_box(step_right(black_box(n_left - 1), value)).rotate_left(3)
}

#[inline(never)]
fn step_right(n_left: u32, value: u64) -> u64 {
    if n_left <= 1 {
        return black_box(hash_between(value)).rotate_left(1);
    }
    black_box(step_left(black_box(n_left - 1), value)).rotate_right(5)
}

/// Hashes long enough (about 12 us) that the way down hardly counts.
#[inline(never)]
fn hash_between(value: u64) -> u64 {
    (0..8_192).fold(value, |hash, at| {
        (hash ^ at)
            .wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
            .rotate_left(9)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Amount;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        let truth = MutualRecursion::DEEP_200.run_task(&Task::new(Amount::Work(1), 1));
        assert_eq!(truth.functions()[0].name, type_name_of_val(&begin_left));
        assert_eq!(truth.functions()[1].name, type_name_of_val(&begin_right));
    }
}
