//! A session: the sampled threads of this process, from start to profile.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::collector::{Collector, Shared, ThreadRecord, lock};
use super::ring::Ring;
use super::schedule::{AlarmClock, Schedule};
use super::{Options, Trigger};
use crate::error::{Error, Result};
use crate::modules::{self, Module};
use crate::profile::{Profile, Quality, Source, Thread, Weight};
use crate::symbolize::{Symbol, Symbolizer};
use crate::sys::{
    self, Alarm, Attached, Interrupted, Observer, PerfEvent, Signal, StackBounds, ThreadClock,
    Timer,
};
use crate::unwind::{Cache, Registers, Unwinder, Walk};

/// Only one session may run, because threads have one slot and one handler each.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// A running session; it ends with [`stop`](Session::stop), or without a profile when
/// it is dropped.
///
/// It stays on the thread that started it. Other threads take part by a
/// [`ThreadRegistrar`].
pub struct Session {
    // Dropped in this order: the own thread first, the signal once nothing raises it.
    own_thread: Option<ThreadGuard>,
    registrar: ThreadRegistrar,
    collector: Collector,
    modules: Vec<Module>,
    started: Instant,
    signal: Option<Signal>,
}

/// Registers threads with a session. May be cloned and sent to other threads.
#[derive(Clone)]
pub struct ThreadRegistrar(Arc<Setup>);

/// Samples a thread while it lives. It must be dropped on the thread that it was made
/// on, so it cannot leave it.
#[must_use = "the thread is sampled only while the guard lives"]
pub struct ThreadGuard {
    attached: Option<Attached>,
    record: Arc<ThreadRecord>,
    _own_thread: PhantomData<*const ()>,
}

struct Setup {
    options: Options,
    source: Source,
    signal: i32,
    unwinder: Arc<Unwinder>,
    records: Arc<Mutex<Vec<Arc<ThreadRecord>>>>,
    stopped: Mutex<bool>,
}

impl Session {
    pub(super) fn start(options: Options) -> Result<Self> {
        if RUNNING.swap(true, Ordering::AcqRel) {
            return Err(Error::AlreadyRunning);
        }
        let session = Self::set_up(options);
        if session.is_err() {
            RUNNING.store(false, Ordering::Release);
        }
        session
    }

    fn set_up(options: Options) -> Result<Self> {
        let modules = modules::of_this_process()
            .map_err(Error::system("list what is mapped into this process"))?;
        let unwinder = Arc::new(Unwinder::new(&modules));
        let signal = Signal::install()
            .map_err(Error::system("install a signal handler"))?
            .ok_or(Error::NoFreeSignal)?;
        let source = choose_source(options.trigger, signal.number())?;
        let collector = Collector::start().map_err(Error::system("start the collector thread"))?;
        let registrar = ThreadRegistrar(Arc::new(Setup {
            options,
            source,
            signal: signal.number(),
            unwinder,
            records: collector.records(),
            stopped: Mutex::new(false),
        }));
        let mut session = Self {
            own_thread: None,
            registrar,
            collector,
            modules,
            started: Instant::now(),
            signal: Some(signal),
        };
        session.own_thread = Some(session.registrar.register_current_thread()?);
        Ok(session)
    }

    /// Stops sampling on all threads and returns what was seen.
    ///
    /// # Errors
    /// [`Error::System`] if the modules of the process can no longer be listed.
    pub fn stop(mut self) -> Result<Profile> {
        let wall_time = self.started.elapsed();
        let records = self.end();
        let now = modules::of_this_process()
            .map_err(Error::system("list what is mapped into this process"))?;
        // Libraries may have come and gone; what was there at the start has priority.
        let mut modules = self.modules.clone();
        for module in now {
            let overlaps = |known: &Module| {
                known.range.start < module.range.end && module.range.start < known.range.end
            };
            if !self.modules.iter().any(overlaps) {
                modules.push(module);
            }
        }
        modules.sort_by_key(|module| module.range.start);
        Ok(profile(&records, &modules, &self.registrar.0, wall_time))
    }

    /// Starts to sample the calling thread, until the guard is dropped or the session
    /// ends. The thread that started the session is sampled already.
    ///
    /// # Errors
    /// [`Error::AlreadyRegistered`] if the thread is being sampled, and
    /// [`Error::System`] where the system refuses.
    pub fn register_current_thread(&self) -> Result<ThreadGuard> {
        self.registrar.register_current_thread()
    }

    /// Returns a registrar that other threads can use.
    pub fn registrar(&self) -> ThreadRegistrar {
        self.registrar.clone()
    }

    fn end(&mut self) -> Vec<Arc<ThreadRecord>> {
        // Whoever is registering now is waited for; whoever comes later is refused.
        *lock(&self.registrar.0.stopped) = true;
        self.own_thread = None;
        let records = self.collector.finish();
        if self.signal.take().is_some() {
            RUNNING.store(false, Ordering::Release);
        }
        records
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
            .field("options", &self.registrar.0.options)
            .finish_non_exhaustive()
    }
}

impl ThreadRegistrar {
    /// Starts to sample the calling thread, until the guard is dropped or the session
    /// ends.
    ///
    /// # Errors
    /// [`Error::AlreadyRegistered`] if the thread is being sampled, [`Error::Stopped`]
    /// if the session has ended, and [`Error::System`] where the system refuses.
    pub fn register_current_thread(&self) -> Result<ThreadGuard> {
        let setup = &self.0;
        let stopped = lock(&setup.stopped);
        if *stopped {
            return Err(Error::Stopped);
        }
        if Attached::is_current_thread_attached() {
            return Err(Error::AlreadyRegistered);
        }
        let index = lock(&setup.records).len();
        let options = &setup.options;
        let ring = Ring::with_bytes(options.ring_bytes);
        let cache = Cache::new();
        let stack = StackBounds::of_current_thread()
            .map_err(Error::system("find the stack of a thread"))?;
        let alarm: Box<dyn Alarm> = match setup.source {
            Source::PerfEvent => Box::new(
                PerfEvent::open(setup.signal)
                    .map_err(Error::system("open a perf event for a thread"))?,
            ),
            Source::Timer => Box::new(
                Timer::create(setup.signal)
                    .map_err(Error::system("create a timer for a thread"))?,
            ),
        };
        // From here on the time counts, so all that takes long is done before.
        let cpu_at_start = sys::own_cpu_time();
        // Different threads draw from far-apart places of the generator's cycle.
        let seed = options
            .seed
            .wrapping_add((index as u64).wrapping_mul(0xd1b5_4a32_d192_ed03));
        let mut schedule = Schedule::new(
            options.mean_interval(),
            sys::SHORTEST_ALARM,
            options.intervals,
            match setup.source {
                Source::PerfEvent => AlarmClock::Cpu,
                Source::Timer => AlarmClock::Real,
            },
            seed,
            cpu_at_start,
        );
        let first = schedule
            .next_alarm(cpu_at_start)
            .expect("an alarm that was never set must be");
        let shared = Arc::new(Shared {
            ring,
            lost: AtomicU64::new(0),
            late: AtomicU64::new(0),
            overhead: AtomicU64::new(0),
            due: AtomicU64::new(schedule.due()),
        });
        let observer = ThreadSampler {
            unwinder: Arc::clone(&setup.unwinder),
            cache,
            schedule,
            max_depth: options.max_depth,
            shared: Arc::clone(&shared),
            entered: 0,
            excluded: 0,
        };
        let attached = Attached::new(setup.signal, stack, alarm, Box::new(observer), first)
            .map_err(Error::system("prepare a thread for sampling"))?
            .ok_or(Error::AlreadyRegistered)?;
        let record = Arc::new(ThreadRecord {
            name: thread::current()
                .name()
                .map_or_else(|| format!("thread-{index}"), str::to_owned),
            slot: attached.slot(),
            shared,
            clock: ThreadClock::of_current_thread(),
            cpu_at_start,
            cpu_at_end: Mutex::default(),
            stacks: Mutex::default(),
        });
        lock(&setup.records).push(Arc::clone(&record));
        Ok(ThreadGuard {
            attached: Some(attached),
            record,
            _own_thread: PhantomData,
        })
    }
}

impl fmt::Debug for ThreadRegistrar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadRegistrar").finish_non_exhaustive()
    }
}

impl Drop for ThreadGuard {
    fn drop(&mut self) {
        self.record.finish();
        self.attached = None;
    }
}

impl fmt::Debug for ThreadGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadGuard")
            .field("thread", &self.record.name)
            .finish_non_exhaustive()
    }
}

/// What runs in the signal handler of one thread.
struct ThreadSampler {
    unwinder: Arc<Unwinder>,
    cache: Cache,
    schedule: Schedule,
    max_depth: usize,
    shared: Arc<Shared>,
    /// The CPU time when the handler was entered, and how much of what followed is
    /// excluded from the schedule already.
    entered: u64,
    excluded: u64,
}

impl Observer for ThreadSampler {
    fn observe(&mut self, moment: &Interrupted) -> Option<Duration> {
        self.entered = sys::own_cpu_time();
        self.excluded = 0;
        let arrivals = self.schedule.arrivals(self.entered);
        if arrivals.n > 0 {
            self.record(moment, arrivals.n);
            self.shared.late.fetch_add(arrivals.late, Ordering::Relaxed);
            self.shared
                .lost
                .fetch_add(arrivals.skipped, Ordering::Relaxed);
        }
        let now = sys::own_cpu_time();
        self.exclude_until(now);
        self.schedule.next_alarm(now)
    }

    fn leave(&mut self) {
        let now = sys::own_cpu_time();
        self.exclude_until(now);
        self.shared
            .overhead
            .fetch_add(self.excluded, Ordering::Relaxed);
        self.shared
            .due
            .store(self.schedule.due(), Ordering::Relaxed);
    }
}

impl ThreadSampler {
    fn record(&mut self, moment: &Interrupted, weight: u64) {
        let mut record = self.shared.ring.begin();
        let walk = if moment.stack.is_usable() {
            let registers = Registers {
                instruction: moment.instruction,
                stack_pointer: moment.stack_pointer,
                frame_pointer: moment.frame_pointer,
            };
            let read = |address| moment.stack.read(address);
            self.unwinder.walk(
                &mut self.cache,
                registers,
                self.max_depth,
                read,
                |address| record.push(address),
            )
        } else {
            record.push(moment.instruction);
            Walk::Unreadable
        };
        if !record.commit(walk, weight) {
            self.shared.lost.fetch_add(weight, Ordering::Relaxed);
        }
    }

    fn exclude_until(&mut self, now: u64) {
        let spent = now.saturating_sub(self.entered);
        self.schedule.exclude(spent - self.excluded);
        self.excluded = spent;
    }
}

fn choose_source(trigger: Trigger, signal: i32) -> Result<Source> {
    match trigger {
        Trigger::Timer => Ok(Source::Timer),
        Trigger::PerfEvent => match PerfEvent::open(signal) {
            Ok(_) => Ok(Source::PerfEvent),
            Err(source) => Err(Error::System {
                action: "open a perf event (is perf_event_paranoid above 1?)",
                source,
            }),
        },
        // Whatever the reason, the timer works without it.
        Trigger::Auto => Ok(PerfEvent::open(signal).map_or(Source::Timer, |_| Source::PerfEvent)),
    }
}

fn profile(
    records: &[Arc<ThreadRecord>],
    modules: &[Module],
    setup: &Setup,
    wall_time: Duration,
) -> Profile {
    let mut symbolizer = Symbolizer::new(modules, false);
    let mut profile = Profile::new();
    let mut quality = Quality {
        wall_time,
        rate_asked: setup.options.rate_hz,
        source: Some(setup.source),
        ..Quality::default()
    };
    let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    for record in records {
        let mut stacks: Vec<(Vec<Symbol>, Weight)> = Vec::new();
        for ((walk, addresses), &n) in &*lock(&record.stacks) {
            let weight = Weight::from_samples(n);
            let mut symbols = Vec::new();
            match walk {
                Walk::Complete => {}
                Walk::Truncated => {
                    quality.truncated += weight;
                    symbols.push(Symbol::unknown("[truncated]"));
                }
                Walk::Unreadable => {
                    quality.unreadable += weight;
                    symbols.push(Symbol::unknown("[unreadable]"));
                }
            }
            for &address in addresses.iter().rev() {
                symbols.extend_from_slice(symbolizer.functions(address));
            }
            stacks.push((symbols, weight));
        }
        // The addresses differ from run to run, the names do not.
        stacks.sort();
        let thread = profile.thread_id(Thread::named(&record.name));
        for (symbols, weight) in stacks {
            let mut stack = None;
            for symbol in &symbols {
                stack = Some(profile.stack_id(stack, symbol.as_frame()));
            }
            if let Some(stack) = stack {
                profile.observe(thread, stack, weight);
            }
        }
        let cpu_at_end = lock(&record.cpu_at_end).unwrap_or(record.cpu_at_start);
        let mean_nanos = setup.options.mean_interval().as_secs_f64() * 1e9;
        let overdue =
            super::schedule::expected_arrivals(load(&record.shared.due), cpu_at_end, mean_nanos);
        quality.lost += Weight::from_samples(load(&record.shared.lost) + overdue);
        quality.late += Weight::from_samples(load(&record.shared.late));
        quality.overhead += Duration::from_nanos(load(&record.shared.overhead));
        quality.cpu_time += Duration::from_nanos(cpu_at_end.saturating_sub(record.cpu_at_start));
    }
    profile.set_quality(quality);
    profile
}
