//! One event on every processor, for whatever runs there.
//!
//! The moments of sampling then depend on nothing but the clock: a thread that lives for
//! a millisecond is as likely to be met as any other millisecond. Samples of strangers
//! are dropped before anything of them is read but the process number.

use std::collections::HashSet;
use std::fs;
use std::io;

use super::clock::{now, whole};
use super::error::{cannot_map_ring, cannot_open_event};
use super::options::{Mode, RecordOptions};
use super::periods::Periods;
use super::processes::Processes;
use super::record::{Event, Record};
use super::remote_stack;
use super::sample_cost::SampleCost;
use crate::error::{Error, Result};
use crate::sys::{self, EventPlan, EventTrigger, Ring, RingEvent};

/// The samplers of all processors.
pub(super) struct Processors {
    each: Vec<Processor>,
    /// Records that may be preceded by others that are not in a ring yet.
    pending: Vec<Record>,
    drain_due: u64,
    drain_every: u64,
    cost: SampleCost,
}

struct Processor {
    event: RingEvent,
    /// In wall mode.
    switches: Option<RingEvent>,
    ring: Ring,
    periods: Periods,
}

/// The kernel adds a header and registers, and a record has less than 64 KiB.
const STACK_BYTES: usize = 65_000;

/// Threads that sleep often do so near their root, and switches can be many.
const SLEEPING_STACK_BYTES: u32 = 16 << 10;

/// The largest useful ring: more would only let samples grow older.
const RING_BYTES: usize = 32 << 20;

/// While stacks are met that are larger than a record, their rest is read at such
/// intervals, before it changes.
const DEEP_DRAIN_NANOS: u64 = 2_000_000;

/// A record is in its ring this long after its time.
const SETTLED_NANOS: u64 = 1_000_000;

impl Processors {
    /// Opens the events and starts them.
    pub(super) fn start(options: &RecordOptions) -> Result<Self> {
        let (rate_hz, max_memory) = (options.rate_hz, options.max_memory);
        let cpus = online_cpus().map_err(Error::system("list the processors"))?;
        let ring_bytes = (max_memory / 2 / cpus.len().max(1)).min(RING_BYTES);
        let ring_bytes = 1 << ring_bytes.max(1 << 17).ilog2();
        let stack_bytes = STACK_BYTES.min(ring_bytes / 8) & !7;
        let stack_bytes = u32::try_from(stack_bytes).expect("less than 64 KiB");
        let mut processors = Vec::new();
        for cpu in cpus {
            let seed = options
                .seed
                .wrapping_add(u64::from(cpu).wrapping_mul(0xd1b5_4a32_d192_ed03));
            let mut periods = Periods::new(rate_hz, sys::SHORTEST_ALARM, seed);
            let plan = EventPlan {
                tid: None,
                cpu,
                trigger: EventTrigger::CpuClock(periods.redraw(now())),
                stack_bytes,
                inherit: false,
                track: true,
            };
            let event = RingEvent::open(plan).map_err(cannot_open_event)?;
            let switches = (options.mode == Mode::Wall).then(|| {
                RingEvent::open(EventPlan {
                    trigger: EventTrigger::ContextSwitch,
                    stack_bytes: plan.stack_bytes.min(SLEEPING_STACK_BYTES),
                    track: false,
                    ..plan
                })
            });
            let switches = switches.transpose().map_err(cannot_open_event)?;
            let ring = event.map_ring(ring_bytes).map_err(cannot_map_ring)?;
            if let Some(switches) = &switches {
                let joined = switches.write_to_ring_of(&event);
                joined.map_err(Error::system("join two perf events"))?;
            }
            processors.push(Processor {
                event,
                switches,
                ring,
                periods,
            });
        }
        let cost = SampleCost::measure(stack_bytes);
        for processor in &processors {
            if let Some(switches) = &processor.switches {
                switches
                    .enable()
                    .map_err(Error::system("start a perf event"))?;
            }
            processor
                .event
                .enable()
                .map_err(Error::system("start a perf event"))?;
        }
        let samples_in_ring = ring_bytes as f64 / f64::from(stack_bytes + 100);
        // Switches can be many.
        let rate_hz = match options.mode {
            Mode::Cpu => rate_hz,
            Mode::Wall => rate_hz + 1000.0,
        };
        let drain_every = (samples_in_ring / 4.0 / rate_hz * 1e9).clamp(5e6, 100e6);
        Ok(Self {
            each: processors,
            pending: Vec::new(),
            drain_due: 0,
            drain_every: whole(drain_every),
            cost,
        })
    }

    /// Returns the moment at which there is something to do.
    pub(super) fn due(&self) -> u64 {
        let redraws = self.each.iter().map(|cpu| cpu.periods.due());
        redraws.min().unwrap_or(u64::MAX).min(self.drain_due)
    }

    /// Takes in what there is, and changes the rate.
    pub(super) fn set_rate(&mut self, rate_hz: f64, processes: &mut Processes) -> Result<()> {
        self.drain(processes, now().saturating_sub(SETTLED_NANOS));
        for processor in &mut self.each {
            processor.periods.set_rate(rate_hz);
        }
        self.work(processes)
    }

    /// Does what is due.
    pub(super) fn work(&mut self, processes: &mut Processes) -> Result<()> {
        for processor in &mut self.each {
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
        for processor in &self.each {
            // An event that cannot be stopped is ended when it is closed.
            let _ = processor.event.disable();
            let _ = processor.switches.as_ref().map(RingEvent::disable);
        }
        self.drain(processes, u64::MAX);
    }

    fn drain(&mut self, processes: &mut Processes, until: u64) {
        // A child's samples come after its birth; so what is read ends before the births are
        // looked for, or a child might be a stranger as yet.
        let ends: Vec<u64> = self.each.iter().map(|each| each.ring.end()).collect();
        let children = self.new_children(processes);
        let wants = |pid: u32| processes.wants(pid) || children.contains(&pid);
        let (mut is_deep, mut lost, mut in_samples) = (false, 0.0, 0.0);
        for (processor, end) in self.each.iter_mut().zip(ends) {
            let pending = &mut self.pending;
            let (mut n_lost, mut n_samples, mut n_wanted) = (0, 0_u64, 0_u64);
            processor.ring.drain(end, |bytes| {
                n_samples += u64::from(Record::is_sample(bytes));
                let Some(mut record) = Record::read(bytes, wants) else {
                    return;
                };
                match &mut record.event {
                    Event::Sample(dump) => {
                        n_wanted += 1;
                        in_samples += self.cost.of(dump.stack.len());
                        is_deep |= dump.is_cut;
                        remote_stack::read_on(record.pid, dump);
                    }
                    Event::Lost(n) => n_lost += *n,
                    _ => {}
                }
                pending.push(record);
            });
            // Whose samples they were is not known; those around them tell.
            let part = n_wanted as f64 / n_samples.max(1) as f64;
            lost += n_lost as f64 * part;
        }
        processes.tally.lost += whole(lost.round());
        processes.in_samples += in_samples;
        if is_deep {
            self.drain_due = self.drain_due.min(now() + DEEP_DRAIN_NANOS);
        }
        // Stable, so that records of one processor keep their order.
        self.pending.sort_by_key(|record| record.time);
        let settled = self.pending.partition_point(|record| record.time <= until);
        for record in self.pending.drain(..settled) {
            processes.apply(record);
        }
        processes.go_on_sleeping(until.min(now()));
    }

    /// Finds the processes that recorded ones have started, before their samples are
    /// read: those may be in a ring that is read first.
    fn new_children(&self, processes: &Processes) -> HashSet<u32> {
        let mut children = HashSet::new();
        // Some have been read before, and wait for records that may precede them.
        let mut forks: Vec<(u64, u32, u32)> = Vec::new();
        for record in &self.pending {
            if let Event::Fork { parent, .. } = record.event {
                forks.push((record.time, parent, record.pid));
            }
        }
        for processor in &self.each {
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
        let (first, end) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=end.parse().ok()?)
    });
    Ok(ranges.flatten().collect())
}
