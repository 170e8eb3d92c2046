//! What the system tells of a thread.

use std::fs;

use crate::sys::{self, Tid};

/// What the system says of a thread.
pub(super) struct Status {
    pub(super) name: String,
    blocked: u64,
}

impl Status {
    pub(super) fn of(tid: Tid) -> Option<Self> {
        let status = fs::read(format!("/proc/self/task/{tid}/status")).ok()?;
        let status = String::from_utf8_lossy(&status);
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim().to_owned())
        };
        let name = if tid == sys::current_pid() {
            "main".to_owned()
        } else {
            field("Name:")?
        };
        let blocked = u64::from_str_radix(&field("SigBlk:")?, 16).ok()?;
        Some(Self { name, blocked })
    }

    /// Tells whether it keeps a signal away.
    pub(super) fn blocks(&self, signal: i32) -> bool {
        self.blocked >> (signal - 1) & 1 == 1
    }
}
