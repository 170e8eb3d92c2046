//! The signal that interrupts threads: found, given a handler, and put back.
//!
//! A real-time signal is used because hardly any program does, while `SIGPROF`
//! belongs to other profilers. The one cost: when the queue for real-time
//! signals is full, the kernel sends `SIGIO` in place of a perf event's signal,
//! which by default ends the program, so `SIGIO` is ignored for the while if
//! nobody handles it.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use super::check;

/// The handler's type; the kernel calls it with the interrupted registers.
pub(super) type Handler = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);

/// A signal that runs our handler until this is dropped.
pub(crate) struct Signal {
    number: libc::c_int,
    found: libc::sigaction,
    ignored_sigio: Option<libc::sigaction>,
}

impl Signal {
    /// Takes the highest real-time signal that nobody handles, or `None` if all
    /// are taken.
    pub(crate) fn install() -> io::Result<Option<Self>> {
        for number in (libc::SIGRTMIN()..=libc::SIGRTMAX()).rev() {
            let found = disposition(number)?;
            if found.sa_sigaction != libc::SIG_DFL {
                continue;
            }
            let handler: Handler = super::handler::on_signal;
            // SA_RESTART: system calls of the program go on after a sample, but for those
            // that never do, such as poll.
            // SA_ONSTACK: a signal on a stack that is nearly full ends the program.
            let flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
            let mut ours = action(handler as libc::sighandler_t, flags);
            ours.sa_mask = SignalSet::full().0;
            set_disposition(number, &ours)?;
            let ignored_sigio = disposition(libc::SIGIO)
                .ok()
                .filter(|sigio| sigio.sa_sigaction == libc::SIG_DFL)
                .filter(|_| set_disposition(libc::SIGIO, &action(libc::SIG_IGN, 0)).is_ok());
            return Ok(Some(Self {
                number,
                found,
                ignored_sigio,
            }));
        }
        Ok(None)
    }

    /// Returns the signal's number.
    pub(crate) fn number(&self) -> libc::c_int {
        self.number
    }
}

impl Drop for Signal {
    fn drop(&mut self) {
        // Ignoring a signal discards those that are queued; a queued one would
        // otherwise meet the default, which ends the program.
        // Neither call can fail for a valid signal number.
        let _ = set_disposition(self.number, &action(libc::SIG_IGN, 0));
        let _ = set_disposition(self.number, &self.found);
        if let Some(sigio) = &self.ignored_sigio {
            let _ = set_disposition(libc::SIGIO, sigio);
        }
    }
}

/// A signal that is let through on the calling thread, until this is dropped there.
pub(crate) struct Unblocked {
    signal: libc::c_int,
    was_blocked: bool,
}

impl Unblocked {
    pub(crate) fn new(signal: libc::c_int) -> io::Result<Self> {
        let was_blocked = SignalSet::of(signal).unblock()?.contains(signal);
        Ok(Self {
            signal,
            was_blocked,
        })
    }
}

impl Drop for Unblocked {
    fn drop(&mut self) {
        if self.was_blocked {
            // It worked the other way round, so it works.
            let _ = SignalSet::of(self.signal).block();
        }
    }
}

/// A set of signals, to block or to let through on the calling thread.
pub(super) struct SignalSet(pub(super) libc::sigset_t);

impl SignalSet {
    pub(super) fn full() -> Self {
        let mut set = MaybeUninit::uninit();
        // SAFETY: sigfillset writes the whole set.
        unsafe { libc::sigfillset(set.as_mut_ptr()) };
        // SAFETY: initialised just above.
        Self(unsafe { set.assume_init() })
    }

    pub(super) fn of(signal: libc::c_int) -> Self {
        let mut set = MaybeUninit::uninit();
        // SAFETY: sigemptyset writes the whole set.
        unsafe { libc::sigemptyset(set.as_mut_ptr()) };
        // SAFETY: initialised just above.
        let mut set = unsafe { set.assume_init() };
        // SAFETY: `set` is initialised; a bad number only makes the call fail.
        unsafe { libc::sigaddset(&raw mut set, signal) };
        Self(set)
    }

    /// Blocks the set and returns the mask as it was.
    pub(super) fn block(&self) -> io::Result<Self> {
        self.change(libc::SIG_BLOCK)
    }

    /// Lets the set through and returns the mask as it was.
    pub(super) fn unblock(&self) -> io::Result<Self> {
        self.change(libc::SIG_UNBLOCK)
    }

    /// Makes the set the calling thread's mask and returns the mask as it was.
    pub(super) fn set(&self) -> io::Result<Self> {
        self.change(libc::SIG_SETMASK)
    }

    /// Returns the signals that are in either set.
    pub(super) fn joined(mut self, other: &Self) -> Self {
        for signal in 1..=libc::SIGRTMAX() {
            if other.contains(signal) {
                // SAFETY: the set is initialised, and the number valid.
                unsafe { libc::sigaddset(&raw mut self.0, signal) };
            }
        }
        self
    }

    pub(super) fn contains(&self, signal: libc::c_int) -> bool {
        // SAFETY: the set is initialised.
        unsafe { libc::sigismember(&raw const self.0, signal) == 1 }
    }

    fn change(&self, how: libc::c_int) -> io::Result<Self> {
        let mut before = MaybeUninit::uninit();
        // SAFETY: both sets are valid places; only this thread's mask changes.
        let error = unsafe { libc::pthread_sigmask(how, &raw const self.0, before.as_mut_ptr()) };
        if error != 0 {
            return Err(io::Error::from_raw_os_error(error));
        }
        // SAFETY: a successful call has written the old mask.
        Ok(Self(unsafe { before.assume_init() }))
    }
}

pub(super) fn action(handler: libc::sighandler_t, flags: libc::c_int) -> libc::sigaction {
    // SAFETY: all-zero bytes are a valid `sigaction` with an empty mask.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    action
}

pub(super) fn disposition(signal: libc::c_int) -> io::Result<libc::sigaction> {
    let mut found = MaybeUninit::uninit();
    // SAFETY: a null action only asks; `found` is a valid place for the answer.
    check(unsafe { libc::sigaction(signal, ptr::null(), found.as_mut_ptr()) })?;
    // SAFETY: a successful call has written the answer.
    Ok(unsafe { found.assume_init() })
}

pub(super) fn set_disposition(signal: libc::c_int, action: &libc::sigaction) -> io::Result<()> {
    // SAFETY: the action is fully initialised, and its handler (ours, or one that
    // was installed before) is a function that lives as long as the program.
    check(unsafe { libc::sigaction(signal, action, ptr::null_mut()) })?;
    Ok(())
}
