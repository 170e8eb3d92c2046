//! What interrupts the threads of a session.

use std::io;
use std::time::Duration;

use super::schedule::AlarmClock;
use crate::sys::{self, Alarm, Delivery, PerfEvent, Reserved, Tid, Timer};

/// What interrupts the threads of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// A perf event and SIGTRAP.
    Trap,
    /// A perf event and this real-time signal.
    EventSignal(i32),
    /// A timer and this real-time signal.
    TimerSignal(i32),
}

impl Means {
    /// The number of the signal.
    pub(super) fn signal(self) -> i32 {
        match self {
            Self::Trap => sys::Trap::NUMBER,
            Self::EventSignal(signal) | Self::TimerSignal(signal) => signal,
        }
    }

    /// Makes the alarm of a thread, which is to go off first after `first`.
    pub(super) fn alarm(
        self,
        tid: Tid,
        slot: &Reserved,
        first: Duration,
    ) -> io::Result<Box<dyn Alarm>> {
        Ok(match self {
            Self::Trap => {
                let delivery = Delivery::Trap(slot.cookie());
                Box::new(PerfEvent::open(tid, delivery, first)?)
            }
            Self::EventSignal(signal) => {
                Box::new(PerfEvent::open(tid, Delivery::Signal(signal), first)?)
            }
            Self::TimerSignal(signal) => Box::new(Timer::create(tid, signal, first)?),
        })
    }

    /// What the alarm counts.
    pub(super) fn clock(self) -> AlarmClock {
        match self {
            Self::Trap | Self::EventSignal(_) => AlarmClock::Cpu,
            Self::TimerSignal(_) => AlarmClock::Real,
        }
    }
}
