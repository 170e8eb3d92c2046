//! The helper thread that looks after a session while the program runs: it empties the
//! rings, so that they can stay small however long the session is, follows libraries
//! as they come and go, and finds threads that were not born under our eyes.
//!
//! Equal stacks are added up at once: memory grows with the number of distinct stacks,
//! not with time.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::budget::{Budget, Spent};
use super::threads::Threads;
use crate::sys::{self, Hooked, Trap};

/// How often the rings are emptied, unless one fills sooner.
const PAUSE: Duration = Duration::from_millis(50);

/// The same where a budget has it look less often.
const MAX_PAUSE: Duration = Duration::from_millis(200);

/// What the helper looks after beside the threads.
pub(super) struct Watched {
    pub(super) hooked: Option<Hooked>,
    pub(super) trap: Option<Trap>,
    /// The CPU time that the helper has used.
    pub(super) cpu_nanos: u64,
}

/// The helper, until it is told to finish.
pub(super) struct Collector {
    done: Arc<AtomicBool>,
    helper: JoinHandle<Watched>,
}

impl Collector {
    /// Starts the helper, which makes itself known to `threads` first.
    pub(super) fn start(
        threads: Arc<Threads>,
        trap: Option<Trap>,
        budget: Option<Budget>,
    ) -> io::Result<Self> {
        let done = Arc::new(AtomicBool::new(false));
        let is_done = Arc::clone(&done);
        let (ready, is_ready) = mpsc::channel();
        let helper = thread::Builder::new()
            .name("sample-collector".to_owned())
            .spawn(move || {
                sys::block_all_signals();
                let identity = (thread::current(), sys::current_tid());
                // Nobody else sets it.
                let _ = threads.collector.set(identity);
                let mut watched = Watched {
                    hooked: Hooked::new(Arc::clone(&threads) as Arc<dyn sys::Births>),
                    trap,
                    cpu_nanos: 0,
                };
                // Whoever waits for this is there.
                let _ = ready.send(());
                look_after(&threads, &watched, budget, &is_done);
                watched.cpu_nanos = sys::own_cpu_time();
                watched
            })?;
        // It sends, or it has panicked, of which `finish` will hear.
        let _ = is_ready.recv();
        Ok(Self { done, helper })
    }

    /// Ends the helper.
    pub(super) fn finish(self) -> Watched {
        self.done.store(true, Ordering::Release);
        self.helper.thread().unpark();
        // If it has panicked, what it watched is put back already.
        self.helper.join().unwrap_or(Watched {
            hooked: None,
            trap: None,
            cpu_nanos: 0,
        })
    }
}

fn look_after(threads: &Threads, watched: &Watched, mut budget: Option<Budget>, done: &AtomicBool) {
    let mut looked = Instant::now();
    let mut pause = PAUSE;
    let at_start = sys::own_cpu_time();
    let mut program_then = 0;
    while !done.load(Ordering::Acquire) {
        thread::park_timeout(pause.saturating_sub(looked.elapsed()));
        threads.drain();
        if looked.elapsed() < pause {
            continue;
        }
        let gone_by = looked.elapsed();
        looked = Instant::now();
        let before = sys::own_cpu_time();
        look(threads, watched);
        if let Some(budget) = &mut budget {
            let now = sys::own_cpu_time();
            let spent = Spent {
                collector: now.saturating_sub(at_start),
                ..threads.spent()
            };
            let n_times = budget.look(spent);
            if n_times > 0 {
                threads.halve_rate(n_times);
            }
            let program = spent.program.saturating_sub(program_then);
            program_then = spent.program;
            let look = Duration::from_nanos(now.saturating_sub(before));
            pause = budget
                .pause(look, Duration::from_nanos(program), gone_by)
                .clamp(PAUSE, MAX_PAUSE);
        }
    }
}

/// Follows what comes and goes.
fn look(threads: &Threads, watched: &Watched) {
    if threads.code.has_changed() {
        threads.code.refresh();
        if let Some(hooked) = &watched.hooked {
            hooked.renew();
        }
    }
    // What fails is tried again the next time.
    let _ = threads.scan();
    if let Some(trap) = &watched.trap {
        let _ = trap.keep();
    }
}

/// Locks; the data behind our locks is sound after a panic too.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
