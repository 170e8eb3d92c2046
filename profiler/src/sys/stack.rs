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
const PAGE_WORDS: usize = 512;
const N_PAGES: usize = 4;

/// The pages that the kernel has copied last, so that nothing faults. Several, since a walk
/// of an interpreter's structures comes back to some; one by one, since a copy costs as
/// much again for each further page, and what follows is hardly ever asked for.
pub(super) struct Blocks {
    pages: [Page; N_PAGES],
    /// Where the word was that was read last.
    last: usize,
    /// The page to give up for the next.
    oldest: usize,
}

struct Page {
    /// Its address; zero, where nothing ever is, before there is one.
    start: u64,
    words: [u64; PAGE_WORDS],
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
        blocks.forget();
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
    fn forget(&mut self) {
        for page in &mut self.pages {
            page.start = 0;
        }
    }

    fn read(&mut self, address: u64) -> Result<u64, ()> {
        let start = address & !(PAGE - 1);
        if start == 0 {
            return Err(());
        }
        if self.pages[self.last].start != start {
            let known = self.pages.iter().position(|page| page.start == start);
            self.last = match known {
                Some(known) => known,
                None => self.copy(start)?,
            };
        }
        let word = usize::try_from((address - start) / 8).map_err(|_| ())?;
        self.pages[self.last].words.get(word).copied().ok_or(())
    }

    /// Copies the page at `start`, if there is one, and returns its number here.
    fn copy(&mut self, start: u64) -> Result<usize, ()> {
        let number = self.oldest;
        let page = &mut self.pages[number];
        // Until it is whole.
        page.start = 0;
        let local = libc::iovec {
            iov_base: page.words.as_mut_ptr().cast(),
            iov_len: size_of_val(&page.words),
        };
        let remote = libc::iovec {
            iov_base: ptr::without_provenance_mut(usize::try_from(start).map_err(|_| ())?),
            iov_len: size_of_val(&page.words),
        };
        // SAFETY: the local piece is the page's own memory; the kernel checks the remote
        // one, which need not exist.
        let n = unsafe {
            libc::process_vm_readv(
                super::current_pid(),
                &raw const local,
                1,
                &raw const remote,
                1,
                0,
            )
        };
        if usize::try_from(n) != Ok(size_of_val(&page.words)) {
            return Err(());
        }
        page.start = start;
        self.oldest = (number + 1) % N_PAGES;
        Ok(number)
    }
}

impl HandlerMemory {
    pub(crate) fn new() -> Box<Self> {
        // SAFETY: all its fields may hold any bytes; zero is the first page, and none.
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
    fn words_of_more_pages_than_are_kept_are_read_in_any_order() {
        let numbers: Vec<u64> = (0..8 * PAGE_WORDS as u64).collect();
        let first = numbers.as_ptr().expose_provenance() as u64;
        let mut memory = HandlerMemory::new();
        let mut memory = StackMemory::new(0, None, &mut memory.blocks);
        for nth in 0..4 * numbers.len() as u64 {
            let at = nth * 1_237 % numbers.len() as u64;
            assert_eq!(memory.read(first + 8 * at), Ok(at));
            assert_eq!(memory.read(8 * (nth % 4_096)), Err(()), "the first pages");
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
