//! Sampling threads that run Python, each stopped at the moment of its sample.
//!
//! Python's frames lie in memory that the kernel does not copy with a sample, and a thread
//! that runs on changes them within a microsecond. So each thread has a perf event of its
//! own, which counts its CPU time, and by a signal that is never delivered it stops at the
//! very instruction where the event went off (see `sys::tracing`). It stands still for as
//! long as it takes to copy its frames, some ten microseconds; names are looked up later.
//!
//! The thread that follows others is one of its own: they must not wait while the recorder
//! does something else.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::clock::{now, whole};
use super::options::RecordOptions;
use super::priority::Priority;
use super::processes::Processes;
use super::python::{Pythons, RawStack};
use super::record::StackDump;
use super::relatives::threads_of;
use super::remote_stack::copy;
use crate::dice::Dice;
use crate::error::{Error, Result};
use crate::sys::{self, Alarm, Delivery, PerfEvent, SAMPLE_SIGNAL, Tid, TraceStop, Traced, Waker};

/// The sampler that follows threads.
pub(super) struct Tracing {
    follower: Option<JoinHandle<()>>,
    waker: Waker,
    shared: Arc<Shared>,
    messages: Receiver<Message>,
    due: u64,
    ended: HashMap<u32, (ExitStatus, u64)>,
}

/// What both threads look at.
struct Shared {
    is_over: AtomicBool,
    /// The rate, as its bits.
    rate: AtomicU64,
    own_cpu: AtomicU64,
    lost: AtomicU64,
}

/// What the following thread has seen.
enum Message {
    Sample {
        time: u64,
        pid: u32,
        tid: u32,
        dump: StackDump,
        /// The nanoseconds that the thread stood still.
        cost: u64,
    },
    /// A process was started by one that is followed.
    Forked(u32),
    /// A process runs another program.
    Exec(u32),
    /// A process is about to end, at this CPU time.
    Leaving(u32, u64),
    Ended(u32, ExitStatus, u64),
    /// A process runs Python of a version that is not known.
    Unknown(u32, String),
}

/// How often samples are taken over.
const WORK_NANOS: u64 = 20_000_000;

/// What may wait to be taken over, at most, and what a stack may take.
const MIN_MESSAGES: usize = 64;
const MESSAGE_BYTES: usize = 64 << 10;

/// A stop takes this in addition to what is seen of it: the way into the kernel and back.
const UNSEEN_COST: u64 = 10_000;

impl Tracing {
    /// Follows all threads of these processes, of which some may have ended meanwhile.
    ///
    /// # Errors
    /// `ESRCH` if all of them have, and what the system says where it refuses.
    pub(super) fn start(
        options: &RecordOptions,
        pids: Vec<u32>,
        pythons: Pythons,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            is_over: AtomicBool::new(false),
            rate: AtomicU64::new(options.rate_hz.to_bits()),
            own_cpu: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        });
        let n_messages = (options.max_memory / 2 / MESSAGE_BYTES).max(MIN_MESSAGES);
        let (sender, messages) = mpsc::sync_channel(n_messages);
        let (ready, is_ready) = mpsc::channel();
        let mut follower = Follower {
            threads: HashMap::new(),
            pythons,
            raw: RawStack::default(),
            is_joined: options.python.is_joined(),
            children: options.subprocesses,
            dice: Dice::new(options.seed),
            shared: Arc::clone(&shared),
            sender,
        };
        let thread = thread::Builder::new()
            .name("python-sampler".to_owned())
            .spawn(move || {
                let begun = Waker::of_current_thread().and_then(|waker| {
                    for pid in pids {
                        follower.seize(pid)?;
                    }
                    if follower.threads.is_empty() {
                        return Err(io::Error::from_raw_os_error(libc::ESRCH));
                    }
                    Ok(waker)
                });
                let is_begun = begun.is_ok();
                // Whoever waits for this is there.
                let _ = ready.send(begun);
                if is_begun {
                    follower.follow();
                }
            })?;
        match is_ready.recv() {
            Ok(Ok(waker)) => Ok(Self {
                follower: Some(thread),
                waker,
                shared,
                messages,
                due: 0,
                ended: HashMap::new(),
            }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(io::Error::other(
                "the thread that follows others has panicked",
            )),
        }
    }

    /// Returns the moment at which there is something to do.
    pub(super) fn due(&self) -> u64 {
        self.due
    }

    /// Returns the CPU time of the following thread so far.
    pub(super) fn own_cpu(&self) -> u64 {
        self.shared.own_cpu.load(Ordering::Relaxed)
    }

    /// Changes the rate; what was seen at the old one is taken over first.
    pub(super) fn set_rate(&mut self, rate_hz: f64, processes: &mut Processes) -> Result<()> {
        self.shared.rate.store(rate_hz.to_bits(), Ordering::Relaxed);
        self.take_over(processes)
    }

    /// Takes over what was seen.
    pub(super) fn work(&mut self, processes: &mut Processes) -> Result<()> {
        let now = now();
        if now < self.due {
            return Ok(());
        }
        self.due = now + WORK_NANOS;
        self.take_over(processes)
    }

    /// Lets all threads go and takes over what is left.
    pub(super) fn finish(&mut self, processes: &mut Processes) {
        self.end();
        // What cannot be read any more does not matter at the end.
        let _ = self.take_over(processes);
    }

    /// Returns how a process ended and the CPU time that it took, if it is known here.
    pub(super) fn ended(&self, pid: u32) -> Option<(ExitStatus, u64)> {
        self.ended.get(&pid).copied()
    }

    fn end(&mut self) {
        if let Some(follower) = self.follower.take() {
            self.waker.end(&self.shared.is_over, follower);
        }
    }

    fn take_over(&mut self, processes: &mut Processes) -> Result<()> {
        processes.tally.lost += self.shared.lost.swap(0, Ordering::Relaxed);
        let mut unknown = None;
        while let Ok(message) = self.messages.try_recv() {
            match message {
                Message::Sample {
                    time,
                    pid,
                    tid,
                    dump,
                    cost,
                } => {
                    processes.attach_forked(pid);
                    processes.in_samples += cost as f64;
                    processes.see_dump(pid, tid, &dump, time);
                }
                Message::Forked(pid) => processes.attach_forked(pid),
                Message::Exec(pid) => processes.renew(pid),
                Message::Leaving(pid, cpu) => processes.note_clock(pid, cpu),
                Message::Ended(pid, status, cpu) => {
                    self.ended.insert(pid, (status, cpu));
                }
                Message::Unknown(pid, version) => {
                    unknown = Some(Error::UnknownPython { pid, version });
                }
            }
        }
        unknown.map_or(Ok(()), Err)
    }
}

impl Drop for Tracing {
    fn drop(&mut self) {
        self.end();
    }
}

/// The thread that follows others.
struct Follower {
    threads: HashMap<Tid, Followed>,
    pythons: Pythons,
    raw: RawStack,
    is_joined: bool,
    children: bool,
    dice: Dice,
    shared: Arc<Shared>,
    sender: SyncSender<Message>,
}

/// A thread that is followed.
struct Followed {
    pid: u32,
    event: PerfEvent,
}

/// While there is nobody to follow.
const PAUSE: Duration = Duration::from_millis(5);

impl Follower {
    /// Follows all threads of a process, those as well that are born meanwhile; none, if
    /// it has ended.
    fn seize(&mut self, pid: u32) -> io::Result<()> {
        // What is unknown is told when a sample finds it.
        let _ = self.pythons.look_for(pid);
        loop {
            let mut n_new = 0;
            let tids = match threads_of(pid) {
                Err(error) if has_ended(&error) => return Ok(()),
                tids => tids?,
            };
            for tid in tids {
                let tid = tid.cast_signed();
                if self.threads.contains_key(&tid) {
                    continue;
                }
                match Traced::seize(tid, self.children) {
                    Ok(_) => {}
                    Err(error) if has_ended(&error) => continue,
                    // Born of one that is followed already, it is so too.
                    Err(_) if n_new > 0 || !self.threads.is_empty() => continue,
                    Err(error) => return Err(error),
                }
                match self.add(pid, tid) {
                    Err(error) if has_ended(&error) => {}
                    added => {
                        added?;
                        n_new += 1;
                    }
                }
            }
            if n_new == 0 {
                return Ok(());
            }
        }
    }

    /// Follows until it is told that it is over; the kernel lets all threads go then.
    fn follow(&mut self) {
        // Whoever has stopped waits for this thread.
        let _precedence = Priority::raise();
        while !self.shared.is_over.load(Ordering::SeqCst) {
            match Traced::wait() {
                Ok((traced, stop)) => self.attend(traced, &stop),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => thread::sleep(PAUSE),
            }
            let own_cpu = sys::own_cpu_time();
            self.shared.own_cpu.store(own_cpu, Ordering::Relaxed);
        }
    }

    fn attend(&mut self, traced: Traced, stop: &TraceStop) {
        let tid = traced.0;
        match *stop {
            TraceStop::Signal(SAMPLE_SIGNAL) if traced.is_told_by_file() => {
                self.sample(traced);
            }
            TraceStop::Signal(signal) => traced.resume(signal),
            TraceStop::Still => {
                self.meet(tid);
                traced.resume(0);
            }
            TraceStop::Group => {
                self.meet(tid);
                traced.leave_standing();
            }
            TraceStop::Started => traced.resume(0),
            TraceStop::Exec(former) => {
                self.exec(tid, former);
                traced.resume(0);
            }
            TraceStop::Leaving => {
                let pid = tid.cast_unsigned();
                let is_first = self.threads.get(&tid).is_some_and(|known| known.pid == pid);
                if is_first && let Some(cpu) = sys::process_cpu_time(pid) {
                    self.tell(Message::Leaving(pid, cpu));
                }
                // Its end is for its parent to wait for, which may be this process.
                self.threads.remove(&tid);
                if is_first {
                    self.pythons.forget(pid);
                }
                traced.let_go();
            }
            TraceStop::Ended(status, cpu) => {
                let pid = tid.cast_unsigned();
                let was = self.threads.remove(&tid);
                if was.is_some_and(|was| was.pid == pid) {
                    self.pythons.forget(pid);
                    self.tell(Message::Ended(pid, status, cpu));
                }
            }
        }
    }

    /// Looks at a thread whose sample is due.
    fn sample(&mut self, traced: Traced) {
        let time = now();
        let mut dump = StackDump {
            registers: None,
            stack: Vec::new(),
            is_cut: false,
            is_switch: false,
            python: None,
        };
        let next = self.interval();
        let Some(thread) = self.threads.get(&traced.0) else {
            traced.resume(0);
            return;
        };
        let pid = thread.pid;
        let registers = traced.registers();
        if let Ok((registers, thread_id)) = registers {
            self.pythons.read(pid, thread_id, &mut self.raw);
            if self.is_joined || !self.raw.is_pythons() {
                copy(pid, registers, &mut dump);
            }
        }
        thread.event.set(next);
        traced.resume(0);
        let cost = now() - time + UNSEEN_COST;
        if registers.is_err() {
            return;
        }
        dump.python = self.pythons.name(pid, &self.raw);
        if dump.python.is_none()
            && let Err(unknown) = self.pythons.look_for(pid)
        {
            self.tell(Message::Unknown(pid, unknown.0));
        }
        let tid = traced.0.cast_unsigned();
        let sample = Message::Sample {
            time,
            pid,
            tid,
            dump,
            cost,
        };
        if let Err(TrySendError::Full(_)) = self.sender.try_send(sample) {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Begins to sample a thread that was born under our eyes.
    fn meet(&mut self, tid: Tid) {
        if self.threads.contains_key(&tid) {
            return;
        }
        let Some(pid) = process_of(tid) else { return };
        let is_new = self.threads.values().all(|known| known.pid != pid);
        // One that has ended again already has nothing to sample.
        if self.add(pid, tid).is_ok() && is_new {
            self.tell(Message::Forked(pid));
        }
    }

    fn exec(&mut self, tid: Tid, former: Tid) {
        let pid = tid.cast_unsigned();
        self.threads.retain(|_, known| known.pid != pid);
        self.threads.remove(&former);
        self.pythons.forget(pid);
        // Its event is that of the thread by its former number.
        let _ = self.add(pid, tid);
        self.tell(Message::Exec(pid));
    }

    fn add(&mut self, pid: u32, tid: Tid) -> io::Result<()> {
        let first = self.first_interval();
        let event = PerfEvent::open(tid, Delivery::Signal(SAMPLE_SIGNAL), first)?;
        event.start();
        self.threads.insert(tid, Followed { pid, event });
        Ok(())
    }

    /// Sends what must not be lost; it is little.
    fn tell(&self, message: Message) {
        // Nobody listens any more at the end.
        let mut message = Some(message);
        while let Some(unsent) = message.take() {
            match self.sender.try_send(unsent) {
                Err(TrySendError::Full(unsent)) if !self.shared.is_over.load(Ordering::SeqCst) => {
                    message = Some(unsent);
                    thread::sleep(PAUSE);
                }
                _ => {}
            }
        }
    }

    fn mean_nanos(&self) -> f64 {
        1e9 / f64::from_bits(self.shared.rate.load(Ordering::Relaxed))
    }

    /// Draws the time from one sample to the next: exponential, but never shorter than an
    /// alarm may be.
    fn interval(&mut self) -> Duration {
        let shortest = sys::SHORTEST_ALARM.as_nanos() as f64;
        let rest = (self.mean_nanos() - shortest).max(0.0);
        let nanos = shortest - (1.0 - self.dice.uniform()).ln() * rest;
        Duration::from_nanos(whole(nanos))
    }

    /// Draws the time to the first sample, exponential as well, so that all moments of a
    /// short life but the very first are equally likely. It is never shorter than an alarm
    /// may be: a thread that blocks the signal is interrupted at this interval until it
    /// lets it through.
    fn first_interval(&mut self) -> Duration {
        let nanos = -(1.0 - self.dice.uniform()).ln() * self.mean_nanos();
        Duration::from_nanos(whole(nanos)).max(sys::SHORTEST_ALARM)
    }
}

/// Tells whether something failed because its process or thread is no more.
fn has_ended(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ESRCH | libc::ENOENT))
}

/// Returns the process that a thread is of.
fn process_of(tid: Tid) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Tgid:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::python::SharedFrames;
    use super::*;

    /// Children of a program come and go while they are listed.
    #[test]
    fn a_process_that_has_ended_does_not_keep_from_others() {
        let mut ended = Command::new("true").spawn().expect("it starts");
        ended.wait().expect("it ends");
        let mut alive = Command::new("sleep").arg("60").spawn().expect("it starts");
        let start = |pids| {
            let options = RecordOptions::default();
            Tracing::start(&options, pids, Pythons::new(SharedFrames::default(), false)).map(drop)
        };
        let both = start(vec![ended.id(), alive.id()]);
        let none = start(vec![ended.id()]);
        alive.kill().expect("it is there");
        alive.wait().expect("it ends");
        both.expect("one of them is there");
        let error = none.expect_err("nobody is there");
        assert_eq!(error.raw_os_error(), Some(libc::ESRCH), "{error}");
    }
}
