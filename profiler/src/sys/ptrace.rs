//! Stopping one thread of another process for a moment.
//!
//! `PTRACE_SEIZE` is what leaves no trace: the thread gets no signal, and should the
//! recorder be killed, the kernel lets the thread go on.

use std::ffi::c_void;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::thread;
use std::time::{Duration, Instant};

use super::check;
use crate::unwind::Registers;

/// A thread that stands still until this is dropped, on the thread that made it.
pub(crate) struct StoppedThread {
    tid: libc::pid_t,
    /// The signal that was about to be delivered, or 0.
    signal: libc::c_int,
}

/// A thread deep in the kernel, waiting for a disk perhaps, stops only when it comes
/// out. It is given this long.
const PATIENCE: Duration = Duration::from_millis(50);

impl StoppedThread {
    /// Stops a thread.
    ///
    /// A thread that does not stop in time is let go at the latest when the calling
    /// thread ends, and cannot be stopped again until then.
    pub(crate) fn stop(tid: u32) -> io::Result<Self> {
        let tid = tid.cast_signed();
        request(libc::PTRACE_SEIZE, tid, ptr::null_mut())?;
        request(libc::PTRACE_INTERRUPT, tid, ptr::null_mut())?;
        let start = Instant::now();
        loop {
            if let Some(signal) = stop_of(tid)? {
                return Ok(Self { tid, signal });
            }
            if start.elapsed() > PATIENCE {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(Duration::from_micros(10));
        }
    }

    /// Returns the registers that unwinding needs.
    pub(crate) fn registers(&self) -> io::Result<Registers> {
        let mut registers = MaybeUninit::<libc::user_regs_struct>::zeroed();
        let mut place = libc::iovec {
            iov_base: registers.as_mut_ptr().cast::<c_void>(),
            iov_len: size_of::<libc::user_regs_struct>(),
        };
        // SAFETY: the kernel writes at most as many bytes as the place is long.
        check_long(unsafe {
            libc::ptrace(
                libc::PTRACE_GETREGSET,
                self.tid,
                libc::NT_PRSTATUS as *mut c_void,
                &raw mut place,
            )
        })?;
        // SAFETY: all-zero bytes are valid registers, and the kernel wrote others over them.
        let registers = unsafe { registers.assume_init() };
        Ok(Registers {
            instruction: registers.rip,
            stack_pointer: registers.rsp,
            frame_pointer: registers.rbp,
        })
    }
}

impl Drop for StoppedThread {
    fn drop(&mut self) {
        // Fails only if the thread has been killed meanwhile.
        let _ = request(
            libc::PTRACE_DETACH,
            self.tid,
            ptr::without_provenance_mut(usize::try_from(self.signal).unwrap_or(0)),
        );
    }
}

/// Returns the signal of a stop that has been reached: 0 if it is the one asked for.
fn stop_of(tid: libc::pid_t) -> io::Result<Option<libc::c_int>> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // Not WEXITED: the end of a child of ours is for its owner to wait for.
    let options = libc::WSTOPPED | libc::WNOHANG | libc::__WALL;
    // SAFETY: `info` is a valid place for the answer.
    check(unsafe { libc::waitid(libc::P_PID, tid.cast_unsigned(), info.as_mut_ptr(), options) })?;
    // SAFETY: all-zero bytes are a valid `siginfo_t`, and mean that nothing has happened.
    let info = unsafe { info.assume_init() };
    if info.si_signo == 0 {
        return Ok(None);
    }
    // SAFETY: the answer of `waitid` has the fields of SIGCHLD.
    let status = unsafe { info.si_status() };
    // The upper part is the event, and is 0 for a signal that is being delivered.
    let signal = if status >> 8 == 0 { status } else { 0 };
    Ok(Some(signal))
}

fn request(request: libc::c_uint, tid: libc::pid_t, data: *mut c_void) -> io::Result<()> {
    // SAFETY: the requests used here (SEIZE, INTERRUPT, DETACH) take numbers only.
    check_long(unsafe { libc::ptrace(request, tid, ptr::null_mut::<c_void>(), data) })
}

fn check_long(result: libc::c_long) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
