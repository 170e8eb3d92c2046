//! The processes and threads that are recorded, and what they were seen doing.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::sync::Arc;

use super::address_space::AddressSpace;
use super::clock::{now, whole};
use super::counts::{Counts, Seen};
use super::images::{Images, Place, is_in_file};
use super::python::{PythonChoice, SharedFrames};
use super::record::{Event, Record, StackDump};
use super::relatives::{children_of, threads_of};
use super::sleeps::Sleeps;
use crate::dice::Dice;
use crate::sys::{self, Tracer};
use crate::unwind::{Cache, Walk};

/// All that is recorded, and its state.
pub(super) struct Processes {
    pub(super) images: Images,
    pub(super) threads: Threads,
    pub(super) counts: Counts,
    pub(super) tally: Tally,
    /// Nanoseconds of the processes that went into samples of them.
    pub(super) in_samples: f64,
    pub(super) sleeps: Option<Sleeps>,
    /// The frames of Python that were met.
    pub(super) python_frames: SharedFrames,
    /// What is shown of Python.
    pub(super) python: PythonChoice,
    by_pid: HashMap<u32, Process>,
    cpu_of_ended: u64,
    cache: Cache,
    subprocesses: bool,
    timeline: bool,
}

/// What became of samples.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) taken: u64,
    pub(super) lost: u64,
    pub(super) truncated: u64,
    pub(super) unreadable: u64,
}

/// Threads by number.
#[derive(Debug, Default)]
pub(super) struct Threads {
    threads: Vec<ThreadInfo>,
    index: HashMap<(u32, u32), u32>,
}

/// What is known of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ThreadInfo {
    pub(super) pid: u32,
    pub(super) tid: u32,
    pub(super) name: String,
}

struct Process {
    space: Arc<AddressSpace>,
    /// Whether it is still a copy of the recorder, on its way to the real program.
    awaits_exec: bool,
    /// When its mappings may be listed again.
    look_again: u64,
    cpu_at_start: u64,
    cpu_at_last: u64,
}

/// Listing the mappings takes longer than a sample.
const LOOK_AGAIN_NANOS: u64 = 200_000_000;

impl Processes {
    /// Makes a table without processes, whose counts may take `max_bytes` of memory.
    pub(super) fn new(subprocesses: bool, timeline: bool, max_bytes: usize) -> Self {
        Self {
            images: Images::default(),
            threads: Threads::default(),
            counts: Counts::new(max_bytes),
            tally: Tally::default(),
            in_samples: 0.0,
            sleeps: None,
            python_frames: SharedFrames::default(),
            python: PythonChoice::default(),
            by_pid: HashMap::new(),
            cpu_of_ended: 0,
            cache: Cache::new(),
            subprocesses,
            timeline,
        }
    }

    /// Takes in a process that is running already.
    pub(super) fn attach(&mut self, pid: u32) -> io::Result<()> {
        let space = AddressSpace::of_process(pid, &mut self.images)?;
        let cpu = sys::process_cpu_time(pid).ok_or(io::ErrorKind::NotFound)?;
        let tids = threads_of(pid)?;
        self.by_pid.insert(
            pid,
            Process {
                space: Arc::new(space),
                awaits_exec: false,
                look_again: 0,
                cpu_at_start: cpu,
                cpu_at_last: cpu,
            },
        );
        for tid in tids {
            self.threads.find(pid, tid);
        }
        Ok(())
    }

    /// Takes in a process that this one has started and that runs its program.
    pub(super) fn attach_to_child(&mut self, pid: u32) -> io::Result<()> {
        self.attach(pid)?;
        if let Some(process) = self.by_pid.get_mut(&pid) {
            process.cpu_at_start = 0;
        }
        Ok(())
    }

    /// Takes in a process that a recorded one has started, unless it is there already.
    pub(super) fn attach_forked(&mut self, pid: u32) {
        if !self.wants(pid)
            && self.attach(pid).is_ok()
            && let Some(process) = self.by_pid.get_mut(&pid)
        {
            process.cpu_at_start = 0;
        }
    }

    /// Looks at a process anew, which runs another program.
    pub(super) fn renew(&mut self, pid: u32) {
        if let Some(process) = self.by_pid.get_mut(&pid)
            && let Ok(space) = AddressSpace::of_process(pid, &mut self.images)
        {
            process.space = Arc::new(space);
        }
    }

    /// Takes in the processes that recorded ones have started, and theirs.
    pub(super) fn attach_descendants(&mut self) {
        let mut parents = self.pids();
        while let Some(parent) = parents.pop() {
            for child in children_of(parent) {
                if !self.wants(child) && self.attach(child).is_ok() {
                    parents.push(child);
                }
            }
        }
    }

    /// Tells whether the children of recorded processes are recorded.
    pub(super) fn with_children(&self) -> bool {
        self.subprocesses
    }

    /// Takes in a process that this one has started, from its `exec` on.
    pub(super) fn await_exec(&mut self, pid: u32) {
        self.begin(pid, Arc::new(AddressSpace::new()), true);
    }

    /// Tells whether records of a process are wanted.
    pub(super) fn wants(&self, pid: u32) -> bool {
        self.by_pid.contains_key(&pid)
    }

    /// Tells whether the child of a recorded process is recorded as well.
    pub(super) fn follows(&self, parent: u32) -> bool {
        self.subprocesses && self.wants(parent)
    }

    /// Lists the processes in the order of their numbers.
    pub(super) fn pids(&self) -> Vec<u32> {
        let mut pids: Vec<u32> = self.by_pid.keys().copied().collect();
        pids.sort_unstable();
        pids
    }

    /// Walks the stack of a thread and joins Python's frames to it; `None` for one that
    /// does not count.
    pub(super) fn look(
        &mut self,
        pid: u32,
        tid: u32,
        dump: &StackDump,
    ) -> Option<(u32, Walk, Vec<Place>)> {
        let Some(python) = &dump.python else {
            let is_wanted = !self.python.needs_gil;
            return is_wanted.then(|| self.walk(pid, tid, dump)).flatten();
        };
        if self.python.needs_gil && !python.holds_gil {
            return None;
        }
        if dump.registers.is_none() {
            let thread = self.threads.find(pid, tid);
            return Some((thread, python.walk, python.places()));
        }
        let (thread, walk, native) = self.walk(pid, tid, dump)?;
        let space = &self.by_pid.get(&pid)?.space;
        let (places, walk) = python.join(&native, walk, |address| space.place(address));
        Some((thread, walk, places))
    }

    /// Walks the native stack of a thread; what is mapped meanwhile is looked up again if
    /// the stack cannot be walked without.
    fn walk(&mut self, pid: u32, tid: u32, dump: &StackDump) -> Option<(u32, Walk, Vec<Place>)> {
        let thread = self.threads.find(pid, tid);
        let process = self.by_pid.get_mut(&pid)?;
        let (walk, places) = process.space.walk(&mut self.cache, dump);
        let is_known = walk != Walk::Unreadable && places.iter().all(|&place| is_in_file(place));
        if is_known || now() < process.look_again {
            return Some((thread, walk, places));
        }
        // Code that is in no file, made by a program as it runs, stays unknown.
        process.look_again = now() + LOOK_AGAIN_NANOS;
        match AddressSpace::of_process(pid, &mut self.images) {
            // Of a process that has ended, the list is there and empty.
            Ok(space) if !space.is_empty() => process.space = Arc::new(space),
            _ => return Some((thread, walk, places)),
        }
        let (walk, places) = process.space.walk(&mut self.cache, dump);
        Some((thread, walk, places))
    }

    /// Takes in a record; they must come in the order of their times.
    pub(super) fn apply(&mut self, record: Record) {
        let (pid, tid) = (record.pid, record.tid);
        if let Event::Fork {
            parent,
            parent_thread,
        } = record.event
        {
            self.fork(pid, tid, parent, parent_thread);
            return;
        }
        let Some(process) = self.by_pid.get_mut(&pid) else {
            return;
        };
        match record.event {
            Event::Sample(_) if process.awaits_exec => {}
            // A thread that has ended is not asleep.
            Event::Sample(dump) if dump.is_switch && dump.registers.is_none() => {
                if let Some(sleeps) = &mut self.sleeps {
                    sleeps.end(pid, tid);
                }
            }
            Event::Sample(dump) => {
                let Some((thread, walk, places)) = self.look(pid, tid, &dump) else {
                    return;
                };
                let seen = Seen {
                    thread,
                    walk,
                    places,
                };
                match &mut self.sleeps {
                    Some(sleeps) if dump.is_switch => sleeps.leave(pid, tid, record.time, seen),
                    _ => self.see(seen, 1, record.time),
                }
            }
            Event::Map(map) => {
                let mapped = self.images.open(pid, &map);
                Arc::make_mut(&mut process.space).map(mapped, &map);
            }
            Event::Name { name, is_exec } => {
                if is_exec {
                    process.awaits_exec = false;
                    process.space = Arc::new(AddressSpace::new());
                }
                if !process.awaits_exec {
                    let thread = self.threads.find(pid, tid);
                    self.threads.rename(thread, name);
                }
            }
            Event::Arrive => {
                let sleeps = self.sleeps.as_mut();
                let seen = sleeps.map(|sleeps| sleeps.come_back(pid, tid, record.time));
                self.see_all(seen.unwrap_or_default());
            }
            // Its last leaving of the processor has no user side.
            Event::Exit | Event::Fork { .. } | Event::Lost(_) => {}
        }
    }

    /// Has every thread leave the processor once, so that its stack is known. One that may
    /// not be traced is not counted before it runs.
    pub(super) fn wake_sleepers(&self) {
        let mut tracer = Tracer::default();
        for pid in self
            .pids()
            .into_iter()
            .filter(|pid| !self.by_pid[pid].awaits_exec)
        {
            for tid in threads_of(pid).unwrap_or_default() {
                drop(tracer.stop(tid));
            }
        }
    }

    /// Counts what threads that are off the processor were doing up to that time.
    pub(super) fn go_on_sleeping(&mut self, time: u64) {
        let sleeps = self.sleeps.as_mut();
        let seen = sleeps.map(|sleeps| sleeps.go_on(time));
        self.see_all(seen.unwrap_or_default());
    }

    fn see_all(&mut self, seen: Vec<(Seen, u64)>) {
        for (seen, time) in seen {
            self.see(seen, 1, time);
        }
    }

    /// Walks the stack of a thread and counts it, if it counts.
    pub(super) fn see_dump(&mut self, pid: u32, tid: u32, dump: &StackDump, time: u64) {
        if let Some((thread, walk, places)) = self.look(pid, tid, dump) {
            let seen = Seen {
                thread,
                walk,
                places,
            };
            self.see(seen, 1, time);
        }
    }

    /// Notes the CPU time of a process that somebody else has looked at.
    pub(super) fn note_clock(&mut self, pid: u32, cpu: u64) {
        if let Some(process) = self.by_pid.get_mut(&pid) {
            process.cpu_at_last = process.cpu_at_last.max(cpu);
        }
    }

    /// Counts a stack that was seen at that time.
    ///
    /// Where memory is short, only its innermost function is kept.
    pub(super) fn see(&mut self, mut seen: Seen, weight: u64, time: u64) {
        if self.timeline && self.counts.is_full() {
            self.tally.lost += weight;
            return;
        }
        if self.counts.is_full_for(&seen) {
            seen.places.truncate(1);
            seen.walk = Walk::Truncated;
        }
        self.tally.add(seen.walk, weight);
        let time = self.timeline.then_some(time);
        self.counts.add(seen, weight, time);
    }

    /// Goes on at a lower rate, and keeps as many of the samples so far as it would have
    /// made, so that all weigh the same. Returns what is left of those that were taken.
    pub(super) fn lower_rate(&mut self, from_hz: f64, to_hz: f64, dice: &mut Dice) -> Tally {
        if let Some(sleeps) = &mut self.sleeps {
            sleeps.set_rate(to_hz);
        }
        let keep = to_hz / from_hz;
        self.counts.thin(keep, dice);
        let lost = whole((self.tally.lost as f64 * keep).round());
        let (mut all, mut taken) = (Tally::default(), Tally::default());
        for (seen, count) in self.counts.stacks() {
            all.add(seen.walk, count.n);
            taken.add(seen.walk, count.n_taken);
        }
        self.tally = Tally { lost, ..all };
        taken
    }

    /// Counts the CPU time from now on: to find Python takes a while, and what a process
    /// takes meanwhile is not sampled.
    pub(super) fn begin_clocks(&mut self) {
        self.read_clocks();
        for process in self.by_pid.values_mut() {
            process.cpu_at_start = process.cpu_at_last;
        }
    }

    /// Looks at the clocks of the recorded processes.
    pub(super) fn read_clocks(&mut self) {
        for (&pid, process) in &mut self.by_pid {
            if let Some(now) = sys::process_cpu_time(pid) {
                process.cpu_at_last = process.cpu_at_last.max(now);
            }
        }
    }

    /// Is told what a launched process and its descendants took: of short-lived ones the
    /// clocks may never have been read.
    pub(super) fn know_cpu_time(&mut self, nanos: u64) {
        if self.subprocesses {
            self.cpu_of_ended += nanos.saturating_sub(self.cpu_time());
        }
    }

    /// Returns the CPU time of the recorded processes from when they were taken in to
    /// the last look at their clocks, in nanoseconds.
    pub(super) fn cpu_time(&self) -> u64 {
        let spent = |process: &Process| process.cpu_at_last - process.cpu_at_start;
        self.by_pid.values().map(spent).sum::<u64>() + self.cpu_of_ended
    }

    fn fork(&mut self, pid: u32, tid: u32, parent: u32, parent_thread: u32) {
        let Some(forker) = self.by_pid.get(&parent) else {
            // The number of a process that has ended, used again by a stranger; or the
            // recorder's own child.
            let is_reused = |process: &Process| pid == tid && !process.awaits_exec;
            if self.by_pid.get(&pid).is_some_and(is_reused) {
                self.forget(pid);
            }
            return;
        };
        if forker.awaits_exec {
            return;
        }
        if pid != parent {
            if !self.subprocesses {
                return;
            }
            let space = Arc::clone(&forker.space);
            self.begin(pid, space, false);
        }
        let name = self.threads.name_of(parent, parent_thread);
        let thread = self.threads.find(pid, tid);
        if let Some(name) = name {
            self.threads.rename(thread, name);
        }
    }

    fn forget(&mut self, pid: u32) {
        if let Some(process) = self.by_pid.remove(&pid) {
            self.cpu_of_ended += process.cpu_at_last - process.cpu_at_start;
        }
    }

    fn begin(&mut self, pid: u32, space: Arc<AddressSpace>, awaits_exec: bool) {
        self.by_pid.insert(
            pid,
            Process {
                space,
                awaits_exec,
                look_again: 0,
                cpu_at_start: 0,
                cpu_at_last: 0,
            },
        );
    }
}

impl Tally {
    fn add(&mut self, walk: Walk, n: u64) {
        self.taken += n;
        match walk {
            Walk::Complete => {}
            Walk::Truncated => self.truncated += n,
            Walk::Unreadable => self.unreadable += n,
        }
    }
}

impl Threads {
    /// Returns the number of a thread; a new one is named as the system names it.
    pub(super) fn find(&mut self, pid: u32, tid: u32) -> u32 {
        let threads = &mut self.threads;
        *self.index.entry((pid, tid)).or_insert_with(|| {
            let name = fs::read_to_string(format!("/proc/{pid}/task/{tid}/comm"));
            let number =
                u32::try_from(threads.len()).expect("fewer than 2^32 threads fit in memory");
            threads.push(ThreadInfo {
                pid,
                tid,
                name: name.map_or_else(|_| String::new(), |name| name.trim_end().to_owned()),
            });
            number
        })
    }

    pub(super) fn rename(&mut self, thread: u32, name: String) {
        self.threads[thread as usize].name = name;
    }

    /// Notes a thread that an earlier recorder saw.
    pub(super) fn set(&mut self, number: u32, info: ThreadInfo) {
        match self.threads.get_mut(number as usize) {
            Some(thread) => *thread = info,
            None => self.threads.push(info),
        }
    }

    pub(super) fn all(&self) -> &[ThreadInfo] {
        &self.threads
    }

    fn name_of(&self, pid: u32, tid: u32) -> Option<String> {
        let thread = self.index.get(&(pid, tid))?;
        Some(self.threads[*thread as usize].name.clone())
    }
}
