//! The kernel's cpu-clock event, as an alarm: it counts the CPU time of one thread,
//! in the kernel as well as outside it, with a high-resolution timer.
//!
//! CPU-time POSIX timers and `setitimer` would be simpler, but the kernel looks at
//! them only on its tick: they give 250 signals a second at most, in step with
//! everything else that runs on the tick.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

use perf_event_open_sys as perf;
use perf_event_open_sys::bindings;

use super::{Alarm, Tid, check};
use crate::nanos::nanos;

/// Not in every version of the C library's headers; see fcntl(2).
const F_SETSIG: libc::c_int = 10;
const F_SETOWN_EX: libc::c_int = 15;
const F_OWNER_TID: libc::c_int = 0;

#[repr(C)]
struct Owner {
    kind: libc::c_int,
    id: libc::pid_t,
}

/// An event that counts the CPU time of one thread.
pub(crate) struct PerfEvent(OwnedFd);

/// How the thread is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// By SIGTRAP with this cookie; needs Linux 5.13.
    Trap(u64),
    /// By this real-time signal, which can end a sleep or a poll early.
    Signal(libc::c_int),
}

impl PerfEvent {
    /// Opens the event for a thread of this process, to go off first after `first` from
    /// its start.
    ///
    /// The kernel's part of the time is always counted. Where that is forbidden
    /// (`perf_event_paranoid` of 2 and more) this fails, since an event without it
    /// would never see a system call.
    pub(crate) fn open(tid: Tid, delivery: Delivery, first: Duration) -> io::Result<Self> {
        let mut attributes = bindings::perf_event_attr {
            type_: bindings::PERF_TYPE_SOFTWARE,
            size: u32::try_from(size_of::<bindings::perf_event_attr>())
                .expect("the struct is small"),
            config: u64::from(bindings::PERF_COUNT_SW_CPU_CLOCK),
            ..Default::default()
        };
        attributes.__bindgen_anon_1.sample_period = nanos(first);
        attributes.__bindgen_anon_2.wakeup_events = 1;
        attributes.set_disabled(1);
        if let Delivery::Trap(cookie) = delivery {
            attributes.set_sigtrap(1);
            attributes.sig_data = cookie;
            // The kernel insists, for the new program would know nothing of it.
            attributes.set_remove_on_exec(1);
        }
        let flags = libc::c_ulong::from(bindings::PERF_FLAG_FD_CLOEXEC);
        // SAFETY: the attributes are valid and state their size. The event is for one
        // thread on any processor (-1), in no group (-1).
        let fd = check(unsafe { perf::perf_event_open(&raw mut attributes, tid, -1, -1, flags) })?;
        // SAFETY: the descriptor is new and nobody else's.
        let event = Self(unsafe { OwnedFd::from_raw_fd(fd) });
        if let Delivery::Signal(signal) = delivery {
            event.signal_to(tid, signal)?;
        }
        Ok(event)
    }

    fn signal_to(&self, tid: Tid, signal: libc::c_int) -> io::Result<()> {
        let fd = self.0.as_raw_fd();
        let owner = Owner {
            kind: F_OWNER_TID,
            id: tid,
        };
        // SAFETY: the descriptor is open; the argument is a number.
        check(unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_ASYNC | libc::O_NONBLOCK) })?;
        // SAFETY: as above.
        check(unsafe { libc::fcntl(fd, F_SETSIG, signal) })?;
        // SAFETY: the owner is valid during the call and has the kernel's layout.
        check(unsafe { libc::fcntl(fd, F_SETOWN_EX, &raw const owner) })?;
        Ok(())
    }
}

impl Alarm for PerfEvent {
    fn set(&self, delay: Duration) {
        let nanos = nanos(delay);
        // The binding asks for a number, but the kernel takes the address of one.
        let place = (&raw const nanos).expose_provenance() as u64;
        // Not IOC_REFRESH: some kernels (6.16, 6.17) freeze when a cpu-clock event
        // disables itself from its own timer.
        // SAFETY: the descriptor is a perf event, and the place valid during the call. A
        // failure shows as missing samples, as the trait says.
        let _ = unsafe { perf::ioctls::PERIOD(self.0.as_raw_fd(), place) };
    }

    fn start(&self) -> bool {
        // SAFETY: the descriptor is a perf event.
        unsafe { perf::ioctls::ENABLE(self.0.as_raw_fd(), 0) == 0 }
    }

    fn stop(&self) {
        // Closing it would not do: a child process may have inherited the descriptor, and
        // the event lives on with that.
        // SAFETY: the descriptor is a perf event. This cannot fail.
        let _ = unsafe { perf::ioctls::DISABLE(self.0.as_raw_fd(), 0) };
    }
}
