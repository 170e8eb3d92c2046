//! What is kept of a thread: its stacks and its account.

use std::collections::HashMap;

use super::code_map::CodeMap;
use super::ring::{Kind, Ring};
use super::stacks::{StackKey, Stacks, word_of};
use crate::sys::Tid;
use crate::unwind::{Cache, Registers, Unwinder, Walk};

/// What is kept of one thread, or of several that have ended and had the same name.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    pub(super) name: String,
    /// Unless it stands for several.
    pub(super) tid: Option<Tid>,
    pub(super) counts: HashMap<StackKey, u64>,
    pub(super) lost: u64,
    pub(super) late: u64,
    pub(super) overhead: u64,
    pub(super) cpu_time: u64,
}

impl Tally {
    /// Empties a ring and counts the stacks in it.
    pub(super) fn drain(
        &mut self,
        ring: &Ring,
        map: &CodeMap,
        stacks: &mut Stacks,
        max_depth: usize,
    ) {
        let mut code = map.current();
        let mut words = Vec::new();
        let counts = &mut self.counts;
        ring.drain(|kind, weight, found| {
            words.clear();
            words.push(0);
            let walk = match kind {
                Kind::Walked(walk) => {
                    words.extend(
                        found
                            .iter()
                            .map(|&address| code.place(address).unwrap_or(address)),
                    );
                    walk
                }
                Kind::Copied => {
                    if found.first().is_some_and(|&at| code.place(at).is_none()) {
                        map.refresh();
                        code = map.current();
                    }
                    walk_copy(found, &code.unwinder, max_depth, |address| {
                        words.push(code.place(address).unwrap_or(address));
                    })
                }
            };
            words[0] = word_of(walk);
            *counts.entry(stacks.intern(&words)).or_default() += weight;
        });
    }

    /// Adds another thread's; this then stands for several.
    pub(super) fn add(&mut self, other: Self) {
        self.tid = None;
        for (stack, n) in other.counts {
            *self.counts.entry(stack).or_default() += n;
        }
        self.lost += other.lost;
        self.late += other.late;
        self.overhead += other.overhead;
        self.cpu_time += other.cpu_time;
    }
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
