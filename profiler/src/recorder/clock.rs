//! The clock that the kernel stamps its records with.

use rustix::time::{ClockId, clock_gettime};

/// Returns nanoseconds of the monotonic clock.
pub(super) fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec)
        .expect("the monotonic clock is not negative")
}
