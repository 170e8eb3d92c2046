//! What interrupts the threads of a session.

use super::schedule::AlarmClock;
use crate::sys;

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

    /// What the alarm counts.
    pub(super) fn clock(self) -> AlarmClock {
        match self {
            Self::Trap | Self::EventSignal(_) => AlarmClock::Cpu,
            Self::TimerSignal(_) => AlarmClock::Real,
        }
    }
}
