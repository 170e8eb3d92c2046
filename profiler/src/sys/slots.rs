//! The table of sampled threads, in which the handler finds its own.
//!
//! It is as large as it will ever be and lives as long as the program, so that a
//! handler that comes late finds an empty slot rather than freed memory. A thread's
//! place follows from its number; numbers are handed out in sequence, so places rarely
//! collide.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

use super::handler::{ErrnoGuard, Observer};
use super::signal::SignalSet;
use super::stack::{HandlerMemory, StackBounds};
use super::{Alarm, Tid, current_tid};

/// Threads that can be sampled at once, if none is turned away for lack of memory.
const N_SLOTS: usize = 16_384;

/// How far from its place a thread's slot may be.
const MAX_PROBES: usize = 64;

const FREE: Tid = 0;
const RESERVED: Tid = -1;

/// Everything that the handler needs on one thread.
pub(crate) struct Body {
    pub(crate) observer: Box<dyn Observer>,
    pub(crate) alarm: Box<dyn Alarm>,
    /// The stack that the thread was born with, where it is known.
    pub(crate) stack: Option<StackBounds>,
    pub(crate) memory: Box<HandlerMemory>,
}

struct Slot {
    tid: AtomicI32,
    /// The number of handlers that look at the slot: the thread's own, and for a moment
    /// one of another thread that found its number gone.
    inside: AtomicU32,
    body: UnsafeCell<Option<Box<Body>>>,
}

// SAFETY: the body is reached only by who reserved the slot, before it is published and
// after the last handler has left it, and by the handler in between (invariants 2, 3).
unsafe impl Sync for Slot {}

static SLOTS: [Slot; N_SLOTS] = [const {
    Slot {
        tid: AtomicI32::new(FREE),
        inside: AtomicU32::new(0),
        body: UnsafeCell::new(None),
    }
}; N_SLOTS];

/// A slot that the handler does not see yet; free again when it is dropped.
pub(crate) struct Reserved {
    index: usize,
    tid: Tid,
}

/// A published slot.
pub(crate) struct Attached {
    index: usize,
}

impl Reserved {
    /// Finds a slot for a thread; `None` if its surroundings are full.
    pub(crate) fn new(tid: Tid) -> Option<Self> {
        let index = probes(tid).find(|&index| {
            let exchange = SLOTS[index].tid.compare_exchange(
                FREE,
                RESERVED,
                Ordering::SeqCst,
                Ordering::Relaxed,
            );
            exchange.is_ok()
        })?;
        Some(Self { index, tid })
    }

    /// Returns what tells the handler, with a signal, which slot is meant.
    pub(crate) fn cookie(&self) -> u64 {
        let tid = u64::from(self.tid.cast_unsigned());
        magic() << 48 | tid << 16 | self.index as u64
    }

    /// Shows the slot to the handler.
    pub(crate) fn publish(self, body: Body) -> Attached {
        let slot = &SLOTS[self.index];
        // SAFETY: the slot is reserved by this value, so no handler looks at its body.
        unsafe { *slot.body.get() = Some(Box::new(body)) };
        slot.tid.store(self.tid, Ordering::SeqCst);
        let attached = Attached { index: self.index };
        std::mem::forget(self);
        attached
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        SLOTS[self.index].tid.store(FREE, Ordering::SeqCst);
    }
}

impl Attached {
    /// Calls `use_alarm` with the slot's alarm.
    pub(crate) fn with_alarm<T>(&self, use_alarm: impl FnOnce(&dyn Alarm) -> T) -> Option<T> {
        // SAFETY: the body stays while this value lives, as only `detach` takes it. The
        // handler has a reference to the observer at most.
        let body = unsafe { &raw const *(*self.slot().body.get()).as_deref()? };
        // SAFETY: as above; alarms may be used by several threads.
        let alarm = unsafe { &*(*body).alarm };
        Some(use_alarm(alarm))
    }

    /// Withdraws the slot, waits until its handler is out, and stops the alarm.
    pub(crate) fn detach(self) -> Option<Body> {
        let slot = self.slot();
        slot.tid.store(RESERVED, Ordering::SeqCst);
        // The handler raises `inside` before it looks at `tid`, so one of the two sides
        // sees the other. It runs for microseconds.
        while slot.inside.load(Ordering::SeqCst) > 0 {
            std::thread::yield_now();
        }
        // SAFETY: no handler is inside, and none will find the slot (invariant 3).
        let body = unsafe { &mut *slot.body.get() }.take();
        slot.tid.store(FREE, Ordering::SeqCst);
        let body = *body?;
        body.alarm.stop();
        Some(body)
    }

    fn slot(&self) -> &'static Slot {
        &SLOTS[self.index]
    }
}

/// Stops the calling thread's alarm until it is resumed; nothing of it is on its way
/// afterwards. Neither locks nor allocates, so that a signal handler may call it.
pub(crate) fn pause_own() {
    with_own(|body| body.alarm.stop());
}

/// Starts the calling thread's alarm again.
pub(super) fn resume_own() {
    with_own(|body| {
        // The thread runs, so this cannot fail.
        let _ = body.alarm.start();
    });
}

fn with_own(act: impl FnOnce(&mut Body)) {
    let tid = current_tid();
    let errno = ErrnoGuard::new();
    if let Some(index) = find(tid)
        && let Ok(mask) = SignalSet::full().block()
    {
        // Our handler is kept out by the mask, so the body has no second reference.
        enter(index, tid, act);
        // What was raised before is delivered here. It worked the other way round.
        let _ = mask.set();
    }
    drop(errno);
}

/// Waits until every handler that runs now has returned.
pub(crate) fn wait_for_handlers() {
    for slot in &SLOTS {
        while slot.inside.load(Ordering::SeqCst) > 0 {
            std::thread::yield_now();
        }
    }
}

/// Finds the slot that a cookie is for; `None` if it is not one of this table's.
pub(super) fn decode(cookie: u64) -> Option<(usize, Tid)> {
    let index = usize::try_from(cookie & 0xffff).ok()?;
    let tid = u32::try_from(cookie >> 16 & 0xffff_ffff).ok()?;
    (cookie >> 48 == magic() && index < N_SLOTS).then_some((index, tid.cast_signed()))
}

/// Finds the slot of a thread.
pub(super) fn find(tid: Tid) -> Option<usize> {
    probes(tid).find(|&index| SLOTS[index].tid.load(Ordering::SeqCst) == tid)
}

/// Hands the body of a slot to `handle`, if it is that thread's, which must be the
/// calling one, in a signal handler.
pub(super) fn enter(index: usize, tid: Tid, handle: impl FnOnce(&mut Body)) {
    let slot = &SLOTS[index];
    slot.inside.fetch_add(1, Ordering::SeqCst);
    if slot.tid.load(Ordering::SeqCst) == tid {
        // SAFETY: this is the only reference (invariant 2), and while the handler is
        // inside nobody takes the body (invariant 3).
        let body = unsafe { &mut *slot.body.get() };
        if let Some(body) = body {
            handle(body);
        }
    }
    slot.inside.fetch_sub(1, Ordering::SeqCst);
}

fn probes(tid: Tid) -> impl Iterator<Item = usize> {
    let start = tid.cast_unsigned() as usize;
    (0..MAX_PROBES).map(move |step| (start + step) % N_SLOTS)
}

/// Tells this table from that of another copy of this crate in the same process.
fn magic() -> u64 {
    (&raw const SLOTS).addr() as u64 >> 12 & 0xffff
}
