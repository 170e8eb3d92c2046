//! The signal handler: finds its thread's slot and lets the observer look.

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::{Duration, Instant};

use super::signal::SignalSet;
use super::slots::{self, Body};
use super::stack::StackMemory;
use super::{current_tid, trap};

/// What the handler does with an interruption. The implementation must neither
/// allocate, lock, log, wait nor panic.
pub(crate) trait Observer: Send {
    /// Looks at the interrupted thread and says what to do with its alarm.
    fn observe(&mut self, moment: &mut Interrupted<'_>) -> Rearm;

    /// Is told that the handler is about to return, to account for its cost.
    fn leave(&mut self);

    /// Gives back what can be used again for another thread.
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any>;
}

/// What to do with the alarm after an interruption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rearm {
    /// Leave it as it is.
    Leave,
    /// Set it to this time from now, repeating.
    In(Duration),
    /// Stop it.
    Stop,
}

/// The state of a thread at the moment of interruption.
pub(crate) struct Interrupted<'a> {
    /// The address of the next instruction.
    pub(crate) instruction: u64,
    /// The stack pointer.
    pub(crate) stack_pointer: u64,
    /// The frame pointer register, which may hold anything.
    pub(crate) frame_pointer: u64,
    /// The thread's memory.
    pub(crate) stack: StackMemory<'a>,
    _moment: PhantomData<&'a ()>,
}

/// Runs on the interrupted thread, with all signals blocked.
pub(super) extern "C" fn on_signal(
    signal: libc::c_int,
    info: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    let _errno = ErrnoGuard::new();
    let found = if signal == libc::SIGTRAP {
        let cookie = trap::cookie(info).and_then(slots::decode);
        if cookie.is_none() {
            trap::hand_on(signal, info, context);
            return;
        }
        cookie
    } else {
        let tid = current_tid();
        slots::find(tid).map(|index| (index, tid))
    };
    if let Some((index, tid)) = found {
        slots::enter(index, tid, |body| {
            Visit {
                body,
                context,
                sets_alarm: true,
            }
            .run();
        });
    }
}

/// Runs the handler on the calling thread as if it were interrupted here, but leaves the
/// alarm alone; returns how long that took, `None` if the thread is not sampled.
///
/// For a benchmark, which would otherwise measure the kernel.
pub(crate) fn time_own_handler() -> Option<Duration> {
    let tid = current_tid();
    let index = slots::find(tid)?;
    let mut context = MaybeUninit::<libc::ucontext_t>::uninit();
    // SAFETY: it fills the context, or fails and leaves it alone.
    if unsafe { libc::getcontext(context.as_mut_ptr()) } != 0 {
        return None;
    }
    // Our handler is kept out by the mask, so the body has no second reference.
    let mask = SignalSet::full().block().ok()?;
    let since = Instant::now();
    slots::enter(index, tid, |body| {
        Visit {
            body,
            context: context.as_mut_ptr().cast(),
            sets_alarm: false,
        }
        .run();
    });
    let time = since.elapsed();
    // It worked the other way round.
    let _ = mask.set();
    Some(time)
}

struct Visit<'a> {
    body: &'a mut Body,
    context: *mut libc::c_void,
    sets_alarm: bool,
}

impl Visit<'_> {
    /// Runs on the stack that the body has for it.
    fn run(mut self) {
        // SAFETY: the handler's stack is the slot's own, and nobody else is on it,
        // since the handler does not nest; the visit lives until the call returns.
        unsafe { call_on(self.body.memory.stack.top(), &raw mut self) };
    }
}

/// Calls [`visit`] on another stack.
///
/// # Safety
/// `top` must be the aligned upper end of a stack that nobody uses.
unsafe fn call_on(top: *mut u8, argument: *mut Visit<'_>) {
    // SAFETY: the stack pointer is put back from a register that calls preserve, and
    // all that a call may change is declared.
    unsafe {
        std::arch::asm!(
            "mov r12, rsp",
            "mov rsp, {top}",
            "call {visit}",
            "mov rsp, r12",
            top = in(reg) top,
            visit = sym visit,
            in("rdi") argument,
            out("r12") _,
            clobber_abi("C"),
        );
    }
}

extern "C" fn visit(visit: *mut Visit<'_>) {
    // SAFETY: the caller passes a reference that lives through the call.
    let Visit {
        body,
        context,
        sets_alarm,
    } = unsafe { &mut *visit };
    // SAFETY: the kernel passes a context to a handler with SA_SIGINFO.
    let context = unsafe { &*context.cast::<libc::ucontext_t>() };
    let machine = &context.uc_mcontext;
    let register = |at: libc::c_int| machine.gregs[at.cast_unsigned() as usize].cast_unsigned();
    let stack_pointer = register(libc::REG_RSP);
    let blocks = &mut body.memory.blocks;
    let mut moment = Interrupted {
        instruction: register(libc::REG_RIP),
        stack_pointer,
        frame_pointer: register(libc::REG_RBP),
        stack: StackMemory::new(stack_pointer, body.stack.as_ref(), blocks),
        _moment: PhantomData,
    };
    match body.observer.observe(&mut moment) {
        _ if !*sets_alarm => {}
        Rearm::Leave => {}
        Rearm::In(delay) => body.alarm.set(delay),
        Rearm::Stop => body.alarm.stop(),
    }
    body.observer.leave();
}

/// Puts `errno` back as the program had it.
pub(super) struct ErrnoGuard(libc::c_int);

impl ErrnoGuard {
    pub(super) fn new() -> Self {
        // SAFETY: always points to this thread's errno.
        let place = unsafe { libc::__errno_location() };
        // SAFETY: as above.
        Self(unsafe { ptr::read(place) })
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
    use std::io;

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
}
