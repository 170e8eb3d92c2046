//! A sampled thread: its slot, and the handler that runs on it.

use std::cell::{Cell, UnsafeCell};
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Alarm;
use super::signal::SignalSet;

/// What the handler does with an interruption. The implementation must neither
/// allocate, lock, log, wait nor panic.
pub(crate) trait Observer: Send {
    /// Looks at the interrupted thread and says what to set its alarm to, if anything.
    fn observe(&mut self, moment: &Interrupted) -> Option<Duration>;

    /// Is told that the handler is about to return, to account for its cost.
    fn leave(&mut self);
}

/// The state of a thread at the moment of interruption.
pub(crate) struct Interrupted<'a> {
    /// The address of the next instruction.
    pub(crate) instruction: u64,
    /// The stack pointer.
    pub(crate) stack_pointer: u64,
    /// The frame pointer register, which may hold anything.
    pub(crate) frame_pointer: u64,
    /// The thread's stack, as far as it is in use.
    pub(crate) stack: StackMemory<'a>,
}

/// The part of a thread's stack that is in use, readable while it is interrupted.
pub(crate) struct StackMemory<'a> {
    in_use: Range<u64>,
    // Ties the memory to the interruption.
    moment: PhantomData<&'a ()>,
}

impl StackMemory<'_> {
    /// Reads the word at `address`, which must be aligned and inside the used part.
    #[inline]
    pub(crate) fn read(&self, address: u64) -> Result<u64, ()> {
        let end = address.checked_add(8).ok_or(())?;
        if address < self.in_use.start || end > self.in_use.end || !address.is_multiple_of(8) {
            return Err(());
        }
        let word = ptr::with_exposed_provenance::<u64>(usize::try_from(address).map_err(|_| ())?);
        // SAFETY: the word is aligned and between the stack pointer and the stack's
        // end, which is mapped (invariant 5). It is read volatile because the
        // program's own code may be half-way through writing it.
        Ok(unsafe { ptr::read_volatile(word) })
    }

    /// Tells whether the stack pointer lies in the thread's own stack with enough
    /// room below it for an unwinder.
    pub(crate) fn is_usable(&self) -> bool {
        !self.in_use.is_empty()
    }
}

/// Where a thread's stack lies.
pub(crate) struct StackBounds(Range<u64>);

/// Everything that the handler needs on one thread.
pub(crate) struct ThreadSlot {
    observer: UnsafeCell<Box<dyn Observer>>,
    alarm: UnsafeCell<Option<Box<dyn Alarm>>>,
    stack: StackBounds,
    halted: AtomicBool,
    in_handler: AtomicBool,
    halting: Mutex<()>,
}

// SAFETY: the observer is reached only from the handler on the slot's own thread
// (invariant 2), and the alarm only from there or by `halt`, which waits until the
// handler is out for good (invariant 3). The rest is atomic or locked.
unsafe impl Sync for ThreadSlot {}
// SAFETY: as above; both boxes are `Send`, so that any thread may drop them.
unsafe impl Send for ThreadSlot {}

/// The room that the handler needs on the stack. Below it, a sample keeps only its
/// innermost frame.
const HANDLER_ROOM: u64 = 32 * 1024;

thread_local! {
    // Constant and without a destructor, so that reading it is a plain load.
    static SLOT: Cell<*const ThreadSlot> = const { Cell::new(ptr::null()) };
}

impl ThreadSlot {
    /// Stops interrupting the thread. Afterwards no new signal is raised for it, and
    /// its handler does nothing. May be called from any thread, more than once.
    pub(crate) fn halt(&self) {
        let _one_at_a_time = self.halting.lock().unwrap_or_else(PoisonError::into_inner);
        self.halted.store(true, Ordering::SeqCst);
        // The handler raises `in_handler` before it looks at `halted`, so one of the
        // two sides sees the other. It runs for microseconds.
        while self.in_handler.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        // SAFETY: the handler no longer reaches the alarm (invariant 3), and the lock
        // keeps out other callers.
        drop(unsafe { &mut *self.alarm.get() }.take());
    }
}

/// Holds a thread's slot in place; lives and dies on that thread.
pub(crate) struct Attached {
    slot: Arc<ThreadSlot>,
    signal: libc::c_int,
    was_blocked: bool,
    _own_thread: PhantomData<*const ()>,
}

impl Attached {
    /// Starts interrupting the calling thread, whose stack is given, the first time
    /// after `first`.
    ///
    /// Returns `None` if the thread has a slot already.
    pub(crate) fn new(
        signal: libc::c_int,
        stack: StackBounds,
        alarm: Box<dyn Alarm>,
        observer: Box<dyn Observer>,
        first: Duration,
    ) -> io::Result<Option<Self>> {
        if Self::is_current_thread_attached() {
            return Ok(None);
        }
        let slot = Arc::new(ThreadSlot {
            observer: UnsafeCell::new(observer),
            alarm: UnsafeCell::new(Some(alarm)),
            stack,
            halted: AtomicBool::new(false),
            in_handler: AtomicBool::new(false),
            halting: Mutex::new(()),
        });
        let was_blocked = SignalSet::of(signal).unblock()?.contains(signal);
        let attached = Self {
            slot,
            signal,
            was_blocked,
            _own_thread: PhantomData,
        };
        // SAFETY: no handler uses the slot before the pointer is set below.
        if let Some(alarm) = unsafe { &*attached.slot.alarm.get() } {
            SLOT.set(Arc::as_ptr(&attached.slot));
            alarm.set(first);
        }
        Ok(Some(attached))
    }

    /// Tells whether the calling thread has a slot.
    pub(crate) fn is_current_thread_attached() -> bool {
        !SLOT.get().is_null()
    }

    /// Returns the slot, to halt it from elsewhere.
    pub(crate) fn slot(&self) -> Arc<ThreadSlot> {
        Arc::clone(&self.slot)
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.slot.halt();
        // The slot may go only after this: see invariant 1.
        SLOT.set(ptr::null());
        if self.was_blocked {
            // It worked the other way round, so it works.
            let _ = SignalSet::of(self.signal).block();
        }
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
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
        // SAFETY: a successful call has initialised the attributes.
        let mut attributes = unsafe { attributes.assume_init() };
        let (mut lowest, mut size) = (ptr::null_mut(), 0);
        // SAFETY: the attributes are initialised, the other two are valid places.
        let error = unsafe {
            libc::pthread_attr_getstack(&raw const attributes, &raw mut lowest, &raw mut size)
        };
        // SAFETY: initialised above and not used afterwards.
        unsafe { libc::pthread_attr_destroy(&raw mut attributes) };
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
        let lowest = lowest.expose_provenance() as u64;
        Ok(Self(lowest..lowest + size as u64))
    }
}

/// Runs on the interrupted thread.
pub(super) extern "C" fn on_signal(
    _signal: libc::c_int,
    _info: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    let slot = SLOT.get();
    if slot.is_null() || context.is_null() {
        return;
    }
    let _errno = ErrnoGuard::new();
    // SAFETY: the thread keeps the slot alive while the pointer is set (invariant 1).
    let slot = unsafe { &*slot };
    slot.in_handler.store(true, Ordering::SeqCst);
    if !slot.halted.load(Ordering::SeqCst) {
        // SAFETY: the kernel passes a context to a handler with SA_SIGINFO.
        let context = unsafe { &*context.cast::<libc::ucontext_t>() };
        let moment = interrupted(&context.uc_mcontext, &slot.stack.0);
        // SAFETY: this is the only reference; the handler does not nest (invariant 2).
        let observer = unsafe { &mut *slot.observer.get() };
        if let Some(delay) = observer.observe(&moment) {
            // SAFETY: `halt` takes the alarm only when no handler is inside (invariant 3).
            if let Some(alarm) = unsafe { &*slot.alarm.get() } {
                alarm.set(delay);
            }
        }
        observer.leave();
    }
    slot.in_handler.store(false, Ordering::SeqCst);
}

fn interrupted<'a>(machine: &'a libc::mcontext_t, stack: &Range<u64>) -> Interrupted<'a> {
    let register = |at: libc::c_int| machine.gregs[at.cast_unsigned() as usize].cast_unsigned();
    let stack_pointer = register(libc::REG_RSP);
    let has_room =
        stack_pointer >= stack.start.saturating_add(HANDLER_ROOM) && stack_pointer < stack.end;
    Interrupted {
        instruction: register(libc::REG_RIP),
        stack_pointer,
        frame_pointer: register(libc::REG_RBP),
        stack: StackMemory {
            in_use: if has_room {
                stack_pointer..stack.end
            } else {
                0..0
            },
            moment: PhantomData,
        },
    }
}

/// Puts `errno` back as the program had it.
struct ErrnoGuard(libc::c_int);

impl ErrnoGuard {
    fn new() -> Self {
        // SAFETY: always points to this thread's errno.
        let place = unsafe { libc::__errno_location() };
        // SAFETY: as above.
        Self(unsafe { *place })
    }
}

impl Drop for ErrnoGuard {
    fn drop(&mut self) {
        // SAFETY: always points to this thread's errno.
        let place = unsafe { libc::__errno_location() };
        // SAFETY: as above.
        unsafe { *place = self.0 };
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn errno_is_the_programs_again_after_the_guard() {
        let number = || io::Error::last_os_error().raw_os_error();
        assert!(File::open("/no/such/file").is_err());
        assert_eq!(number(), Some(libc::ENOENT));
        {
            let _guard = ErrnoGuard::new();
            assert!(File::create("/").is_err());
            assert_eq!(number(), Some(libc::EISDIR));
        }
        assert_eq!(number(), Some(libc::ENOENT));
    }

    #[test]
    fn the_stack_of_this_thread_holds_its_variables_and_nothing_else_is_read() {
        let words = [11_u64, 22];
        let address = (&raw const words).expose_provenance() as u64;
        let stack = StackBounds::of_current_thread().unwrap().0;
        assert!(stack.contains(&address));
        let memory = StackMemory {
            in_use: address..stack.end,
            moment: PhantomData,
        };
        assert_eq!(
            (memory.read(address), memory.read(address + 8)),
            (Ok(11), Ok(22))
        );
        for outside in [
            0,
            address - 8,
            address + 1,
            stack.end,
            stack.end - 4,
            u64::MAX,
            u64::MAX - 7,
        ] {
            assert_eq!(memory.read(outside), Err(()), "{outside:x}");
        }
    }
}
