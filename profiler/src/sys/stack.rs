//! Reading the stack of an interrupted thread, from its own signal handler.

use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr;

use super::check;

/// Where the stack lies that a thread was born with.
#[derive(Debug, Clone)]
pub(crate) struct StackBounds(pub(super) Range<u64>);

/// What the handler of one thread needs and must not allocate.
pub(crate) struct HandlerMemory {
    pub(super) stack: HandlerStack,
    pub(super) blocks: Blocks,
}

/// The stack that the handler runs on. The interrupted one may be nearly full, or a
/// small one that the program made for a coroutine.
#[repr(C, align(64))]
pub(super) struct HandlerStack(MaybeUninit<[u8; HANDLER_STACK_BYTES]>);

const HANDLER_STACK_BYTES: usize = 64 * 1024;

const PAGE: u64 = 4096;
const PAGES_AT_ONCE: usize = 4;
const WORDS_AT_ONCE: usize = PAGES_AT_ONCE * 512;

/// A piece of memory that the kernel has copied, so that nothing faults.
pub(super) struct Blocks {
    range: Range<u64>,
    words: [u64; WORDS_AT_ONCE],
}

/// The interrupted thread's memory.
pub(crate) struct StackMemory<'a> {
    /// The part of the thread's own stack that is in use.
    in_use: Range<u64>,
    blocks: &'a mut Blocks,
    // Ties the memory to the interruption.
    moment: PhantomData<&'a ()>,
}

impl<'a> StackMemory<'a> {
    pub(super) fn new(
        stack_pointer: u64,
        bounds: Option<&StackBounds>,
        blocks: &'a mut Blocks,
    ) -> Self {
        blocks.range = 0..0;
        let bounds = bounds.filter(|bounds| bounds.0.contains(&stack_pointer));
        Self {
            in_use: bounds.map_or(0..0, |bounds| stack_pointer..bounds.0.end),
            blocks,
            moment: PhantomData,
        }
    }

    /// Reads the word at `address`, which must be aligned.
    #[inline]
    pub(crate) fn read(&mut self, address: u64) -> Result<u64, ()> {
        let end = address.checked_add(8).ok_or(())?;
        if !address.is_multiple_of(8) {
            return Err(());
        }
        if address < self.in_use.start || end > self.in_use.end {
            return self.blocks.read(address);
        }
        let word = ptr::with_exposed_provenance::<u64>(usize::try_from(address).map_err(|_| ())?);
        // SAFETY: the word is aligned and between the stack pointer and the stack's
        // end, which is mapped (invariant 5). It is read volatile because the
        // program's own code may be half-way through writing it.
        Ok(unsafe { ptr::read_volatile(word) })
    }
}

impl Blocks {
    fn read(&mut self, address: u64) -> Result<u64, ()> {
        if !self.range.contains(&address) {
            self.fill(address & !(PAGE - 1));
        }
        if !self.range.contains(&address) {
            return Err(());
        }
        let word = usize::try_from((address - self.range.start) / 8).map_err(|_| ())?;
        self.words.get(word).copied().ok_or(())
    }

    /// Copies as much from `start` on, a page's beginning, as there is.
    fn fill(&mut self, start: u64) {
        let local = libc::iovec {
            iov_base: self.words.as_mut_ptr().cast(),
            iov_len: size_of_val(&self.words),
        };
        // A page each, since a piece that ends in a hole is not copied at all.
        let remote: [libc::iovec; PAGES_AT_ONCE] = std::array::from_fn(|page| libc::iovec {
            iov_base: ptr::without_provenance_mut(
                usize::try_from(start.wrapping_add(page as u64 * PAGE)).unwrap_or(0),
            ),
            iov_len: 4096,
        });
        // SAFETY: the local piece is this value's own memory; the kernel checks the
        // remote ones, which need not exist.
        let n = unsafe {
            libc::process_vm_readv(
                super::current_pid(),
                &raw const local,
                1,
                remote.as_ptr(),
                PAGES_AT_ONCE as libc::c_ulong,
                0,
            )
        };
        self.range = start..start.saturating_add(u64::try_from(n).unwrap_or(0));
    }
}

impl HandlerMemory {
    pub(crate) fn new() -> Box<Self> {
        // SAFETY: all its fields may hold any bytes; zero is an empty range.
        unsafe { Box::<Self>::new_zeroed().assume_init() }
    }
}

impl HandlerStack {
    /// Returns the address just above the stack, aligned as calls want it.
    pub(super) fn top(&mut self) -> *mut u8 {
        // SAFETY: one past the end of the same array.
        unsafe { (&raw mut self.0).cast::<u8>().add(HANDLER_STACK_BYTES) }
    }
}

impl StackBounds {
    /// Asks for the calling thread's stack.
    pub(crate) fn of_current_thread() -> io::Result<Self> {
        let mut attributes = MaybeUninit::uninit();
        // SAFETY: pthread_self takes nothing and cannot fail.
        let thread = unsafe { libc::pthread_self() };
        // SAFETY: the thread is running, and `attributes` is a valid place.
        let error = unsafe { libc::pthread_getattr_np(thread, attributes.as_mut_ptr()) };
        check(-error)?;
        // SAFETY: a successful call has initialised the attributes.
        let mut attributes = unsafe { attributes.assume_init() };
        let (mut lowest, mut size) = (ptr::null_mut(), 0);
        // SAFETY: the attributes are initialised, the other two are valid places.
        let error = unsafe {
            libc::pthread_attr_getstack(&raw const attributes, &raw mut lowest, &raw mut size)
        };
        // SAFETY: initialised above and not used afterwards.
        unsafe { libc::pthread_attr_destroy(&raw mut attributes) };
        check(-error)?;
        let lowest = lowest.expose_provenance() as u64;
        Ok(Self(lowest..lowest + size as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stack_of_this_thread_holds_its_variables() {
        let words = [11_u64, 22];
        let address = (&raw const words).expose_provenance() as u64;
        let bounds = StackBounds::of_current_thread().unwrap();
        assert!(bounds.0.contains(&address));
        let mut memory = HandlerMemory::new();
        // Once by itself, once by the kernel.
        for bounds in [Some(&bounds), None] {
            let mut memory = StackMemory::new(address, bounds, &mut memory.blocks);
            assert_eq!(
                (memory.read(address), memory.read(address + 8)),
                (Ok(11), Ok(22))
            );
        }
    }

    #[test]
    fn what_is_not_mapped_is_an_error_and_not_a_fault() {
        let mut memory = HandlerMemory::new();
        let mut memory = StackMemory::new(0, None, &mut memory.blocks);
        for nowhere in [0, 8, 4096, 1 << 46, u64::MAX - 7, u64::MAX - 4095, 1 << 63] {
            assert_eq!(memory.read(nowhere), Err(()), "{nowhere:x}");
        }
        let word = Box::new(33_u64);
        let address = (&raw const *word).expose_provenance() as u64;
        assert_eq!(memory.read(address), Ok(33));
        assert_eq!(memory.read(address + 1), Err(()));
    }
}
