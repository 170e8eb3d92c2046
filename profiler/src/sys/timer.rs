//! A timer, as an alarm for where perf events are forbidden.
//!
//! It runs on the monotonic clock, because CPU-time timers tick at 250 Hz only. It
//! goes off too early when the thread slept, which is for the observer to notice.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use super::{Alarm, check, current_tid};

/// A timer that signals the thread that made it.
pub(crate) struct Timer(libc::timer_t);

// SAFETY: a timer id is a number that every thread of the process may use.
unsafe impl Send for Timer {}

impl Timer {
    /// Makes a timer that is not running yet and sends `signal` to the calling thread.
    pub(crate) fn create(signal: libc::c_int) -> io::Result<Self> {
        // SAFETY: all-zero bytes are a valid `sigevent`.
        let mut event: libc::sigevent = unsafe { MaybeUninit::zeroed().assume_init() };
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_signo = signal;
        event.sigev_notify_thread_id = current_tid();
        let mut timer = MaybeUninit::uninit();
        // SAFETY: the event is initialised, and `timer` a valid place.
        check(unsafe {
            libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, timer.as_mut_ptr())
        })?;
        // SAFETY: a successful call has written the id.
        Ok(Self(unsafe { timer.assume_init() }))
    }
}

impl Alarm for Timer {
    fn set(&self, delay: Duration) {
        let delay = libc::timespec {
            tv_sec: delay.as_secs().try_into().unwrap_or(libc::time_t::MAX),
            tv_nsec: delay.subsec_nanos().into(),
        };
        let repeating = libc::itimerspec {
            it_interval: delay,
            it_value: delay,
        };
        // SAFETY: the timer exists until this is dropped. A failure shows as missing
        // samples, as the trait says.
        let _ = unsafe { libc::timer_settime(self.0, 0, &raw const repeating, ptr::null_mut()) };
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: the timer exists, and nobody uses it any more.
        let _ = unsafe { libc::timer_delete(self.0) };
    }
}
