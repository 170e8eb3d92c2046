//! Registers and a stack reader in, code addresses out.
//!
//! The walking itself is framehop's: DWARF call frame information where a module has
//! it, frame pointers elsewhere. So the caller of a leaf function in the C library,
//! which keeps no frame pointers, is found as well. Nothing here allocates during a
//! walk; the unwind tables are copied out of the files beforehand.

use framehop::x86_64::{CacheX86_64, UnwindRegsX86_64, UnwinderX86_64};
use framehop::{Error, MustNotAllocateDuringUnwind, Unwinder as _};

use crate::modules::Module;
use crate::sampler::ring::Walk;

/// The unwind tables of all modules, shared by all threads.
pub(crate) struct Unwinder {
    inner: UnwinderX86_64<Vec<u8>, MustNotAllocateDuringUnwind>,
}

/// A thread's scratch memory for walking.
pub(crate) struct Cache(CacheX86_64<MustNotAllocateDuringUnwind>);

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
        let mut inner = UnwinderX86_64::new();
        for module in modules {
            if let Some(module) = module.unwind_module() {
                inner.add_module(module);
            }
        }
        Self { inner }
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
