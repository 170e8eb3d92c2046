//! Durations as the kernel and files have them.

use std::time::Duration;

/// Returns the nanoseconds of a duration; 584 years at most.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
