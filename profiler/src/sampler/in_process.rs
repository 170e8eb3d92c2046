//! A session: all threads of this process, from start to profile.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::budget::Budget;
use super::code_map::CodeMap;
use super::collector::Collector;
use super::means::Means;
use super::python::Python;
use super::threads::{Seen, Threads};
use super::{Options, Trigger, interruption, result};
use crate::error::{Error, Result};
use crate::profile::Profile;
use crate::sys::{self, Delivery, PerfEvent, Signal, Tid, Trap, Unblocked};

/// The process in which a session runs, or zero. Only one may run, because a thread has
/// one slot; a child process has a copy of this, but no session.
static RUNNING: AtomicI32 = AtomicI32::new(0);

/// A running session; it ends with [`stop`](Session::stop), or without a profile when
/// it is dropped.
///
/// All threads of the process are sampled, from their birth or the session's start to
/// their end or its own. In a child process made by `fork` nothing is sampled, and
/// this does nothing.
pub struct Session {
    threads: Arc<Threads>,
    running: Option<Running>,
    started: Instant,
    pid: Tid,
}

/// What a session has to put back.
struct Running {
    collector: Collector,
    signal: Option<Signal>,
    own: Unblocked,
    own_tid: Tid,
}

impl Session {
    pub(super) fn start(options: Options) -> Result<Self> {
        let pid = sys::current_pid();
        let running = RUNNING.load(Ordering::Acquire);
        if running == pid
            || RUNNING
                .compare_exchange(running, pid, Ordering::AcqRel, Ordering::Relaxed)
                .is_err()
        {
            return Err(Error::AlreadyRunning);
        }
        let session = Self::set_up(options, pid);
        if session.is_err() {
            RUNNING.store(0, Ordering::Release);
        }
        session
    }

    fn set_up(options: Options, pid: Tid) -> Result<Self> {
        let code =
            CodeMap::new().map_err(Error::system("list what is mapped into this process"))?;
        let python = Python::find(&options)?;
        let (means, trap, signal) = choose_means(options.trigger)?;
        let budget = match options.max_overhead {
            None => None,
            Some(max_overhead) => {
                let nanos = interruption::cost(means)
                    .map_err(Error::system("measure what an interruption costs"))?;
                Some(Budget::new(max_overhead, nanos))
            }
        };
        let threads = Arc::new(Threads::new(options, means, code, python));
        let own = Unblocked::new(threads.means.signal())
            .map_err(Error::system("let the sampler's signal through"))?;
        let collector = Collector::start(Arc::clone(&threads), trap, budget)
            .map_err(Error::system("start the collector thread"))?;
        let session = Self {
            threads,
            running: Some(Running {
                collector,
                signal,
                own,
                own_tid: sys::current_tid(),
            }),
            started: Instant::now(),
            pid,
        };
        // The others first, since this thread's time counts from when it is attached.
        session
            .threads
            .scan_except(sys::current_tid())
            .map_err(Error::system("list the threads of this process"))?;
        let name = thread::current().name().unwrap_or("main").to_owned();
        session
            .threads
            .attach_own(&name)
            .map_err(Error::system("sample the calling thread"))?;
        Ok(session)
    }

    /// Stops sampling and returns what was seen.
    ///
    /// # Errors
    /// None at present.
    pub fn stop(mut self) -> Result<Profile> {
        let wall_time = self.started.elapsed();
        let seen = self.end();
        Ok(self.profile(seen, wall_time))
    }

    /// Waits for a sample of the calling thread to be due, takes it without the kernel's
    /// help, and returns how long that took; `None` on a thread that is not sampled. The
    /// thread is not interrupted any more.
    ///
    /// For the benchmark of the handler alone.
    #[doc(hidden)]
    pub fn time_handler(&self) -> Option<Duration> {
        sys::pause_own();
        let due = self.threads.own_due()?;
        while sys::own_cpu_time() < due {}
        sys::time_own_handler()
    }

    fn profile(&self, seen: Option<Seen>, wall_time: Duration) -> Profile {
        let Some(seen) = seen else {
            return Profile::new();
        };
        result::profile(seen, &self.threads, wall_time)
    }

    fn end(&mut self) -> Option<Seen> {
        let running = self.running.take()?;
        if self.pid != sys::current_pid() {
            // A child process: there is no collector to wait for, no alarm to stop, and
            // the handler may have been copied in the middle of anything.
            std::mem::forget(running);
            return None;
        }
        let watched = running.collector.finish();
        // No thread comes or goes under our eyes from here on.
        drop(watched.hooked);
        let (mut seen, is_quiet) = self.threads.finish();
        seen.collector_nanos = watched.cpu_nanos;
        drop(running.signal);
        if let Some(trap) = watched.trap
            && is_quiet
        {
            trap.release();
        }
        if running.own_tid == sys::current_tid() {
            drop(running.own);
        }
        RUNNING.store(0, Ordering::Release);
        Some(seen)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("options", &self.threads.options)
            .finish_non_exhaustive()
    }
}

/// Finds out by what the threads can be interrupted, and prepares for it.
fn choose_means(trigger: Trigger) -> Result<(Means, Option<Trap>, Option<Signal>)> {
    let install = || {
        Signal::install()
            .map_err(Error::system("install a signal handler"))?
            .ok_or(Error::NoFreeSignal)
    };
    // Only opened, never started.
    let open = |delivery| PerfEvent::open(sys::current_tid(), delivery, Duration::from_secs(1));
    if trigger != Trigger::Timer {
        if trigger != Trigger::PerfSignal && open(Delivery::Trap(0)).is_ok() {
            let trap = Trap::install().map_err(Error::system("install a signal handler"))?;
            return Ok((Means::Trap, Some(trap), None));
        }
        let signal = install()?;
        match open(Delivery::Signal(signal.number())) {
            Ok(_) => return Ok((Means::EventSignal(signal.number()), None, Some(signal))),
            Err(source) if trigger != Trigger::Auto => {
                return Err(Error::System {
                    action: "open a perf event (is perf_event_paranoid above 1?)",
                    source,
                });
            }
            // Whatever the reason, the timer works without it.
            Err(_) => {}
        }
    }
    let signal = install()?;
    Ok((Means::TimerSignal(signal.number()), None, Some(signal)))
}
