//! A timer, as an alarm for where perf events are forbidden.
//!
//! It runs on the monotonic clock, because CPU-time timers tick at 250 Hz only. It
//! goes off too early when the thread slept, which is for the observer to notice.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use super::{Alarm, Tid, check};

/// A timer that signals one thread.
pub(crate) struct Timer {
    id: libc::timer_t,
    first: Duration,
}

// SAFETY: a timer id is a number that every thread of the process may use.
unsafe impl Send for Timer {}
// SAFETY: as above; the kernel orders the calls.
unsafe impl Sync for Timer {}

impl Timer {
    /// Makes a timer that is not running yet and sends `signal` to a thread of this
    /// process, the first time after `first`.
    pub(crate) fn create(tid: Tid, signal: libc::c_int, first: Duration) -> io::Result<Self> {
        // SAFETY: all-zero bytes are a valid `sigevent`.
        let mut event: libc::sigevent = unsafe { MaybeUninit::zeroed().assume_init() };
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_signo = signal;
        event.sigev_notify_thread_id = tid;
        let mut timer = MaybeUninit::uninit();
        // SAFETY: the event is initialised, and `timer` a valid place.
        check(unsafe {
            libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, timer.as_mut_ptr())
        })?;
        // SAFETY: a successful call has written the id.
        let id = unsafe { timer.assume_init() };
        Ok(Self { id, first })
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
        let _ = unsafe { libc::timer_settime(self.id, 0, &raw const repeating, ptr::null_mut()) };
    }

    fn start(&self) -> bool {
        self.set(self.first);
        true
    }

    fn stop(&self) {
        // No time at all disarms it.
        self.set(Duration::ZERO);
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: the timer exists, and nobody uses it any more.
        let _ = unsafe { libc::timer_delete(self.id) };
    }
}
