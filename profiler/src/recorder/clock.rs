//! The clock that the kernel stamps its records with.

use rustix::time::{ClockId, clock_gettime};

/// Returns nanoseconds of the monotonic clock.
pub(super) fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec)
        .expect("the monotonic clock is not negative")
}

/// Rounds nanoseconds, or another number that is not negative, down.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, as it should"
)]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}
