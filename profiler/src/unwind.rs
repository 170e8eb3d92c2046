//! Registers and a stack reader in, code addresses out.
//!
//! The walking itself is framehop's: DWARF call frame information where a module has
//! it, frame pointers elsewhere. So the caller of a leaf function in the C library,
//! which keeps no frame pointers, is found as well. Nothing here allocates during a
//! walk; the unwind tables are copied out of the files beforehand.

use framehop::x86_64::{CacheX86_64, UnwindRegsX86_64, UnwinderX86_64};
use framehop::{Error, MustNotAllocateDuringUnwind, Unwinder as _};

use crate::modules::Module;

/// The unwind tables of all modules, shared by all threads. A copy shares them too.
#[derive(Clone)]
pub(crate) struct Unwinder {
    inner: UnwinderX86_64<Vec<u8>, MustNotAllocateDuringUnwind>,
}

/// A thread's scratch memory for walking.
pub(crate) struct Cache(CacheX86_64<MustNotAllocateDuringUnwind>);

/// How much of a stack was walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Walk {
    /// To its root.
    Complete,
    /// To the depth limit; the root side is missing.
    Truncated,
    /// Until something could not be read; the root side is missing.
    Unreadable,
}

/// Where a walk starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Registers {
    pub(crate) instruction: u64,
    pub(crate) stack_pointer: u64,
    pub(crate) frame_pointer: u64,
}

impl Unwinder {
    /// Reads the unwind tables of `modules`; those without any are walked by frame pointer.
    pub(crate) fn new(modules: &[Module]) -> Self {
        let mut unwinder = Self {
            inner: UnwinderX86_64::new(),
        };
        for module in modules {
            unwinder.add(module);
        }
        unwinder
    }

    /// Reads the unwind tables of one more module.
    pub(crate) fn add(&mut self, module: &Module) {
        if let Some(module) = module.unwind_module() {
            self.inner.add_module(module);
        }
    }

    /// Forgets the module whose range starts there, if there is one.
    pub(crate) fn remove(&mut self, start: u64) {
        self.inner.remove_module(start);
    }

    /// Walks a stack from its leaf and hands each address to `push`, at most
    /// `max_depth` of them.
    ///
    /// The addresses are for looking up: a return address may belong to the next
    /// function already, so it is handed on less one.
    pub(crate) fn walk(
        &self,
        cache: &mut Cache,
        registers: Registers,
        max_depth: usize,
        mut read_stack: impl FnMut(u64) -> Result<u64, ()>,
        mut push: impl FnMut(u64),
    ) -> Walk {
        let start = UnwindRegsX86_64::new(
            registers.instruction,
            registers.stack_pointer,
            registers.frame_pointer,
        );
        let mut frames =
            self.inner
                .iter_frames(registers.instruction, start, &mut cache.0, &mut read_stack);
        for depth in 0.. {
            match frames.next() {
                Ok(Some(_)) if depth == max_depth => return Walk::Truncated,
                Ok(Some(frame)) => push(frame.address_for_lookup()),
                // A null return address is how the outermost frame is often marked.
                Ok(None) | Err(Error::ReturnAddressIsNull) => return Walk::Complete,
                Err(_) => return Walk::Unreadable,
            }
        }
        unreachable!("the depth is limited")
    }
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self(CacheX86_64::new_in())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STACK: u64 = 0x7000_0000;

    /// A stack of `n_frames` frames, all linked by frame pointer: word 2k holds the
    /// caller's frame pointer, word 2k + 1 the return address.
    fn linked_stack(n_frames: u64) -> Vec<u64> {
        let frame = |k: u64| if k == n_frames { 0 } else { STACK + 16 * k };
        (0..n_frames)
            .flat_map(|k| [frame(k + 1), if k + 1 == n_frames { 0 } else { 0x1000 + k }])
            .collect()
    }

    fn walk(stack: &[u64], max_depth: usize) -> (Walk, Vec<u64>) {
        let registers = Registers {
            instruction: 0xabc,
            stack_pointer: STACK,
            frame_pointer: STACK,
        };
        let read = |address: u64| {
            let word = usize::try_from((address - STACK) / 8).map_err(|_| ())?;
            stack.get(word).copied().ok_or(())
        };
        let mut addresses = Vec::new();
        let unwinder = Unwinder::new(&[]);
        let walk = unwinder.walk(&mut Cache::new(), registers, max_depth, read, |address| {
            addresses.push(address);
        });
        (walk, addresses)
    }

    #[test]
    fn a_stack_is_walked_from_the_instruction_to_the_root() {
        let (walk, addresses) = walk(&linked_stack(4), 100);
        assert_eq!(walk, Walk::Complete);
        // Return addresses less one, so that they lie inside the call.
        assert_eq!(addresses, [0xabc, 0xfff, 0x1000, 0x1001]);
    }

    #[test]
    fn two_thousand_frames_are_walked_and_the_limit_cuts_the_root_side() {
        let stack = linked_stack(2000);
        assert_eq!(walk(&stack, 2000).0, Walk::Complete);
        assert_eq!(walk(&stack, 2000).1.len(), 2000);
        let (cut, addresses) = walk(&stack, 1999);
        assert_eq!((cut, addresses.len()), (Walk::Truncated, 1999));
        assert_eq!(addresses, walk(&stack, 2000).1[..1999]);
    }

    #[test]
    fn what_cannot_be_read_ends_the_walk_and_keeps_what_was_found() {
        let stack = linked_stack(10);
        let (walk, addresses) = walk(&stack[..9], 100);
        assert_eq!((walk, addresses.len()), (Walk::Unreadable, 5));
    }
}
