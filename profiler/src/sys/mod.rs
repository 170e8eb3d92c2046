//! The only unsafe code of the crate: signals, perf events, timers, and reading
//! the interrupted stack.
//!
//! What leaves this module is safe to use and upholds these invariants:
//!
//! 1. *One thread, one slot.* The handler finds its [`ThreadSlot`] through a
//!    thread-local pointer. Only the thread itself sets and clears it, and it
//!    owns the slot in between, so the pointer is never dangling.
//! 2. *The observer belongs to the handler.* It is reached only from the handler
//!    on its own thread, and the handler's signal is blocked while it runs, so
//!    there is never a second reference.
//! 3. *Nobody closes what a handler uses.* [`ThreadSlot::halt`] raises `halted`
//!    and waits until the handler is out before it releases the alarm.
//! 4. *The handler leaves no trace.* It saves and restores `errno`, and neither
//!    allocates, locks, logs nor waits. Observers promise the same.
//! 5. *Reads cannot fault.* [`StackMemory`] reads only aligned words between the
//!    interrupted stack pointer and the end of the thread's stack. That range is
//!    in use, hence mapped.
//! 6. *The signal goes back as it was found.* By then no alarm can raise it, and
//!    ignoring it for a moment discards what is still queued.

#![expect(
    unsafe_code,
    reason = "signals, perf events and stack reads have no safe interface"
)]

mod perf_event;
mod perf_ring;
mod process;
mod remote_memory;
mod signal;
mod thread;
mod timer;

use std::io;
use std::time::Duration;

pub(crate) use self::perf_event::PerfEvent;
pub(crate) use self::perf_ring::{EventPlan, EventTrigger, RecordBytes, Ring, RingEvent};
pub(crate) use self::process::process_cpu_time;
pub(crate) use self::remote_memory::read_remote;
pub(crate) use self::signal::Signal;
pub(crate) use self::thread::{Attached, Interrupted, Observer, StackBounds, ThreadSlot};
pub(crate) use self::timer::Timer;

/// The shortest time that an alarm is set to.
///
/// With 10 µs, perf interrupts under load have been seen to leave the program no
/// time to run at all; with 100 µs never.
pub(crate) const SHORTEST_ALARM: Duration = Duration::from_micros(100);

/// Interrupts one thread again and again.
pub(crate) trait Alarm: Send {
    /// Sets the alarm to go off after `delay`, and each time again after as long.
    ///
    /// Called from the signal handler; failure shows as missing samples.
    fn set(&self, delay: Duration);
}

/// The CPU-time clock of a thread of this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThreadClock(libc::clockid_t);

impl ThreadClock {
    /// Returns the clock of the calling thread, readable from every thread.
    pub(crate) fn of_current_thread() -> Self {
        // The kernel's encoding of a per-thread scheduler clock: the inverted
        // thread id, shifted, with CPUCLOCK_PERTHREAD_MASK (4) and CPUCLOCK_SCHED (2);
        // see include/linux/posix-timers_types.h.
        Self((!current_tid() << 3) | 4 | 2)
    }

    /// Returns the nanoseconds of CPU time so far, or `None` once the thread has ended.
    pub(crate) fn now(self) -> Option<u64> {
        read_clock(self.0)
    }
}

/// Returns the calling thread's CPU time in nanoseconds; safe in a signal handler.
pub(crate) fn own_cpu_time() -> u64 {
    read_clock(libc::CLOCK_THREAD_CPUTIME_ID).unwrap_or(0)
}

/// Keeps every signal away from the calling thread, which belongs to the sampler
/// and not to the program.
pub(crate) fn block_all_signals() {
    let all = signal::SignalSet::full();
    // A helper thread that could not block them still works.
    let _ = all.block();
}

fn read_clock(clock: libc::clockid_t) -> Option<u64> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid place for the answer.
    let result = unsafe { libc::clock_gettime(clock, &raw mut time) };
    if result != 0 {
        return None;
    }
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).ok()?)
}

fn current_tid() -> libc::pid_t {
    // SAFETY: gettid takes nothing and cannot fail.
    unsafe { libc::gettid() }
}

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}
