//! The only unsafe code of the crate: signals, perf events, timers, and reading
//! the interrupted stack.
//!
//! What leaves this module is safe to use and upholds these invariants:
//!
//! 1. *One thread, one slot.* The handler finds its slot in a table that lives as long
//!    as the program, by its thread's number. Thread-local storage would not do: in a
//!    library that is loaded late, reaching it may allocate.
//! 2. *The slot's body belongs to the handler* while the slot is published. It is
//!    reached only from the handler on that thread, and all signals are blocked while
//!    it runs, so there is never a second reference.
//! 3. *Nobody frees what a handler uses.* A slot is withdrawn first; then
//!    [`Attached::detach`] waits until the handler, which says that it is inside before
//!    it looks at the slot again, is out.
//! 4. *The handler leaves no trace.* It saves and restores `errno`, runs on a stack of
//!    its own, and neither allocates, locks, logs nor waits. Observers promise the same.
//! 5. *Reads cannot fault.* [`StackMemory`](stack::StackMemory) reads by itself only between the
//!    interrupted stack pointer and the end of the stack that the thread was born with,
//!    [`StaticMemory`] only within a variable of a library that cannot be unloaded any more;
//!    anything else is read by the kernel, which answers where there is nothing.
//! 6. *The signal goes back as it was found*, once nothing can raise it any more. A
//!    signal of ours that may still be on its way keeps the handler in place, which
//!    hands on everything that is not ours.

#![expect(
    unsafe_code,
    reason = "signals, perf events and stack reads have no safe interface"
)]

mod birth;
mod exec;
mod handler;
mod hook;
mod perf_event;
mod perf_ring;
mod process;
mod ptrace;
mod published;
mod remote_memory;
mod signal;
mod slots;
mod stack;
mod static_memory;
mod timer;
mod tracing;
mod trap;

use std::io;
use std::time::Duration;

pub(crate) use self::birth::{Births, Hooked};
pub(crate) use self::handler::{Interrupted, Observer, Rearm, time_own_handler};
pub(crate) use self::hook::loader_changes;
pub(crate) use self::perf_event::{Delivery, PerfEvent};
pub(crate) use self::perf_ring::{EventPlan, EventTrigger, RecordBytes, Ring, RingEvent};
pub(crate) use self::process::{process_cpu_time, reap};
pub(crate) use self::ptrace::Tracer;
pub(crate) use self::published::Published;
pub(crate) use self::remote_memory::{read_remote, read_remote_pages};
pub(crate) use self::signal::{Signal, Unblocked};
pub(crate) use self::slots::{Attached, Body, Reserved, pause_own};
pub(crate) use self::stack::{HandlerMemory, StackBounds, StackMemory};
pub(crate) use self::static_memory::StaticMemory;
pub(crate) use self::timer::Timer;
pub(crate) use self::tracing::{SAMPLE_SIGNAL, TraceStop, Traced, Waker};
pub(crate) use self::trap::Trap;

/// The number of a thread, as the kernel counts them.
pub(crate) type Tid = libc::pid_t;

/// The shortest time that an alarm is set to.
///
/// With 10 µs, perf interrupts under load have been seen to leave the program no
/// time to run at all; with 100 µs never.
pub(crate) const SHORTEST_ALARM: Duration = Duration::from_micros(100);

/// Interrupts one thread again and again.
pub(crate) trait Alarm: Send + Sync {
    /// Sets the alarm to go off after `delay`, and each time again after as long.
    ///
    /// Called from the signal handler; failure shows as missing samples.
    fn set(&self, delay: Duration);

    /// Starts the alarm, the first time; returns false if the thread has ended.
    fn start(&self) -> bool;

    /// Stops the alarm. Afterwards it raises nothing more, but a signal may be on its way.
    fn stop(&self);
}

/// The CPU-time clock of a thread of this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThreadClock(libc::clockid_t);

impl ThreadClock {
    /// Returns the clock of a thread, readable from every thread of its process.
    pub(crate) fn of(tid: Tid) -> Self {
        // The kernel's encoding of a per-thread scheduler clock: the inverted
        // thread id, shifted, with CPUCLOCK_PERTHREAD_MASK (4) and CPUCLOCK_SCHED (2);
        // see include/linux/posix-timers_types.h.
        Self((!tid << 3) | 4 | 2)
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

/// Returns the nanoseconds of a clock that only goes forward, without a system call
/// where the kernel offers that; safe in a signal handler.
pub(crate) fn monotonic_time() -> u64 {
    read_clock(libc::CLOCK_MONOTONIC).unwrap_or(0)
}

/// Keeps every signal away from the calling thread, which belongs to the sampler
/// and not to the program.
pub(crate) fn block_all_signals() {
    let all = signal::SignalSet::full();
    // A helper thread that could not block them still works.
    let _ = all.block();
}

/// Returns what `pthread_self` does, which is where the C library keeps the calling
/// thread; safe in a signal handler.
pub(crate) fn thread_pointer() -> u64 {
    // SAFETY: pthread_self takes nothing and cannot fail.
    unsafe { libc::pthread_self() }
}

/// Returns the number of the calling thread.
pub(crate) fn current_tid() -> Tid {
    // SAFETY: gettid takes nothing and cannot fail.
    unsafe { libc::gettid() }
}

/// Returns the number of this process, which is that of its first thread.
pub(crate) fn current_pid() -> Tid {
    // SAFETY: getpid takes nothing and cannot fail.
    unsafe { libc::getpid() }
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

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}
