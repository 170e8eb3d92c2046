//! SIGTRAP, by which the kernel tells of a perf event without waking or interrupting
//! anything.
//!
//! Such an event (`attr.sigtrap`, Linux 5.13) raises the signal as the thread returns
//! from the kernel, so no system call is ever cut short: with a real-time signal,
//! one in ten polls and sleeps of a busy program returned EINTR, with SIGTRAP none
//! of them. Breakpoints raise the same signal, so what is not ours goes on to the
//! handler that was there before.
//!
//! A thread that is asleep in the kernel keeps such a signal for when it returns,
//! however long after the event is closed. If one may be on its way, the handler stays
//! when the session ends, for the default would end the program.

use std::ptr;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::{io, mem};

use super::signal::{Handler, SignalSet, action, disposition, set_disposition};
use super::{current_pid, current_tid};

/// Not in every version of the C library's headers; see sigaction(2).
const TRAP_PERF: libc::c_int = 6;

/// What SIGTRAP did before. Replaced ones are kept, as a handler may be reading them;
/// a program changes them a few times at most.
static FOUND: AtomicPtr<libc::sigaction> = AtomicPtr::new(ptr::null_mut());

/// Guards installing and putting back.
static CHANGING: Mutex<()> = Mutex::new(());

/// Our handler in the place of the one found, until this is released.
pub(crate) struct Trap(());

impl Trap {
    /// The signal's number.
    pub(crate) const NUMBER: i32 = libc::SIGTRAP;

    /// Installs the handler.
    pub(crate) fn install() -> io::Result<Self> {
        Self(()).keep()?;
        Ok(Self(()))
    }

    /// Takes the signal back if the program has installed a handler of its own, which
    /// then gets what is not ours.
    #[expect(clippy::unused_self, reason = "only who has installed it may keep it")]
    pub(crate) fn keep(&self) -> io::Result<()> {
        let _one_at_a_time = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
        let found = disposition(libc::SIGTRAP)?;
        if found.sa_sigaction == ours() {
            return Ok(());
        }
        FOUND.store(Box::into_raw(Box::new(found)), Ordering::Release);
        // SA_RESTART costs nothing and is expected of a handler that nobody sees.
        // SA_ONSTACK, because a signal on a stack that is nearly full ends the program.
        let flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        let mut ours = action(ours(), flags);
        ours.sa_mask = SignalSet::full().0;
        set_disposition(libc::SIGTRAP, &ours)
    }

    /// Puts the signal back as it was found. Only for when no event can raise it and
    /// none is on its way.
    #[expect(
        clippy::unused_self,
        reason = "only who has installed it may release it"
    )]
    pub(crate) fn release(self) {
        let _one_at_a_time = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: it was stored by `keep` and is never freed.
        let Some(found) = (unsafe { FOUND.load(Ordering::Acquire).as_ref() }) else {
            return;
        };
        // Unless the program has set another since.
        if disposition(libc::SIGTRAP).is_ok_and(|now| now.sa_sigaction == ours()) {
            // Ignoring a signal discards those that are queued. None of the two can fail.
            let _ = set_disposition(libc::SIGTRAP, &action(libc::SIG_IGN, 0));
            let _ = set_disposition(libc::SIGTRAP, found);
        }
    }
}

fn ours() -> libc::sighandler_t {
    let handler: Handler = super::handler::on_signal;
    handler as libc::sighandler_t
}

/// Returns the cookie of the event that raised the signal, `None` if no event did.
pub(super) fn cookie(info: *const libc::siginfo_t) -> Option<u64> {
    // SAFETY: the kernel passes the information to a handler with SA_SIGINFO.
    let code = unsafe { (*info).si_code };
    // SAFETY: si_perf_data follows si_addr in the kernel's layout; the structure is
    // larger than that for every code.
    let place = unsafe { info.byte_add(24) }.cast::<u64>();
    // SAFETY: as above.
    let data = unsafe { place.read() };
    (code == TRAP_PERF).then_some(data)
}

/// Does with a signal what would have been done without us.
pub(super) fn hand_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: it was stored by `keep`, which runs before the handler can, and is never freed.
    let Some(found) = (unsafe { FOUND.load(Ordering::Acquire).as_ref() }) else {
        return;
    };
    // SAFETY: as in `cookie`.
    let code = unsafe { (*info).si_code };
    match found.sa_sigaction {
        // A breakpoint cannot be ignored; what somebody sent can.
        libc::SIG_IGN if code <= 0 => {}
        libc::SIG_DFL | libc::SIG_IGN => {
            // It is blocked until the handler returns, and then ends the program where
            // it was. Neither call can fail: the signal is valid and sent to ourselves.
            let _ = set_disposition(signal, &action(libc::SIG_DFL, 0));
            // SAFETY: the information is the kernel's own.
            let _ = unsafe {
                libc::syscall(
                    libc::SYS_rt_tgsigqueueinfo,
                    current_pid(),
                    current_tid(),
                    signal,
                    info,
                )
            };
        }
        handler => {
            // It is to run with the mask that it asked for.
            // SAFETY: the kernel passes a context to a handler with SA_SIGINFO.
            let interrupted = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_sigmask };
            let mask = SignalSet(*interrupted).joined(&SignalSet(found.sa_mask));
            let before = mask.set();
            if found.sa_flags & libc::SA_SIGINFO == 0 {
                // SAFETY: a handler without SA_SIGINFO takes the number alone.
                let handler: extern "C" fn(libc::c_int) = unsafe { mem::transmute(handler) };
                handler(signal);
            } else {
                // SAFETY: a handler with SA_SIGINFO takes all three.
                let handler: Handler = unsafe { mem::transmute(handler) };
                handler(signal, info, context);
            }
            if let Ok(before) = before {
                // It worked with another mask, so it works.
                let _ = before.set();
            }
        }
    }
}
