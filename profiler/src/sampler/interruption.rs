//! What the kernel takes to interrupt a thread and to let it go on.
//!
//! On virtual machines that is several times what the handler takes, and no clock of the
//! handler's sees it. So a thread of our own is interrupted a few times while it reads the
//! clock over and over, and the gaps are measured.

use std::any::Any;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::means::Means;
use crate::sys::{self, Body, HandlerMemory, Interrupted, Observer, Rearm, Reserved, Unblocked};

const N_GAPS: usize = 40;
const PERIOD: Duration = Duration::from_micros(250);

/// Give up after so much CPU time.
const MAX_NANOS: u64 = 100_000_000;

/// Measures the median over a few interruptions of a thread that it starts, in
/// nanoseconds. Must not run while a session does.
pub(super) fn cost(means: Means) -> io::Result<u64> {
    let thread = thread::Builder::new()
        .name("sample-gauge".to_owned())
        .spawn(move || cost_here(means))?;
    thread.join().unwrap_or_else(|_| Err(broken()))
}

fn cost_here(means: Means) -> io::Result<u64> {
    let _unblocked = Unblocked::new(means.signal())?;
    let tid = sys::current_tid();
    let reserved = Reserved::new(tid).ok_or_else(broken)?;
    let alarm = means.alarm(tid, &reserved, PERIOD)?;
    let n_interruptions = Arc::new(AtomicU32::new(0));
    let attached = reserved.publish(Body {
        observer: Box::new(Gauge(Arc::clone(&n_interruptions))),
        alarm,
        stack: None,
        memory: HandlerMemory::new(),
    });
    attached.with_alarm(|alarm| alarm.start());
    let mut gaps = gaps(&n_interruptions);
    attached.detach();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied().ok_or_else(broken)
}

/// Reads the clock until there are enough gaps with an interruption in them.
fn gaps(n_interruptions: &AtomicU32) -> Vec<u64> {
    let mut gaps = Vec::with_capacity(N_GAPS);
    let end = sys::own_cpu_time() + MAX_NANOS;
    while gaps.len() < N_GAPS && sys::own_cpu_time() < end {
        let mut n = n_interruptions.load(Ordering::Relaxed);
        let mut before = sys::monotonic_time();
        let mut last = before;
        // Many reads of the quick clock for each of the slow one.
        for _ in 0..1000 {
            let n_now = n_interruptions.load(Ordering::Relaxed);
            let now = sys::monotonic_time();
            if n_now != n {
                n = n_now;
                // It may have been before the last read, but after the last look.
                gaps.push(now.saturating_sub(before));
            }
            (before, last) = (last, now);
        }
    }
    gaps
}

fn broken() -> io::Error {
    io::Error::other("a thread of the sampler's own could not be interrupted")
}

/// Counts interruptions.
struct Gauge(Arc<AtomicU32>);

impl Observer for Gauge {
    fn observe(&mut self, _moment: &mut Interrupted<'_>) -> Rearm {
        self.0.fetch_add(1, Ordering::Relaxed);
        Rearm::Leave
    }

    fn leave(&mut self) {}

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
