//! Following the threads of another process with ptrace, for as long as one looks.
//!
//! The threads run on, and stop by themselves when a signal is about to be delivered,
//! before their next instruction; so a perf event whose signal is never delivered stops a
//! thread at the very place where it was. The signal is one that does nothing by default:
//! should the recorder be killed, the kernel lets all threads go on, and one that has
//! stopped for a sample gets a signal that it does not notice.

use std::ffi::c_void;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::ptrace::{check_long, registers_of};
use super::signal::{SignalSet, action, disposition, set_disposition};
use super::{Tid, check, current_pid, current_tid};
use crate::unwind::Registers;

/// The signal by which a thread is told that a sample is due.
pub(crate) const SAMPLE_SIGNAL: libc::c_int = libc::SIGURG;

/// What a signal says that comes from a file which can be read; see sigaction(2).
const POLL_IN: libc::c_int = 1;

/// A thread that is followed; only the thread that seized it may use this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Traced(pub(crate) Tid);

/// What has become of a thread that is followed.
#[derive(Debug)]
pub(crate) enum TraceStop {
    /// A signal is about to be delivered.
    Signal(libc::c_int),
    /// It has been born under our eyes, or stands still for another reason of ours.
    Still,
    /// It stands still because its process was told to stop.
    Group,
    /// It has started another thread or process, which will stand still itself.
    Started,
    /// It runs another program; before that, it had this number.
    Exec(Tid),
    /// It is about to end.
    Leaving,
    /// It was killed before it could be let go, and with it all of a process if it was its
    /// first; with the nanoseconds of CPU time that were taken by then.
    Ended(ExitStatus, u64),
}

impl Traced {
    /// Begins to follow a thread, without stopping it; threads that it starts are followed
    /// too, and processes if `children` asks for that.
    pub(crate) fn seize(tid: Tid, children: bool) -> io::Result<Self> {
        let mut options =
            libc::PTRACE_O_TRACECLONE | libc::PTRACE_O_TRACEEXEC | libc::PTRACE_O_TRACEEXIT;
        if children {
            options |= libc::PTRACE_O_TRACEFORK | libc::PTRACE_O_TRACEVFORK;
        }
        let traced = Self(tid);
        traced.request(libc::PTRACE_SEIZE, options)?;
        Ok(traced)
    }

    /// Waits for any thread that the calling one follows to stop or to end.
    pub(crate) fn wait() -> io::Result<(Self, TraceStop)> {
        let mut status = 0;
        let mut usage = MaybeUninit::<libc::rusage>::zeroed();
        // Of this thread alone, so that nobody else's child is waited for.
        let options = libc::__WALL | libc::__WNOTHREAD;
        // SAFETY: both places are valid for the answer.
        let tid = check(unsafe { libc::wait4(-1, &raw mut status, options, usage.as_mut_ptr()) })?;
        let traced = Self(tid);
        if !libc::WIFSTOPPED(status) {
            // SAFETY: all-zero bytes are a valid `rusage`, and the kernel wrote others over them.
            let usage = unsafe { usage.assume_init() };
            let nanos = [usage.ru_utime, usage.ru_stime].map(|time| {
                u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_usec * 1000).unwrap_or(0)
            });
            let ended = TraceStop::Ended(ExitStatus::from_raw(status), nanos.iter().sum());
            return Ok((traced, ended));
        }
        let signal = libc::WSTOPSIG(status);
        let stop = match status >> 16 {
            0 => TraceStop::Signal(signal),
            libc::PTRACE_EVENT_STOP => match signal {
                libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU => TraceStop::Group,
                _ => TraceStop::Still,
            },
            libc::PTRACE_EVENT_EXEC => TraceStop::Exec(traced.message()?),
            libc::PTRACE_EVENT_CLONE | libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK => {
                TraceStop::Started
            }
            libc::PTRACE_EVENT_EXIT => TraceStop::Leaving,
            _ => TraceStop::Still,
        };
        Ok((traced, stop))
    }

    /// Lets it go on, with a signal or with none (0). It may have been killed meanwhile.
    pub(crate) fn resume(self, signal: libc::c_int) {
        let _ = self.request(libc::PTRACE_CONT, signal);
    }

    /// Lets it go on and follows it no more.
    pub(crate) fn let_go(self) {
        let _ = self.request(libc::PTRACE_DETACH, 0);
    }

    /// Leaves it standing, but notices when its process is told to go on.
    pub(crate) fn leave_standing(self) {
        let _ = self.request(libc::PTRACE_LISTEN, 0);
    }

    /// Returns its registers, and what `pthread_self` returns there.
    pub(crate) fn registers(self) -> io::Result<(Registers, u64)> {
        registers_of(self.0)
    }

    /// Tells whether the signal that is about to be delivered comes from a file of which
    /// somebody asked to be told, as a perf event is.
    pub(crate) fn is_told_by_file(self) -> bool {
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        // SAFETY: the kernel writes one `siginfo_t`, for which there is room.
        let asked = check_long(unsafe {
            libc::ptrace(
                libc::PTRACE_GETSIGINFO,
                self.0,
                ptr::null_mut::<c_void>(),
                info.as_mut_ptr(),
            )
        });
        // SAFETY: all-zero bytes are a valid `siginfo_t`, and the kernel wrote others over them.
        let info = unsafe { info.assume_init() };
        asked.is_ok() && info.si_code == POLL_IN
    }

    fn message(self) -> io::Result<Tid> {
        let mut message: libc::c_ulong = 0;
        // SAFETY: the kernel writes one number, for which there is room.
        check_long(unsafe {
            libc::ptrace(
                libc::PTRACE_GETEVENTMSG,
                self.0,
                ptr::null_mut::<c_void>(),
                &raw mut message,
            )
        })?;
        Tid::try_from(message).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    fn request(self, request: libc::c_uint, data: libc::c_int) -> io::Result<()> {
        let data: *mut c_void = ptr::without_provenance_mut(usize::try_from(data).unwrap_or(0));
        // SAFETY: the requests used here (SEIZE, CONT, DETACH, LISTEN) take numbers only.
        check_long(unsafe { libc::ptrace(request, self.0, ptr::null_mut::<c_void>(), data) })
    }
}

/// Wakes a thread that waits in [`Traced::wait`], to be told that it is over.
pub(crate) struct Waker {
    tid: Tid,
    signal: libc::c_int,
}

/// Between two attempts: the thread may be just about to wait.
const PAUSE: Duration = Duration::from_millis(1);

impl Waker {
    /// Makes one for the calling thread, with a real-time signal that nobody handles.
    pub(crate) fn of_current_thread() -> io::Result<Self> {
        let ours = nothing as extern "C" fn(libc::c_int) as libc::sighandler_t;
        for signal in (libc::SIGRTMIN()..=libc::SIGRTMAX()).rev() {
            let found = disposition(signal)?.sa_sigaction;
            if found != libc::SIG_DFL && found != ours {
                continue;
            }
            // Without SA_RESTART, so that the wait ends. It stays, as another recorder may
            // use it too, and does no harm.
            set_disposition(signal, &action(ours, 0))?;
            SignalSet::of(signal).unblock()?;
            return Ok(Self {
                tid: current_tid(),
                signal,
            });
        }
        Err(io::Error::other("all real-time signals are taken"))
    }

    /// Wakes the thread until it has ended.
    pub(crate) fn end<T>(&self, is_over: &AtomicBool, thread: JoinHandle<T>) -> Option<T> {
        is_over.store(true, Ordering::SeqCst);
        let pid = current_pid();
        while !thread.is_finished() {
            // SAFETY: the thread is one of this process, since it has not been joined; its
            // handler does nothing.
            unsafe { libc::syscall(libc::SYS_tgkill, pid, self.tid, self.signal) };
            thread::sleep(PAUSE);
        }
        thread.join().ok()
    }
}

extern "C" fn nothing(_signal: libc::c_int) {}
