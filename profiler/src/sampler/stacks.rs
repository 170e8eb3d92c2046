//! The distinct stacks of a session, each once, within a limit of memory.

use std::collections::HashMap;

use crate::unwind::Walk;

/// A stack of the table.
pub(super) type StackKey = u32;

/// Stands for every new stack once the table is full.
pub(super) const MEMORY_LIMIT: StackKey = 0;

/// What a stack takes beside its words, roughly: two pointers, a number, and as much again
/// that the table has free, or has twice while it grows.
const BYTES_PER_STACK: usize = 96;

/// Numbers stacks in the order of their arrival, from one.
pub(super) struct Stacks {
    // How the stack was walked, then its places, leaf first.
    numbers: HashMap<Box<[u64]>, StackKey>,
    free_bytes: usize,
}

impl Stacks {
    pub(super) fn with_bytes(bytes: usize) -> Self {
        Self {
            numbers: HashMap::new(),
            free_bytes: bytes,
        }
    }

    /// Finds or adds a stack, whose first word says how it was walked.
    pub(super) fn intern(&mut self, words: &[u64]) -> StackKey {
        if let Some(&number) = self.numbers.get(words) {
            return number;
        }
        let bytes = BYTES_PER_STACK + size_of_val(words);
        if !self.take_bytes(bytes) {
            return MEMORY_LIMIT;
        }
        let number = StackKey::try_from(self.numbers.len() + 1).unwrap_or(MEMORY_LIMIT);
        self.numbers.insert(words.into(), number);
        number
    }

    /// Takes so many bytes for what is kept of stacks elsewhere; false if there is no room.
    pub(super) fn take_bytes(&mut self, bytes: usize) -> bool {
        let left = self.free_bytes.checked_sub(bytes);
        self.free_bytes = left.unwrap_or(self.free_bytes);
        left.is_some()
    }

    /// Returns every stack by its number: how it was walked, and its places. The first
    /// is empty and stands for those that there was no room for.
    pub(super) fn by_number(&self) -> Vec<(Walk, &[u64])> {
        let mut stacks = vec![(Walk::Complete, &[][..]); self.numbers.len() + 1];
        for (words, &number) in &self.numbers {
            if let Some((walk, places)) = words.split_first() {
                stacks[number as usize] = (walk_of(*walk), places);
            }
        }
        stacks
    }
}

/// Returns the first word of a stack that was walked so.
pub(super) fn word_of(walk: Walk) -> u64 {
    match walk {
        Walk::Complete => 0,
        Walk::Truncated => 1,
        Walk::Unreadable => 2,
    }
}

fn walk_of(word: u64) -> Walk {
    match word {
        0 => Walk::Complete,
        1 => Walk::Truncated,
        _ => Walk::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_knows_its_stacks_and_folds_new_ones() {
        let mut stacks = Stacks::with_bytes(2 * (BYTES_PER_STACK + 3 * 8));
        let truncated = word_of(Walk::Truncated);
        assert_eq!(stacks.intern(&[truncated, 7, 8]), 1);
        assert_eq!(stacks.intern(&[0, 7, 8]), 2);
        assert_eq!(stacks.intern(&[0, 9]), MEMORY_LIMIT);
        assert_eq!(stacks.intern(&[truncated, 7, 8]), 1);
        let expected: Vec<(Walk, &[u64])> = vec![
            (Walk::Complete, &[]),
            (Walk::Truncated, &[7, 8]),
            (Walk::Complete, &[7, 8]),
        ];
        assert_eq!(stacks.by_number(), expected);
    }
}
