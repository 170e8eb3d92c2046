//! The sampled threads of a session: how they come, go, and what is kept of them.

use std::collections::HashMap;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};
use std::{io, mem};

use super::Options;
use super::budget::Spent;
use super::code_map::CodeMap;
use super::collector::lock;
use super::kits::{Kit, Kits};
use super::means::Means;
use super::python::{Met, Python};
use super::rate::Rate;
use super::sampled_thread::SampledThread;
use super::schedule::{Schedule, expected_arrivals};
use super::stacks::Stacks;
use super::status::Status;
use super::tally::{Bounds, Sources, Tally};
use super::thread_sampler::{Shared, ThreadSampler};
use crate::sys::{self, Births, Body, Reserved, StackBounds, ThreadClock, Tid, Unblocked};

/// All threads of a session.
pub(super) struct Threads {
    pub(super) options: Options,
    pub(super) means: Means,
    pub(super) rate: Arc<Rate>,
    pub(super) code: Arc<CodeMap>,
    /// If its frames are wanted.
    pub(super) python: Option<Arc<Python>>,
    /// The thread that empties the rings, which is not sampled.
    pub(super) collector: OnceLock<(thread::Thread, Tid)>,
    state: Mutex<State>,
}

/// What the session has seen when it is over.
pub(super) struct Seen {
    pub(super) stacks: Stacks,
    pub(super) tallies: Vec<Tally>,
    /// The CPU time of the thread that emptied the rings.
    pub(super) collector_nanos: u64,
}

struct State {
    records: HashMap<Tid, SampledThread>,
    /// Threads that block our signal, and their CPU time when they were found.
    unreachable: HashMap<Tid, u64>,
    ended: HashMap<String, Tally>,
    stacks: Stacks,
    kits: Kits,
    n_attached: u64,
}

/// What is kept of an ended thread beside its stacks, roughly.
const BYTES_PER_NAME: usize = 512;

/// Stands for ended threads for whose names there was no room.
const OTHER_THREADS: &str = "[memory limit]";

/// How long to wait for a thread to take a signal that may be on its way.
const PATIENCE: Duration = Duration::from_millis(10);

/// A perf event may go off earlier than was told by less than this: by the slack of the
/// schedule, and because its clock may run ahead of the thread's.
const CLOCK_NANOS: u64 = 80_000;

impl Threads {
    pub(super) fn new(
        options: Options,
        means: Means,
        code: CodeMap,
        python: Option<Arc<Python>>,
    ) -> Self {
        let stacks = Stacks::with_bytes(options.max_memory / 4);
        let kits = Kits::new(options.max_memory);
        Self {
            rate: Arc::new(Rate::new(options.rate_hz)),
            options,
            means,
            code: Arc::new(code),
            python,
            collector: OnceLock::new(),
            state: Mutex::new(State {
                records: HashMap::new(),
                unreachable: HashMap::new(),
                ended: HashMap::new(),
                stacks,
                kits,
                n_attached: 0,
            }),
        }
    }

    /// Starts to sample the calling thread.
    pub(super) fn attach_own(&self, name: &str) -> io::Result<()> {
        let bounds = StackBounds::of_current_thread()?;
        self.attach(sys::current_tid(), Some(bounds), name)
    }

    /// Starts to sample what runs and is not sampled, and sees which threads have ended.
    pub(super) fn scan(&self) -> io::Result<()> {
        self.scan_except(0)
    }

    /// The same, but for one thread.
    pub(super) fn scan_except(&self, except: Tid) -> io::Result<()> {
        let own = self.collector.get().map(|(_, tid)| *tid);
        let mut alive: Vec<Tid> = Vec::new();
        for entry in fs::read_dir("/proc/self/task")? {
            let name = entry?.file_name();
            alive.extend(name.to_str().and_then(|tid| tid.parse::<Tid>().ok()));
        }
        let mut new = alive.clone();
        {
            let mut state = lock(&self.state);
            let gone: Vec<Tid> = state
                .records
                .iter_mut()
                .filter_map(|(&tid, record)| {
                    let now = record.clock.now();
                    // Its clock is gone with it, or belongs to a new thread of that number and
                    // has run backwards. The list says nothing of it: the thread may have been
                    // born since it was read.
                    let is_same = now.is_some_and(|now| now >= record.cpu_last);
                    if let Some(now) = now {
                        record.look_at(now, self.means);
                    }
                    (!is_same).then_some(tid)
                })
                .collect();
            for tid in gone {
                self.detach(&mut state, tid, None);
            }
            new.retain(|tid| {
                !state.records.contains_key(tid) && Some(*tid) != own && *tid != except
            });
            state.unreachable.retain(|tid, _| alive.contains(tid));
        }
        for tid in new {
            let Some(status) = Status::of(tid) else {
                continue;
            };
            if status.blocks(self.means.signal()) {
                let mut state = lock(&self.state);
                let cpu = ThreadClock::of(tid).now().unwrap_or(0);
                state.unreachable.entry(tid).or_insert(cpu);
                continue;
            }
            // It may have ended meanwhile, or there may be no memory for one more.
            let _ = self.attach(tid, None, &status.name);
        }
        Ok(())
    }

    /// Returns the CPU time at which the calling thread is due for a sample.
    pub(super) fn own_due(&self) -> Option<u64> {
        let state = lock(&self.state);
        let own = state.records.get(&sys::current_tid())?;
        Some(own.shared.due.load(Ordering::Relaxed))
    }

    /// Empties the rings.
    pub(super) fn drain(&self) {
        if let Some(python) = &self.python {
            python.look_afresh();
        }
        let tids: Vec<Tid> = lock(&self.state).records.keys().copied().collect();
        // One at a time, as threads that are born or die wait for the lock.
        for tid in tids {
            let state = &mut *lock(&self.state);
            if let Some(record) = state.records.get_mut(&tid) {
                record.tally.drain(
                    &record.shared.ring,
                    self.sources(),
                    &mut state.stacks,
                    self.bounds(),
                );
            }
        }
    }

    /// Adds up what the threads have used and what sampling them has cost.
    pub(super) fn spent(&self) -> Spent {
        let state = lock(&self.state);
        let mut spent = Spent::default();
        for tally in state.ended.values() {
            spent.program += tally.cpu_time;
            spent.in_handlers += tally.overhead;
            spent.n_interruptions += tally.n_interruptions;
        }
        for record in state.records.values() {
            spent.program += record.cpu_last.saturating_sub(record.cpu_at_start);
            spent.in_handlers += record.shared.overhead.load(Ordering::Relaxed);
            spent.n_interruptions += record.shared.n_interruptions.load(Ordering::Relaxed);
        }
        spent
    }

    /// Halves the rate so often.
    pub(super) fn halve_rate(&self, n_times: u32) {
        // Held, because whoever empties a ring must know of every rate that is in it.
        let mut state = lock(&self.state);
        self.rate.halve(n_times);
        let bounds = self.bounds();
        for tally in state.ended.values_mut() {
            tally.thin(bounds);
        }
    }

    fn sources(&self) -> Sources<'_> {
        Sources {
            map: &self.code,
            python: self.python.as_deref(),
        }
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            max_depth: self.options.max_depth,
            n_halvings: self.rate.n_halvings(),
        }
    }

    /// Stops sampling all threads. Returns what was seen, and whether no signal of ours
    /// can be on its way any more.
    pub(super) fn finish(&self) -> (Seen, bool) {
        let tids: Vec<Tid> = lock(&self.state).records.keys().copied().collect();
        let is_quiet = self.means != Means::Trap || self.settle();
        let mut state = lock(&self.state);
        let mut tallies = Vec::new();
        for tid in tids {
            self.detach(&mut state, tid, Some(&mut tallies));
        }
        let unreachable = mem::take(&mut state.unreachable);
        for (tid, cpu_at_start) in unreachable {
            let now = ThreadClock::of(tid).now().unwrap_or(cpu_at_start);
            let cpu_time = now.saturating_sub(cpu_at_start);
            tallies.push(Tally {
                name: Status::of(tid).map_or_else(String::new, |status| status.name),
                tid: Some(tid),
                lost_nanos: cpu_time,
                cpu_time,
                ..Tally::default()
            });
        }
        tallies.extend(mem::take(&mut state.ended).into_values());
        let stacks = mem::replace(&mut state.stacks, Stacks::with_bytes(0));
        let seen = Seen {
            stacks,
            tallies,
            collector_nanos: 0,
        };
        (seen, is_quiet)
    }

    fn attach(&self, tid: Tid, stack: Option<StackBounds>, name: &str) -> io::Result<()> {
        let out_of_memory = || io::Error::from(io::ErrorKind::OutOfMemory);
        let mut state = lock(&self.state);
        if state.records.contains_key(&tid) {
            // A thread that has ended unseen, and a new one of the same number.
            self.detach(&mut state, tid, None);
        }
        let collector = self.collector.get().ok_or_else(out_of_memory)?;
        let kit = state.kits.take().ok_or_else(out_of_memory)?;
        state.unreachable.remove(&tid);
        let index = state.n_attached;
        state.n_attached += 1;
        // Different threads draw from far-apart places of the generator's cycle.
        let seed = self
            .options
            .seed
            .wrapping_add(index.wrapping_mul(0xd1b5_4a32_d192_ed03));
        let clock = ThreadClock::of(tid);
        let cpu_at_start = clock.now().ok_or_else(io::Error::last_os_error)?;
        let n_halvings = self.rate.n_halvings();
        let mut schedule = Schedule::new(
            self.rate.mean_interval(n_halvings),
            sys::SHORTEST_ALARM,
            self.options.intervals,
            self.means.clock(),
            seed,
            cpu_at_start,
        );
        let first = schedule
            .next_alarm(cpu_at_start)
            .expect("an alarm that was never set must be");
        let reserved = Reserved::new(tid).ok_or_else(out_of_memory)?;
        let alarm = self.means.alarm(tid, &reserved, first)?;
        let shared = Arc::new(Shared {
            ring: kit.ring,
            lost_nanos: AtomicU64::new(0),
            late_nanos: AtomicU64::new(0),
            overhead: AtomicU64::new(0),
            n_interruptions: AtomicU64::new(0),
            due: AtomicU64::new(schedule.due()),
            mean_nanos: AtomicU64::new(schedule.mean_nanos()),
            alarm_at: AtomicU64::new(schedule.alarm_at(cpu_at_start)),
            closing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        });
        let observer = ThreadSampler {
            code: Arc::clone(&self.code),
            python: self.python.clone().map(|python| (python, Met::new())),
            cache: kit.cache,
            schedule,
            rate: Arc::clone(&self.rate),
            n_halvings,
            max_depth: self.options.max_depth,
            shared: Arc::clone(&shared),
            collector: collector.0.clone(),
            entered_cpu: 0,
            entered: 0,
        };
        let attached = reserved.publish(Body {
            observer: Box::new(observer),
            alarm,
            stack,
            memory: kit.memory,
        });
        attached.with_alarm(|alarm| alarm.start());
        let record = SampledThread {
            attached,
            shared,
            clock,
            cpu_at_start,
            cpu_last: cpu_at_start,
            n_idle: 0,
            is_parked: false,
            tally: Tally {
                name: name.to_owned(),
                tid: Some(tid),
                seed,
                n_halvings,
                ..Tally::default()
            },
        };
        state.records.insert(tid, record);
        Ok(())
    }

    /// Stops sampling a thread; what was seen of it goes to `live`, or else is added up
    /// with that of others of its name.
    fn detach(&self, state: &mut State, tid: Tid, live: Option<&mut Vec<Tally>>) {
        let Some(mut record) = state.records.remove(&tid) else {
            return;
        };
        let now = record.clock.now();
        let body = record.attached.detach();
        // A thread that has ended without a word: its last time is not known, but it was
        // sampled until close to the next arrival.
        let due = record.shared.due.load(Ordering::Relaxed);
        let cpu_at_end = now.filter(|now| *now >= record.cpu_at_start);
        let cpu_at_end = cpu_at_end.unwrap_or_else(|| due.saturating_sub(1));
        record.tally.drain(
            &record.shared.ring,
            self.sources(),
            &mut state.stacks,
            self.bounds(),
        );
        let (tally, shared) = (&mut record.tally, &record.shared);
        let mean = shared.mean_nanos.load(Ordering::Relaxed);
        tally.lost_nanos = shared.lost_nanos.load(Ordering::Relaxed)
            + mean * expected_arrivals(due, cpu_at_end, mean as f64);
        tally.late_nanos = shared.late_nanos.load(Ordering::Relaxed);
        tally.overhead = shared.overhead.load(Ordering::Relaxed);
        tally.n_interruptions = shared.n_interruptions.load(Ordering::Relaxed);
        tally.cpu_time = cpu_at_end.saturating_sub(record.cpu_at_start);
        match live {
            Some(live) => live.push(record.tally),
            None => state.add_ended(record.tally),
        }
        if let Some(body) = body
            && let Ok(observer) = body.observer.into_any().downcast::<ThreadSampler>()
        {
            state.kits.give_back(Kit {
                ring: record.shared.ring.clone(),
                cache: observer.cache,
                memory: body.memory,
            });
        }
    }

    /// Stops all alarms, and sees to it that no signal of them is on its way; returns
    /// whether that succeeded for every thread.
    ///
    /// A thread that has used less CPU time than until its alarm was to go off has no
    /// signal before it. Any other is given one more, in whose handler it stops its own
    /// alarm: once it has been there, nothing is left. Only one that is asleep in the
    /// kernel does not get there.
    fn settle(&self) -> bool {
        let own = sys::current_tid();
        let state = lock(&self.state);
        let mut waiting = Vec::new();
        for (&tid, record) in &state.records {
            record.attached.with_alarm(|alarm| alarm.stop());
            let alarm_at = record.shared.alarm_at.load(Ordering::SeqCst);
            let may_be_pending = record
                .clock
                .now()
                .is_some_and(|now| now + CLOCK_NANOS >= alarm_at);
            // What was before the calling thread, it has taken on the way back from stopping.
            if tid != own && may_be_pending {
                record.shared.closing.store(true, Ordering::SeqCst);
                record.attached.with_alarm(|alarm| {
                    alarm.set(sys::SHORTEST_ALARM);
                    alarm.start()
                });
                waiting.push(record);
            }
        }
        let since = Instant::now();
        while !waiting.is_empty() && since.elapsed() < PATIENCE {
            thread::sleep(Duration::from_micros(200));
            waiting.retain(|record| {
                !record.shared.closed.load(Ordering::SeqCst) && record.clock.now().is_some()
            });
        }
        for record in &waiting {
            record.attached.with_alarm(|alarm| alarm.stop());
        }
        waiting.is_empty()
    }
}

impl Births for Threads {
    fn born(&self) {
        // The thread keeps it so, as nobody would put it back at the right moment.
        if let Ok(unblocked) = Unblocked::new(self.means.signal()) {
            mem::forget(unblocked);
        }
        // A thread that cannot be attached is found by the next scan, or left alone.
        let _ = self.attach_own("");
    }

    fn dying(&self) {
        let tid = sys::current_tid();
        let name = Status::of(tid).map(|status| status.name);
        let mut state = lock(&self.state);
        if let (Some(record), Some(name)) = (state.records.get_mut(&tid), name) {
            record.tally.name = name;
        }
        self.detach(&mut state, tid, None);
    }
}

impl State {
    fn add_ended(&mut self, mut tally: Tally) {
        let is_known = self.ended.contains_key(&tally.name);
        if !is_known && !self.stacks.take_bytes(BYTES_PER_NAME + tally.name.len()) {
            OTHER_THREADS.clone_into(&mut tally.name);
        }
        match self.ended.get_mut(&tally.name) {
            None => {
                self.ended.insert(tally.name.clone(), tally);
            }
            Some(all) => all.add(tally),
        }
    }
}
