//! Little but allocating and freeing, for three known callers.
//!
//! Most samples fall into the allocator. A profiler whose handler allocates waits for a
//! lock that the interrupted thread holds, forever; one that follows frame pointers loses
//! the caller, because the C library has none.

use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::hint::black_box;

/// Allocates for three callers, 50/30/20.
pub struct AllocationStorm;

static FUNCTIONS: [Function<'static>; 3] = [
    Function {
        name: concat!(module_path!(), "::churn_blocks"),
        share: 0.50,
        unit_nanos: 470.0,
        run: &churn_blocks,
    },
    Function {
        name: concat!(module_path!(), "::grow_text"),
        share: 0.30,
        unit_nanos: 1_700.0,
        run: &grow_text,
    },
    Function {
        name: concat!(module_path!(), "::link_nodes"),
        share: 0.20,
        unit_nanos: 700.0,
        run: &link_nodes,
    },
];

impl Workload for AllocationStorm {
    fn entry(&self) -> Entry {
        Entry {
            name: "allocation-storm",
            summary: "blocks, growing texts and a list, allocated and freed, 50/30/20",
            catches: "a handler that allocates, and an unwinder that loses the allocator's caller",
            functions: const {
                &[
                    Scored::over("churn_blocks", 0.50, "malloc"),
                    Scored::over("grow_text", 0.30, "malloc"),
                    Scored::over("link_nodes", 0.20, "malloc"),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        random_rounds(&FUNCTIONS, task)
    }
}

/// Allocates 32 blocks of mixed sizes and frees them in another order, once a unit.
#[inline(never)]
fn churn_blocks(n_units: u64) {
    for unit in 0..n_units {
        let mut blocks: [Vec<u8>; 32] = std::array::from_fn(|at| {
            let size = black_box(at * 37 % 29 * 48 + 16);
            Vec::with_capacity(size)
        });
        blocks.rotate_left(black_box(11));
        black_box((&blocks, unit));
    }
}

/// Grows a text from nothing to a few hundred letters, eight times a unit.
#[inline(never)]
fn grow_text(n_units: u64) {
    for _ in 0..8 * n_units {
        let mut text = Vec::new();
        for at in 0..10 {
            // Exactly so much, that each step is a call of `realloc`.
            text.reserve_exact(black_box(40 + at));
            text.resize(text.len() + 40, b'-');
        }
        black_box(&text);
    }
}

struct Node {
    next: Option<Box<Node>>,
    _payload: [u64; 5],
}

/// Builds a list of 48 nodes and takes it apart, once a unit.
#[inline(never)]
fn link_nodes(n_units: u64) {
    for unit in 0..n_units {
        let mut head: Option<Box<Node>> = None;
        for at in 0..black_box(48) {
            head = Some(Box::new(Node {
                next: head,
                _payload: [unit ^ at; 5],
            }));
        }
        while let Some(node) = head {
            head = black_box(node).next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&churn_blocks));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&grow_text));
        assert_eq!(FUNCTIONS[2].name, type_name_of_val(&link_nodes));
    }
}
