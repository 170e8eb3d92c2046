//! A thread that is being sampled, as the collector sees it.

use std::sync::Arc;

use super::means::Means;
use super::tally::Tally;
use super::thread_sampler::Shared;
use crate::sys::{Attached, ThreadClock};

/// A thread that is being sampled.
pub(super) struct SampledThread {
    pub(super) attached: Attached,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: ThreadClock,
    pub(super) cpu_at_start: u64,
    pub(super) cpu_last: u64,
    /// How often in a row the thread was found to have hardly run; with a timer only.
    pub(super) n_idle: u32,
    pub(super) is_parked: bool,
    pub(super) tally: Tally,
}

/// A thread that uses less than this from one look to the next hardly runs; what its
/// signals take at the usual rates is less.
const IDLE_NANOS: u64 = 1_500_000;

/// How often that must be so before its timer is stopped: for half a second.
const N_IDLE: u32 = 10;

impl SampledThread {
    /// Notes the thread's CPU time. A timer goes off while its thread sleeps, too, so it
    /// is stopped when the thread has hardly run for a while, until it runs again.
    pub(super) fn look_at(&mut self, now: u64, means: Means) {
        let used = now.saturating_sub(self.cpu_last);
        self.cpu_last = now;
        if !matches!(means, Means::TimerSignal(_)) {
            return;
        }
        if self.is_parked {
            if used > 0 {
                self.is_parked = false;
                self.attached.with_alarm(|alarm| alarm.start());
            }
        } else if used > IDLE_NANOS {
            self.n_idle = 0;
        } else {
            self.n_idle += 1;
            if self.n_idle == N_IDLE {
                self.n_idle = 0;
                self.is_parked = true;
                self.attached.with_alarm(|alarm| alarm.stop());
            }
        }
    }
}
