//! Registers and a stack reader in, code addresses out.
//!
//! The walking itself is framehop's: DWARF call frame information where a module has
//! it, frame pointers elsewhere. So the caller of a leaf function in the C library,
//! which keeps no frame pointers, is found as well. Nothing here allocates during a
//! walk; the unwind tables are copied out of the files beforehand. How to leave a frame is
//! looked up in the tables once for each address; framehop remembers a few hundred of
//! them, and where there is a frame pointer we remember that.

mod frame_pointers;

use std::sync::atomic::{AtomicU64, Ordering};

use framehop::x86_64::{CacheX86_64, UnwindRegsX86_64, UnwinderX86_64};
use framehop::{Error, FrameAddress, MustNotAllocateDuringUnwind, Unwinder as _};

use self::frame_pointers::{FramePointers, Leaving, leave};
use crate::modules::Module;

/// The unwind tables of all modules, shared by all threads. A copy shares them too.
#[derive(Clone)]
pub(crate) struct Unwinder {
    inner: UnwinderX86_64<Vec<u8>, MustNotAllocateDuringUnwind>,
    /// Which set of modules it has; no two sets have the same number.
    modules: u64,
}

/// A thread's scratch memory for walking.
pub(crate) struct Cache {
    rules: CacheX86_64<MustNotAllocateDuringUnwind>,
    frame_pointers: FramePointers,
}

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
            modules: next_modules(),
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
            self.modules = next_modules();
        }
    }

    /// Forgets the module whose range starts there, if there is one.
    pub(crate) fn remove(&mut self, start: u64) {
        self.inner.remove_module(start);
        self.modules = next_modules();
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
        let mut registers = UnwindRegsX86_64::new(
            registers.instruction,
            registers.stack_pointer,
            registers.frame_pointer,
        );
        cache.frame_pointers.keep_of(self.modules);
        let mut address = FrameAddress::from_instruction_pointer(registers.ip());
        for _ in 0..max_depth {
            push(address.address_for_lookup());
            let caller = self.step(cache, address, &mut registers, &mut read_stack);
            match caller.map(|address| address.and_then(FrameAddress::from_return_address)) {
                Ok(Some(caller)) => address = caller,
                // A null return address is how the outermost frame is often marked.
                Ok(None) => return Walk::Complete,
                Err(_) => return Walk::Unreadable,
            }
        }
        Walk::Truncated
    }

    /// Leaves one frame and returns its return address, `None` for the outermost.
    fn step(
        &self,
        cache: &mut Cache,
        address: FrameAddress,
        registers: &mut UnwindRegsX86_64,
        read_stack: &mut impl FnMut(u64) -> Result<u64, ()>,
    ) -> Result<Option<u64>, Error> {
        // Where a function was interrupted itself, it may not have its frame yet.
        let lookup = address
            .is_return_address()
            .then(|| address.address_for_lookup());
        if lookup.is_some_and(|lookup| cache.frame_pointers.contains(lookup))
            && let Some(caller) = leave(registers, &mut *read_stack)
        {
            return Ok(Some(caller));
        }
        let mut leaving = Leaving::of(registers);
        let mut read_stack = |address| {
            leaving.note_read(address);
            read_stack(address)
        };
        let caller =
            self.inner
                .unwind_frame(address, registers, &mut cache.rules, &mut read_stack)?;
        if let Some(lookup) = lookup
            && caller.is_some()
            && leaving.is_by_frame_pointer(registers)
        {
            cache.frame_pointers.insert(lookup);
        }
        Ok(caller)
    }
}

fn next_modules() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self {
            rules: CacheX86_64::new_in(),
            frame_pointers: FramePointers::new(),
        }
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
