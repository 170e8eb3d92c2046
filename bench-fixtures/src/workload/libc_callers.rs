//! Time spent in the C library and the kernel on behalf of named callers.
//!
//! The C library is built without frame pointers, so an unwinder that trusts them
//! loses the caller of a leaf. The right caller must be named, through a system call
//! (`stat`), a leaf (`memset`), and a function that calls back (`qsort`).

use super::foreign::qsort;
use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::fs::metadata;
use std::hint::black_box;

/// Calls `stat` from two places, `memset` and `qsort`.
pub struct LibcCallers;

static FUNCTIONS: [Function<'static>; 4] = [
    Function {
        name: concat!(module_path!(), "::stat_root"),
        share: 0.45,
        unit_nanos: 4_200.0,
        run: &stat_root,
    },
    Function {
        name: concat!(module_path!(), "::stat_here"),
        share: 0.20,
        unit_nanos: 2_100.0,
        run: &stat_here,
    },
    Function {
        name: concat!(module_path!(), "::clear_buffer"),
        share: 0.20,
        unit_nanos: 1_500.0,
        run: &clear_buffer,
    },
    Function {
        name: concat!(module_path!(), "::sort_records"),
        share: 0.15,
        unit_nanos: 1_500.0,
        run: &sort_records,
    },
];

impl Workload for LibcCallers {
    fn entry(&self) -> Entry {
        Entry {
            name: "libc-callers",
            summary: "stat 45, another stat 20, memset 20, qsort 15 %",
            catches: "an unwinder that trusts frame pointers and loses who called the C library",
            functions: const {
                &[
                    Scored::over("stat_root", 0.45, "stat"),
                    Scored::over("stat_here", 0.20, "stat"),
                    Scored::over("clear_buffer", 0.20, "memset"),
                    Scored::over("sort_records", 0.15, "qsort"),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        random_rounds(&FUNCTIONS, task)
    }
}

/// Asks for the status of the root folder, four times a unit.
#[inline(never)]
fn stat_root(n_units: u64) {
    for _ in 0..4 * n_units {
        // Only the call matters; even a refusal is an answer.
        black_box(metadata(black_box("/")).is_ok_and(|found| found.is_dir()));
    }
}

/// Asks for the size of the current folder, twice a unit.
#[inline(never)]
fn stat_here(n_units: u64) {
    let mut size = 0;
    for _ in 0..2 * n_units {
        size ^= metadata(black_box(".")).map_or(0, |found| found.len());
    }
    black_box(size);
}

/// Clears 32 KiB, four times a unit; the compiler makes that a call of `memset`.
#[inline(never)]
fn clear_buffer(n_units: u64) {
    let mut buffer = vec![1_u8; 32 << 10];
    for _ in 0..4 * n_units {
        buffer.fill(black_box(0));
        black_box(&buffer);
    }
}

/// Sorts 64 scattered numbers, once a unit.
#[inline(never)]
fn sort_records(n_units: u64) {
    let mut number = 0_u32;
    let scattered: [u32; 64] = std::array::from_fn(|_| {
        number = number.wrapping_add(0x9e37_79b9);
        number
    });
    for _ in 0..n_units {
        let mut records = *black_box(&scattered);
        qsort(&mut records);
        black_box(&records);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        let names = FUNCTIONS.each_ref().map(|function| function.name);
        assert_eq!(names[0], type_name_of_val(&stat_root));
        assert_eq!(names[1], type_name_of_val(&stat_here));
        assert_eq!(names[2], type_name_of_val(&clear_buffer));
        assert_eq!(names[3], type_name_of_val(&sort_records));
    }
}
