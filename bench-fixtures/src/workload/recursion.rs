//! A deep recursion against a shallow function, 60 to 40.
//!
//! Profilers that cut stacks short lose the root of the deep ones. Nearly all the
//! work is at the bottom, so a sample in `hash_at_the_bottom` should have as many
//! frames of `descend` above it as the recursion is deep.

use super::function::Function;
use super::pace::random_rounds;
use super::{Parameter, Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::hint::black_box;

/// Spends 60 % at the bottom of a recursion and 40 % near the root.
pub struct Recursion {
    name: &'static str,
    depth: u32,
}

impl Recursion {
    /// More frames than the 127 that several profilers keep.
    pub const DEEP_250: Self = Self {
        name: "recursion",
        depth: 250,
    };

    /// More stack than the dumps of 8 or 32 KiB that others unwind.
    pub const DEEP_1000: Self = Self {
        name: "recursion-1000",
        depth: 1_000,
    };

    /// Counts the frames of the recursion.
    pub fn depth(&self) -> u32 {
        self.depth
    }
}

impl Workload for Recursion {
    fn entry(&self) -> Entry {
        Entry {
            name: self.name,
            summary: "60 % under 250 or 1,000 frames of recursion, 40 % shallow",
            catches: "a cut at 127 or 128 frames, or at 8 or 32 KiB of stack",
            functions: if self.depth == Self::DEEP_1000.depth {
                const { &scored(1_000) }
            } else {
                const { &scored(250) }
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        let deep = |n_units| deep(self.depth, n_units);
        let functions = [
            Function {
                name: concat!(module_path!(), "::deep"),
                share: 0.60,
                unit_nanos: 20_000.0,
                run: &deep,
            },
            Function {
                name: concat!(module_path!(), "::shallow"),
                share: 0.40,
                unit_nanos: 1_400.0,
                run: &shallow,
            },
        ];
        random_rounds(&functions, task)
    }

    fn with(&self, parameter: &Parameter) -> Option<Box<dyn Workload>> {
        match *parameter {
            Parameter::Depth(depth) => Some(Box::new(Self { depth, ..*self })),
            _ => None,
        }
    }
}

const fn scored(depth: u32) -> [Scored; 2] {
    [
        Scored::over("deep", 0.60, "hash_at_the_bottom").with_depth("descend", depth),
        Scored::new("shallow", 0.40),
    ]
}

/// Goes down the recursion and hashes at its bottom, once a unit.
#[inline(never)]
fn deep(depth: u32, n_units: u64) {
    for unit in 0..n_units {
        black_box(descend(depth, unit));
    }
}

/// Calls itself until `n_left` is one.
#[inline(never)]
fn descend(n_left: u32, value: u64) -> u64 {
    if n_left <= 1 {
        // Work after a call keeps the compiler from making it a jump, without a frame.
        return black_box(hash_at_the_bottom(value)).rotate_left(1);
    }
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
    use crate::workload::Amount;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        let truth = Recursion::DEEP_250.run_task(&Task::new(Amount::Work(1), 1));
        assert_eq!(truth.functions()[0].name, type_name_of_val(&deep));
        assert_eq!(truth.functions()[1].name, type_name_of_val(&shallow));
    }
}
