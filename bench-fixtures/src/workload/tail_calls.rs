//! Chains of functions that end by jumping to the next, started from two places.
//!
//! A function that jumps leaves no frame: the stack has the one that started the chain
//! and the hop that is running, never two hops. At the end of each hop its frame is gone
//! while the program counter is still in it; an unwinder that trusts frame pointers skips
//! the caller there. The hops are C, because Rust promises no such jump.

use super::foreign::{leave_left, leave_right};
use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::hint::black_box;

/// Hops from two places, 60 and 40 %.
pub struct TailCalls;

static FUNCTIONS: [Function<'static>; 2] = [
    Function {
        // A function in C has no path.
        name: "leave_left",
        share: 0.60,
        unit_nanos: 570.0,
        run: &|n_units| {
            black_box(leave_left(black_box(1), n_units));
        },
    },
    Function {
        name: "leave_right",
        share: 0.40,
        unit_nanos: 570.0,
        run: &|n_units| {
            black_box(leave_right(black_box(2), n_units));
        },
    },
];

const SCORED: &[Scored] = &[
    Scored::over("leave_left", 0.60, "hop_").with_depth("hop_", 1),
    Scored::over("leave_right", 0.40, "hop_").with_depth("hop_", 1),
];

impl Workload for TailCalls {
    fn entry(&self) -> Entry {
        Entry {
            name: "tail-calls",
            summary: "functions that jump to the next one, started from two places (60/40)",
            catches: "an unwinder that loses a caller, or makes one up, where a frame is gone",
            functions: SCORED,
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        random_rounds(&FUNCTIONS, task)
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::hop_one;
    use std::hint::black_box;

    /// Four million return addresses alone are four times a thread's stack of 8 MiB.
    #[test]
    fn hops_are_jumps() {
        black_box(hop_one(1, 4_000_000));
    }
}
