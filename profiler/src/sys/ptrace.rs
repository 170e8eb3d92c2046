//! Stopping one thread of another process for a moment.
//!
//! `PTRACE_SEIZE` is what leaves no trace: the thread gets no signal, and should the
//! recorder be killed, the kernel lets the thread go on.

use std::ffi::c_void;
use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr;
use std::thread;
use std::time::{Duration, Instant};

use super::check;
use crate::unwind::Registers;

/// Stops threads and sees to it that none stays stopped. It belongs to the thread that
/// made it, as the kernel knows that one as the tracer.
#[derive(Default)]
pub(crate) struct Tracer {
    /// Threads that did not stop in time, and will some time.
    stragglers: Vec<libc::pid_t>,
    _own_thread: PhantomData<*const ()>,
}

/// A thread that stands still until this is dropped.
pub(crate) struct StoppedThread<'a> {
    tid: libc::pid_t,
    /// The signal that was about to be delivered, or 0.
    signal: libc::c_int,
    _tracer: PhantomData<&'a Tracer>,
}

/// A thread stops once it runs in user mode again, or waits in the kernel for something
/// that can be interrupted. On a busy machine it may have to wait for its turn first.
const PATIENCE: Duration = Duration::from_millis(500);

impl Tracer {
    /// Stops a thread.
    ///
    /// One that does not stop in time, waiting for a disk perhaps, is let go when it
    /// does.
    pub(crate) fn stop(&mut self, tid: u32) -> io::Result<StoppedThread<'_>> {
        self.release_stragglers();
        let tid = tid.cast_signed();
        request(libc::PTRACE_SEIZE, tid, ptr::null_mut())?;
        self.stragglers.push(tid);
        request(libc::PTRACE_INTERRUPT, tid, ptr::null_mut())?;
        let signal = wait_for_stop(tid, PATIENCE)?;
        self.stragglers.pop();
        Ok(StoppedThread {
            tid,
            signal,
            _tracer: PhantomData,
        })
    }

    fn release_stragglers(&mut self) {
        self.stragglers.retain(|&tid| match stop_of(tid) {
            Ok(None) => true,
            Ok(Some(signal)) => {
                detach(tid, signal);
                false
            }
            // It has ended.
            Err(_) => false,
        });
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let start = Instant::now();
        while !self.stragglers.is_empty() && start.elapsed() < PATIENCE {
            self.release_stragglers();
            thread::sleep(PAUSE);
        }
    }
}

/// Between two looks at whether a thread has stopped.
const PAUSE: Duration = Duration::from_micros(10);

fn wait_for_stop(tid: libc::pid_t, patience: Duration) -> io::Result<libc::c_int> {
    let start = Instant::now();
    loop {
        if let Some(signal) = stop_of(tid)? {
            return Ok(signal);
        }
        if start.elapsed() > patience {
            return Err(io::ErrorKind::TimedOut.into());
        }
        thread::sleep(PAUSE);
    }
}

impl StoppedThread<'_> {
    /// Returns the registers that unwinding needs, and what `pthread_self` returns there.
    pub(crate) fn registers(&self) -> io::Result<(Registers, u64)> {
        registers_of(self.tid)
    }
}

/// Returns the registers of a thread that has stopped, and what `pthread_self` returns
/// there.
pub(super) fn registers_of(tid: libc::pid_t) -> io::Result<(Registers, u64)> {
    let mut registers = MaybeUninit::<libc::user_regs_struct>::zeroed();
    let mut place = libc::iovec {
        iov_base: registers.as_mut_ptr().cast::<c_void>(),
        iov_len: size_of::<libc::user_regs_struct>(),
    };
    // SAFETY: the kernel writes at most as many bytes as the place is long.
    check_long(unsafe {
        libc::ptrace(
            libc::PTRACE_GETREGSET,
            tid,
            libc::NT_PRSTATUS as *mut c_void,
            &raw mut place,
        )
    })?;
    // SAFETY: all-zero bytes are valid registers, and the kernel wrote others over them.
    let registers = unsafe { registers.assume_init() };
    let for_unwinding = Registers {
        instruction: registers.rip,
        stack_pointer: registers.rsp,
        frame_pointer: registers.rbp,
    };
    // The C library keeps its thread where the segment points.
    Ok((for_unwinding, registers.fs_base))
}

impl Drop for StoppedThread<'_> {
    fn drop(&mut self) {
        detach(self.tid, self.signal);
    }
}

fn detach(tid: libc::pid_t, signal: libc::c_int) {
    let signal = ptr::without_provenance_mut(usize::try_from(signal).unwrap_or(0));
    // Fails only if the thread has been killed meanwhile.
    let _ = request(libc::PTRACE_DETACH, tid, signal);
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

pub(super) fn check_long(result: libc::c_long) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
