//! Takes samples out of the rings while the program runs, so that the rings can stay
//! small however long the session is.
//!
//! Equal stacks are added up at once: memory grows with the number of distinct stacks,
//! not with time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::ring::Ring;
use crate::sys::{self, ThreadClock, ThreadSlot};
use crate::unwind::Walk;

/// How often the rings are emptied.
const PAUSE: Duration = Duration::from_millis(50);

/// What the session keeps of one sampled thread.
pub(super) struct ThreadRecord {
    pub(super) name: String,
    pub(super) slot: Arc<ThreadSlot>,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: ThreadClock,
    pub(super) cpu_at_start: u64,
    /// The thread's CPU time when its guard was dropped.
    pub(super) cpu_at_end: Mutex<Option<u64>>,
    pub(super) stacks: Mutex<HashMap<(Walk, Vec<u64>), u64>>,
}

/// What the handler writes and others read.
pub(super) struct Shared {
    pub(super) ring: Ring,
    pub(super) lost: AtomicU64,
    pub(super) late: AtomicU64,
    pub(super) overhead: AtomicU64,
    pub(super) due: AtomicU64,
}

/// The list of threads, and the helper thread that empties their rings.
pub(super) struct Collector {
    records: Arc<Mutex<Vec<Arc<ThreadRecord>>>>,
    done: Arc<AtomicBool>,
    helper: Option<JoinHandle<()>>,
}

impl ThreadRecord {
    /// Moves what is in the ring to `stacks`.
    fn drain(&self) {
        let mut stacks = lock(&self.stacks);
        self.shared.ring.drain(|walk, weight, addresses| {
            *stacks.entry((walk, addresses.to_vec())).or_default() += weight;
        });
    }

    /// Stops sampling the thread and notes its CPU time; does nothing the second time.
    pub(super) fn finish(&self) {
        self.slot.halt();
        let mut cpu_at_end = lock(&self.cpu_at_end);
        if cpu_at_end.is_none() {
            // A thread that has ended without a word: its last time is not known, but
            // it was sampled until close to the next arrival.
            *cpu_at_end = Some(
                self.clock
                    .now()
                    .unwrap_or_else(|| self.shared.due.load(Ordering::Relaxed) - 1),
            );
        }
    }
}

impl Collector {
    pub(super) fn start() -> std::io::Result<Self> {
        let records: Arc<Mutex<Vec<Arc<ThreadRecord>>>> = Arc::default();
        let done = Arc::new(AtomicBool::new(false));
        let helper = {
            let (records, done) = (Arc::clone(&records), Arc::clone(&done));
            thread::Builder::new()
                .name("sample-collector".to_owned())
                .spawn(move || {
                    sys::block_all_signals();
                    while !done.load(Ordering::Acquire) {
                        thread::park_timeout(PAUSE);
                        drain_all(&records);
                    }
                })?
        };
        Ok(Self {
            records,
            done,
            helper: Some(helper),
        })
    }

    /// Returns the list of threads, to add to it.
    pub(super) fn records(&self) -> Arc<Mutex<Vec<Arc<ThreadRecord>>>> {
        Arc::clone(&self.records)
    }

    /// Ends the helper and all sampling, and returns what was collected.
    pub(super) fn finish(&mut self) -> Vec<Arc<ThreadRecord>> {
        let records: Vec<_> = lock(&self.records).clone();
        for record in &records {
            record.finish();
        }
        self.done.store(true, Ordering::Release);
        if let Some(helper) = self.helper.take() {
            helper.thread().unpark();
            // It has nothing to report; if it had panicked, the rings still hold the samples.
            let _ = helper.join();
        }
        drain_all(&self.records);
        records
    }
}

fn drain_all(records: &Mutex<Vec<Arc<ThreadRecord>>>) {
    let records: Vec<_> = lock(records).clone();
    for record in records {
        record.drain();
    }
}

/// Locks; the data behind our locks is sound after a panic too.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
