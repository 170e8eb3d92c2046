//! One event on every processor, for whatever runs there.
//!
//! The moments of sampling then depend on nothing but the clock: a thread that lives for
//! a millisecond is as likely to be met as any other millisecond. Samples of strangers
//! are dropped before anything of them is read but the process number.

use std::collections::HashSet;
use std::fs;
use std::io;

use super::clock::now;
use super::error::{cannot_map_ring, cannot_open_event};
use super::periods::Periods;
use super::processes::Processes;
use super::record::{Event, Record};
use super::remote_stack;
use crate::error::{Error, Result};
use crate::sys::{self, EventPlan, EventTrigger, Ring, RingEvent};

/// The samplers of all processors.
pub(super) struct Processors {
    processors: Vec<Processor>,
    /// Records that may be preceded by others that are not in a ring yet.
    pending: Vec<Record>,
    drain_due: u64,
    drain_every: u64,
}

struct Processor {
    event: RingEvent,
    ring: Ring,
    periods: Periods,
}

/// The kernel adds a header and registers, and a record has less than 64 KiB.
const STACK_BYTES: usize = 65_000;

/// The largest useful ring: more would only let samples grow older.
const RING_BYTES: usize = 8 << 20;

/// A record is in its ring this long after its time.
const SETTLED_NANOS: u64 = 1_000_000;

impl Processors {
    /// Opens the events and starts them.
    pub(super) fn start(rate_hz: f64, seed: u64, max_memory: usize) -> Result<Self> {
        let cpus = online_cpus().map_err(Error::system("list the processors"))?;
        let ring_bytes = (max_memory / 2 / cpus.len().max(1)).min(RING_BYTES);
        let ring_bytes = 1 << ring_bytes.max(1 << 17).ilog2();
        let stack_bytes = STACK_BYTES.min(ring_bytes / 8);
        let mut processors = Vec::new();
        for cpu in cpus {
            let seed = seed.wrapping_add(u64::from(cpu).wrapping_mul(0xd1b5_4a32_d192_ed03));
            let mut periods = Periods::new(rate_hz, sys::SHORTEST_ALARM, seed);
            let event = RingEvent::open(EventPlan {
                tid: None,
                cpu,
                trigger: EventTrigger::CpuClock(periods.redraw(now())),
                stack_bytes: u32::try_from(stack_bytes & !7).expect("less than 64 KiB"),
                inherit: false,
                track: true,
            })
            .map_err(cannot_open_event)?;
            let ring = event.map_ring(ring_bytes).map_err(cannot_map_ring)?;
            processors.push(Processor {
                event,
                ring,
                periods,
            });
        }
        for processor in &processors {
            processor
                .event
                .enable()
                .map_err(Error::system("start a perf event"))?;
        }
        let samples_in_ring = ring_bytes as f64 / (stack_bytes + 100) as f64;
        let drain_every = (samples_in_ring / 4.0 / rate_hz * 1e9).clamp(5e6, 100e6);
        Ok(Self {
            processors,
            pending: Vec::new(),
            drain_due: 0,
            drain_every: drain_every as u64,
        })
    }

    /// Returns the moment at which there is something to do.
    pub(super) fn due(&self) -> u64 {
        let redraws = self.processors.iter().map(|cpu| cpu.periods.due());
        redraws.min().unwrap_or(u64::MAX).min(self.drain_due)
    }

    /// Does what is due.
    pub(super) fn work(&mut self, processes: &mut Processes) -> Result<()> {
        for processor in &mut self.processors {
            let now = now();
            if processor.periods.due() <= now {
                let period = processor.periods.redraw(now);
                let set = processor.event.set_period(period);
                set.map_err(Error::system("set the interval of a perf event"))?;
            }
        }
        let now = now();
        if self.drain_due <= now {
            self.drain_due = now + self.drain_every;
            self.drain(processes, now.saturating_sub(SETTLED_NANOS));
        }
        Ok(())
    }

    /// Stops the events and takes in all that is left.
    pub(super) fn finish(&mut self, processes: &mut Processes) {
        for processor in &self.processors {
            // An event that cannot be stopped is ended when it is closed.
            let _ = processor.event.disable();
        }
        self.drain(processes, u64::MAX);
    }

    fn drain(&mut self, processes: &mut Processes, until: u64) {
        let children = self.new_children(processes);
        let wants = |pid: u32| processes.wants(pid) || children.contains(&pid);
        for processor in &mut self.processors {
            let pending = &mut self.pending;
            processor.ring.drain(|bytes| {
                if let Some(mut record) = Record::read(bytes, wants) {
                    if let Event::Sample(dump) = &mut record.event {
                        remote_stack::read_on(record.pid, dump);
                    }
                    pending.push(record);
                }
            });
        }
        // Stable, so that records of one processor keep their order.
        self.pending.sort_by_key(|record| record.time);
        let settled = self.pending.partition_point(|record| record.time <= until);
        for record in self.pending.drain(..settled) {
            processes.apply(record);
        }
    }

    /// Finds the processes that recorded ones have started, before their samples are
    /// read: those may be in a ring that is read first.
    fn new_children(&self, processes: &Processes) -> HashSet<u32> {
        let mut children = HashSet::new();
        let mut forks = Vec::new();
        for processor in &self.processors {
            processor.ring.peek(|bytes| {
                if let Some(record) = Record::read_fork(bytes) {
                    forks.push(record);
                }
            });
        }
        forks.sort_by_key(|&(time, ..)| time);
        for (_, parent, pid) in forks {
            if processes.follows(parent) || children.contains(&parent) {
                children.insert(pid);
            }
        }
        children
    }
}

/// Lists the processors that are switched on.
pub(super) fn online_cpus() -> io::Result<Vec<u32>> {
    let list = fs::read_to_string("/sys/devices/system/cpu/online")?;
    let ranges = list.trim().split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    Ok(ranges.flatten().collect())
}
