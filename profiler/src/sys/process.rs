//! The clock of another process, and its end.

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::{check, read_clock};

/// Returns the CPU time of all threads of a process so far, ended ones included, in
/// nanoseconds; `None` once its parent has taken leave of it.
pub(crate) fn process_cpu_time(pid: u32) -> Option<u64> {
    // The kernel's encoding of a process's scheduler clock: the inverted process id,
    // shifted, with CPUCLOCK_SCHED (2); see include/linux/posix-timers_types.h.
    read_clock((!pid.cast_signed() << 3) | 2)
}

/// Waits for the end of a child, and returns its status with the nanoseconds of CPU time
/// that it and those of its descendants took that it has waited for in turn.
pub(crate) fn reap(pid: u32) -> io::Result<(ExitStatus, u64)> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both places are valid for the answer.
    let reaped =
        check(unsafe { libc::wait4(pid.cast_signed(), &raw mut status, 0, usage.as_mut_ptr()) });
    reaped?;
    // SAFETY: all-zero bytes are a valid `rusage`, and the kernel wrote another over them.
    let usage = unsafe { usage.assume_init() };
    let nanos = [usage.ru_utime, usage.ru_stime]
        .map(|time| u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_usec * 1000).unwrap_or(0));
    Ok((ExitStatus::from_raw(status), nanos.iter().sum()))
}
