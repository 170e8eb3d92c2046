//! A thread's CPU time as its handler knows it, mostly without asking.
//!
//! To ask is a system call, which costs more than walking a short stack. The monotonic
//! clock costs next to nothing, and a thread has run no longer than has gone by. So where
//! the alarm counts CPU time and goes off just when the thread, had it never left the
//! processor, would have used the time until its next arrival, it never did leave it for
//! long, and the arrival is due. Whenever more has gone by, the kernel is asked.

use crate::sys;

/// A handler that took longer by the wall clock may have been off the processor.
const QUICK_NANOS: u64 = 100_000;

/// The clocks of one thread, in nanoseconds.
pub(super) struct Clocks {
    /// On entering the handler: the thread's CPU time and the monotonic clock.
    pub(super) entered_cpu: u64,
    entered: u64,
    /// When the CPU time was last read, and what it was.
    read_at: u64,
    read_cpu: u64,
}

impl Clocks {
    /// Knows nothing yet, so that the first to enter asks.
    pub(super) fn new() -> Self {
        Self {
            entered_cpu: 0,
            entered: 0,
            read_at: 0,
            read_cpu: 0,
        }
    }

    /// Notes the time of entering the handler. `expected` gets the most that the thread
    /// can have used, and returns its CPU time if it can tell by that.
    pub(super) fn enter(&mut self, expected: impl FnOnce(u64) -> Option<u64>) {
        self.entered = sys::monotonic_time();
        let gone_by = self.entered.saturating_sub(self.read_at);
        self.entered_cpu = match expected(self.read_cpu.saturating_add(gone_by)) {
            Some(cpu) => cpu,
            None => self.ask(self.entered),
        };
    }

    /// Asks for the thread's CPU time.
    pub(super) fn cpu_now(&mut self) -> u64 {
        self.ask(sys::monotonic_time())
    }

    /// The moment is one before, so that the time gone by since is never too short.
    fn ask(&mut self, moment: u64) -> u64 {
        self.read_at = moment;
        self.read_cpu = sys::own_cpu_time();
        self.read_cpu
    }

    /// Returns the CPU time since the handler was entered.
    pub(super) fn spent(&self) -> u64 {
        let spent = sys::monotonic_time().saturating_sub(self.entered);
        if spent <= QUICK_NANOS {
            return spent;
        }
        sys::own_cpu_time().saturating_sub(self.entered_cpu)
    }
}
