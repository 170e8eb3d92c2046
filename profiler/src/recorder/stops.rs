//! Sampling by stopping threads, one at a time, for where perf events are forbidden.
//!
//! At random moments of the wall clock (exponential intervals, see the sampler's
//! schedule for why) every thread is looked at, and those that run are stopped for as
//! long as it takes to copy their stack, some ten microseconds. The threads that wait
//! for a processor cannot be told from those that have one; but the kernel counts how
//! long each has waited and run, so of the runnable only the running part is taken:
//! with probability `run / (run + wait)`, both since the last samples. Then the expected
//! number of samples is the rate times the CPU time.
//!
//! In wall mode all threads count, and those that wait for a processor in full. A sleeping
//! thread is stopped once; as long as it has not run since, its stack is the same.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::mem;

use super::clock::{now, whole};
use super::counts::Seen;
use super::options::Mode;
use super::processes::Processes;
use super::python::Pythons;
use super::relatives::threads_of;
use super::remote_stack::{Look, stop_and_copy};
use crate::dice::Dice;
use crate::sys::Tracer;

/// The sampler that stops threads.
pub(super) struct Stops {
    rate: f64,
    mode: Mode,
    dice: Dice,
    due: u64,
    /// Moments at which this process did not run, and that are still to be made up for.
    missed: u64,
    /// Whether the next look may be for one of these.
    catches_up: bool,
    threads: HashMap<u32, Looked>,
    tracer: Tracer,
    /// Nanoseconds for which threads were stopped.
    stopped: u64,
    round: u64,
    children_due: u64,
    pythons: Option<Pythons>,
}

/// More moments than this are not made up for: the machine slept, or we were stopped.
const MOST_MISSED: u64 = 1000;

/// How often to look for new processes.
const CHILDREN_NANOS: u64 = 50_000_000;

/// What a thread was like when it was last looked at.
#[derive(Default)]
struct Looked {
    round: u64,
    /// Nanoseconds run and waited when the two were last compared, and the result.
    run: u64,
    wait: u64,
    running_part: f64,
    asleep: Option<Asleep>,
}

/// A sleep, and the stack in it.
struct Asleep {
    run: u64,
    place: String,
    seen: Seen,
}

/// The kernel brings the counters up to date on its ticks, so they are compared over
/// several of these.
const COMPARE_NANOS: u64 = 20_000_000;

/// A thread that was stopped goes back to sleep in less time than this.
const BACK_TO_SLEEP_NANOS: u64 = 200_000;

impl Stops {
    /// Makes one that looks for Python's frames as well if it is given what reads them.
    pub(super) fn new(rate_hz: f64, mode: Mode, seed: u64, pythons: Option<Pythons>) -> Self {
        Self {
            rate: rate_hz / 1e9,
            mode,
            dice: Dice::new(seed),
            due: 0,
            missed: 0,
            catches_up: false,
            threads: HashMap::new(),
            tracer: Tracer::default(),
            stopped: 0,
            round: 0,
            children_due: 0,
            pythons,
        }
    }

    /// Returns the moment at which there is something to do.
    pub(super) fn due(&self) -> u64 {
        self.due
    }

    /// Changes the rate.
    pub(super) fn set_rate(&mut self, rate_hz: f64) {
        self.rate = rate_hz / 1e9;
    }

    /// Looks at all threads if it is time.
    pub(super) fn work(&mut self, processes: &mut Processes) {
        let now = now();
        if now < self.due {
            return;
        }
        self.plan(now);
        self.round += 1;
        if processes.with_children() && now > self.children_due {
            self.children_due = now + CHILDREN_NANOS;
            processes.attach_descendants();
        }
        for pid in processes.pids() {
            // A process that has just ended.
            let Ok(tids) = threads_of(pid) else { continue };
            for tid in tids {
                // The same for a thread.
                let _ = self.look_at(processes, pid, tid);
            }
        }
        self.threads.retain(|_, looked| looked.round == self.round);
        // A stopped thread is not at work, and must not be met there.
        let stopped = mem::take(&mut self.stopped);
        self.due += stopped;
        processes.in_samples += stopped as f64;
    }

    /// Plans the next look, from one that was due by now.
    ///
    /// Moments at which this process did not run are made up for, or busy times would count
    /// for less: one by one at twice the rate, since many at once would see the same stack
    /// and count as if they had not.
    fn plan(&mut self, now: u64) {
        if self.catches_up && self.dice.uniform() < 0.5 {
            self.missed -= 1;
        }
        let interval = |dice: &mut Dice, rate: f64| whole(-(1.0 - dice.uniform()).ln() / rate);
        if self.due > 0 {
            self.due += interval(&mut self.dice, self.rate);
            while self.due <= now && self.missed < MOST_MISSED {
                self.missed += 1;
                self.due += interval(&mut self.dice, self.rate);
            }
        }
        self.catches_up = self.missed > 0;
        let rate = if self.catches_up {
            2.0 * self.rate
        } else {
            self.rate
        };
        self.due = now + interval(&mut self.dice, rate);
    }

    fn look_at(&mut self, processes: &mut Processes, pid: u32, tid: u32) -> io::Result<()> {
        let mut looked = self.threads.remove(&tid).unwrap_or_default();
        looked.round = self.round;
        let result = self.look_again(processes, pid, tid, &mut looked);
        self.threads.insert(tid, looked);
        result
    }

    fn look_again(
        &mut self,
        processes: &mut Processes,
        pid: u32,
        tid: u32,
        looked: &mut Looked,
    ) -> io::Result<()> {
        let (run, wait) = run_and_wait(pid, tid)?;
        let spent = (run - looked.run.min(run)) + (wait - looked.wait.min(wait));
        if spent > COMPARE_NANOS || looked.running_part == 0.0 {
            looked.running_part = (run - looked.run.min(run)) as f64 / spent.max(1) as f64;
            (looked.run, looked.wait) = (run, wait);
        }
        if is_runnable(pid, tid)? {
            looked.asleep = None;
            // By the clock on the wall, to wait for a processor is time as well.
            let counts = self.mode == Mode::Wall || self.dice.uniform() < looked.running_part;
            if counts && let Some(seen) = self.look(processes, pid, tid)? {
                processes.see(seen, 1, now());
            }
            return Ok(());
        }
        if self.mode == Mode::Cpu {
            return Ok(());
        }
        let place = place_of_sleep(pid, tid)?;
        let is_same =
            |asleep: &Asleep| asleep.place == place && run - asleep.run < BACK_TO_SLEEP_NANOS;
        if !looked.asleep.as_ref().is_some_and(is_same) {
            let seen = self.look(processes, pid, tid)?;
            looked.asleep = seen.map(|seen| Asleep { run, place, seen });
        }
        if let Some(asleep) = &looked.asleep {
            processes.see(asleep.seen.clone(), 1, now());
        }
        Ok(())
    }

    fn look(&mut self, processes: &mut Processes, pid: u32, tid: u32) -> io::Result<Option<Seen>> {
        let mut look = Look {
            pythons: self.pythons.as_mut(),
            is_joined: processes.python.is_joined,
            has_locals: false,
        };
        let (dump, stopped, _) = stop_and_copy(&mut self.tracer, pid, tid, &mut look)?;
        self.stopped += stopped;
        let looked = processes.look(pid, tid, &dump);
        Ok(looked.map(|(thread, walk, places)| Seen {
            thread,
            walk,
            places,
        }))
    }
}

/// Returns the nanoseconds that a thread has run and has waited for a processor.
fn run_and_wait(pid: u32, tid: u32) -> io::Result<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{tid}/schedstat"))?;
    let mut numbers = text.split_ascii_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(run)), Some(Ok(wait))) => Ok((run, wait)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn is_runnable(pid: u32, tid: u32) -> io::Result<bool> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{tid}/stat"))?;
    // The name before the state may hold anything, brackets too.
    let after_name = text.rsplit_once(')').map(|(_, rest)| rest.trim_start());
    Ok(after_name.is_some_and(|rest| rest.starts_with('R')))
}

/// Returns the stack and instruction pointers of a thread that sleeps, as text.
fn place_of_sleep(pid: u32, tid: u32) -> io::Result<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{tid}/syscall"))?;
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    Ok(fields[fields.len().saturating_sub(2)..].join(" "))
}
