//! What runs in the signal handler of one thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::Thread;

use super::code_map::CodeMap;
use super::python::{Met, Python};
use super::rate::Rate;
use super::ring::{Header, Kind, Record, Ring};
use super::schedule::Schedule;
use crate::sys::{self, Interrupted, Observer, Rearm};
use crate::unwind::{Cache, Registers, Walk};

/// How much of a stack is copied where it cannot be walked at once, in words.
const COPIED_WORDS: u64 = 2048;

/// A handler that took longer by the wall clock may have been off the processor.
const QUICK_NANOS: u64 = 100_000;

/// What the handler writes and others read.
pub(super) struct Shared {
    pub(super) ring: Arc<Ring>,
    /// The nanoseconds of CPU time that lost and late samples stand for: what one
    /// stands for changes with the rate.
    pub(super) lost_nanos: AtomicU64,
    pub(super) late_nanos: AtomicU64,
    pub(super) overhead: AtomicU64,
    pub(super) n_interruptions: AtomicU64,
    pub(super) due: AtomicU64,
    /// The mean interval between samples.
    pub(super) mean_nanos: AtomicU64,
    /// The CPU time at which the alarm goes off next, or later.
    pub(super) alarm_at: AtomicU64,
    /// Asks the handler to stop its alarm, and is answered.
    pub(super) closing: AtomicBool,
    pub(super) closed: AtomicBool,
}

/// Looks at one thread when it is interrupted.
pub(super) struct ThreadSampler {
    pub(super) code: Arc<CodeMap>,
    /// With the code that was met last.
    pub(super) python: Option<(Arc<Python>, Met)>,
    pub(super) cache: Cache,
    pub(super) schedule: Schedule,
    pub(super) rate: Arc<Rate>,
    /// Those that the schedule follows already.
    pub(super) n_halvings: u32,
    pub(super) max_depth: usize,
    pub(super) shared: Arc<Shared>,
    pub(super) collector: Thread,
    /// On entering the handler: the thread's CPU time and the monotonic clock, which is
    /// much quicker to read.
    pub(super) entered_cpu: u64,
    pub(super) entered: u64,
}

impl Observer for ThreadSampler {
    fn observe(&mut self, moment: &mut Interrupted<'_>) -> Rearm {
        self.entered_cpu = sys::own_cpu_time();
        self.entered = sys::monotonic_time();
        let arrivals = self.schedule.arrivals(self.entered_cpu);
        if arrivals.n > 0 {
            self.record(moment, arrivals.n);
            let mean = self.schedule.mean_nanos();
            let shared = &self.shared;
            shared
                .late_nanos
                .fetch_add(arrivals.late * mean, Ordering::Relaxed);
            shared
                .lost_nanos
                .fetch_add(arrivals.skipped * mean, Ordering::Relaxed);
        }
        if self.shared.closing.load(Ordering::SeqCst) {
            self.shared.closed.store(true, Ordering::SeqCst);
            return Rearm::Stop;
        }
        self.follow_rate();
        let now = self.entered_cpu + self.spent();
        match self.schedule.next_alarm(now) {
            Some(delay) => Rearm::In(delay),
            None => Rearm::Leave,
        }
    }

    fn leave(&mut self) {
        let spent = self.spent();
        self.schedule.exclude(spent);
        let shared = &self.shared;
        shared.overhead.fetch_add(spent, Ordering::Relaxed);
        shared.n_interruptions.fetch_add(1, Ordering::Relaxed);
        shared.due.store(self.schedule.due(), Ordering::Relaxed);
        let alarm_at = self.schedule.alarm_at(self.entered_cpu);
        shared.alarm_at.store(alarm_at, Ordering::SeqCst);
    }

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any> {
        self
    }
}

impl ThreadSampler {
    /// Returns the CPU time since the handler was entered.
    fn spent(&self) -> u64 {
        let spent = sys::monotonic_time().saturating_sub(self.entered);
        if spent <= QUICK_NANOS {
            return spent;
        }
        sys::own_cpu_time().saturating_sub(self.entered_cpu)
    }

    /// Lays out the arrivals anew if the rate was lowered.
    fn follow_rate(&mut self) {
        let n_halvings = self.rate.n_halvings();
        if n_halvings == self.n_halvings {
            return;
        }
        self.n_halvings = n_halvings;
        let mean = self.rate.mean_interval(n_halvings);
        self.schedule.restart(mean, self.entered_cpu);
        let mean = self.schedule.mean_nanos();
        self.shared.mean_nanos.store(mean, Ordering::Relaxed);
    }

    fn record(&mut self, moment: &mut Interrupted<'_>, weight: u64) {
        let mut record = self.shared.ring.begin();
        let mut is_new = false;
        if let Some((python, met)) = &mut self.python {
            is_new = python.record(moment, &mut record, met);
        }
        let n_python_words = record.len();
        let code = self.code.at(moment);
        let registers = Registers {
            instruction: moment.instruction,
            stack_pointer: moment.stack_pointer,
            frame_pointer: moment.frame_pointer,
        };
        let (mut is_known, mut last) = (true, 0);
        let walk = code.unwinder.walk(
            &mut self.cache,
            registers,
            self.max_depth,
            |address| moment.stack.read(address),
            |address| {
                is_known &= code.is_code(address, &mut last);
                record.push(address);
            },
        );
        let kind = if is_known || walk == Walk::Truncated {
            Kind::Walked(walk)
        } else {
            // Code that has come since the last look: its tables may be needed.
            record.truncate(n_python_words);
            copy(moment, &mut record);
            Kind::Copied
        };
        let header = Header {
            kind,
            weight,
            n_halvings: self.n_halvings,
        };
        if !record.commit(header) {
            let nanos = weight * self.schedule.mean_nanos();
            self.shared.lost_nanos.fetch_add(nanos, Ordering::Relaxed);
        }
        if kind == Kind::Copied || is_new || self.shared.ring.is_filling() {
            // New code may be gone soon, and its tables with it. This is a flag and a system
            // call, which a handler may do.
            self.collector.unpark();
        }
    }
}

fn copy(moment: &mut Interrupted<'_>, record: &mut Record<'_>) {
    record.push(moment.instruction);
    record.push(moment.stack_pointer);
    record.push(moment.frame_pointer);
    for word in 0..COPIED_WORDS {
        match moment
            .stack
            .read(moment.stack_pointer.wrapping_add(8 * word))
        {
            Ok(word) => record.push(word),
            Err(()) => break,
        }
    }
}
