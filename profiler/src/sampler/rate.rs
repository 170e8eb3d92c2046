//! The rate of a session, which its budget may lower while it runs.
//!
//! It is only ever halved, and never raised again. Every sample then weighs the same:
//! those taken at a higher rate are thinned to the lower one, each kept with a chance of
//! one half for every halving since (see `tally`). What is left is what the lower rate
//! would have taken from the start, so shares and their intervals need no correction.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How often the rate may be halved: from the highest there is to less than one a second.
pub(super) const MAX_HALVINGS: u32 = 13;

/// The rate of all threads.
pub(super) struct Rate {
    asked_hz: f64,
    n_halvings: AtomicU32,
}

impl Rate {
    pub(super) fn new(asked_hz: f64) -> Self {
        Self {
            asked_hz,
            n_halvings: AtomicU32::new(0),
        }
    }

    /// Returns how often it has been halved.
    pub(super) fn n_halvings(&self) -> u32 {
        self.n_halvings.load(Ordering::Relaxed)
    }

    /// Halves it so often, of which threads hear when they are next interrupted.
    pub(super) fn halve(&self, n_times: u32) {
        self.n_halvings.fetch_add(n_times, Ordering::Relaxed);
    }

    /// Returns the rate to which it was lowered, `None` if it was not.
    pub(super) fn lowered_to_hz(&self) -> Option<f64> {
        let n = self.n_halvings();
        (n > 0).then(|| self.asked_hz / halvings(n))
    }

    /// Returns the mean interval after so many halvings.
    pub(super) fn mean_interval(&self, n_halvings: u32) -> Duration {
        Duration::from_secs_f64(halvings(n_halvings) / self.asked_hz)
    }
}

fn halvings(n: u32) -> f64 {
    f64::from(1_u32 << n.min(MAX_HALVINGS))
}
