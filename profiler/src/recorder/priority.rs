//! Precedence for the recorder's thread.
//!
//! On a busy machine it would wait for its turn while the rings overflow, and what is
//! lost then is what runs when the machine is busy.

use rustix::process::{getpriority_process, setpriority_process};

/// Puts the calling thread before others, where that is permitted, until it is dropped.
pub(super) struct Priority(Option<i32>);

const NICE: i32 = -19;

impl Priority {
    pub(super) fn raise() -> Self {
        let before = getpriority_process(None).ok();
        // Needs root or CAP_SYS_NICE; without it, more may be lost, which is counted.
        Self(before.filter(|_| setpriority_process(None, NICE).is_ok()))
    }
}

impl Drop for Priority {
    fn drop(&mut self) {
        if let Some(before) = self.0 {
            // To go back down is always permitted.
            let _ = setpriority_process(None, before);
        }
    }
}
