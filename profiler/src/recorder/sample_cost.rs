//! What a sample costs the thread that it interrupts.
//!
//! That time is inside the recorded process, where nobody can read it off a clock. So it
//! is measured at the start on a thread of our own, which does nothing but look at the
//! clock and sees itself being sampled in the same way: by the gap that each sample
//! leaves. It is measured with and without a stack to copy, as the copying is most of it.

use std::thread;
use std::time::Duration;

use rustix::thread::sched_getcpu;

use super::clock::now;
use super::record::Record;
use crate::sys::{self, EventPlan, EventTrigger, RingEvent};

/// Nanoseconds that samples take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SampleCost {
    /// Without a stack.
    bare: f64,
    /// For each byte of stack that is copied.
    per_byte: f64,
}

/// Stands in where it cannot be measured: about what virtual machines take.
const USUAL: SampleCost = SampleCost {
    bare: 4_000.0,
    per_byte: 0.1,
};

/// Enough gaps for a median: some milliseconds at [`PERIOD`].
const N_GAPS: usize = 25;

const PERIOD: Duration = Duration::from_micros(200);

/// On a machine so busy that this does not do, there is no measuring.
const PATIENCE_NANOS: u64 = 50_000_000;

/// To look at the clock takes less, to be sampled more.
const SHORTEST_GAP_NANOS: u64 = 300;

/// Room for some samples; they are taken out one at a time.
const RING_BYTES: usize = 256 << 10;

impl SampleCost {
    /// Measures what samples with so many bytes of stack, and with none, take.
    pub(super) fn measure(stack_bytes: u32) -> Self {
        // Above the stack of a thread there is other memory, so as much is copied as is
        // asked for.
        let measured = thread::spawn(move || Some((median_gap(8)?, median_gap(stack_bytes)?)));
        match measured.join() {
            Ok(Some((bare, full))) => Self {
                bare,
                per_byte: ((full - bare) / f64::from(stack_bytes)).max(0.0),
            },
            _ => USUAL,
        }
    }

    /// Returns the nanoseconds for a sample whose stack has so many bytes.
    pub(super) fn of(self, n_bytes: usize) -> f64 {
        self.bare + self.per_byte * n_bytes as f64
    }
}

/// Samples the calling thread and returns for how many nanoseconds it does not run then.
fn median_gap(stack_bytes: u32) -> Option<f64> {
    let event = RingEvent::open(EventPlan {
        tid: Some(sys::current_tid().cast_unsigned()),
        cpu: u32::try_from(sched_getcpu()).ok()?,
        trigger: EventTrigger::CpuClock(PERIOD),
        stack_bytes,
        inherit: false,
        track: false,
    })
    .ok()?;
    let mut ring = event.map_ring(RING_BYTES).ok()?;
    event.enable().ok()?;
    let mut gaps = Vec::new();
    let start = now();
    let mut last = start;
    while gaps.len() < N_GAPS && last - start < PATIENCE_NANOS {
        let at = now();
        let gap = at - last;
        last = at;
        if gap < SHORTEST_GAP_NANOS {
            continue;
        }
        let mut is_sample = false;
        ring.drain(ring.end(), |record| is_sample |= Record::is_sample(record));
        if is_sample {
            gaps.push(gap);
        }
        last = now();
    }
    gaps.sort_unstable();
    let median = gaps.get(N_GAPS / 2)?;
    Some(*median as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_takes_microseconds_and_more_with_a_stack() {
        let cost = SampleCost::measure(64_000);
        // A busy neighbour may make it slow; that it takes milliseconds is not possible, as
        // there would be no time between samples.
        assert!((300.0..1e6).contains(&cost.of(0)), "{cost:?}");
        assert!(cost.of(64_000) >= cost.of(8), "{cost:?}");
    }
}
