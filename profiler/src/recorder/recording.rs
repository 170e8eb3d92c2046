//! A recording while it runs.

use std::fmt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::budget::{Budget, Spent};
use super::clock::{now, whole};
use super::counts::Part;
use super::error::cannot_attach;
use super::images::Place;
use super::options::{Mode, PythonFrames, RecordOptions};
use super::priority::Priority;
use super::processes::Processes;
use super::profile::{Found, Names, find};
use super::python::{is_called_python, runs_python};
use super::sampler::Sampler;
use super::sleeps::Sleeps;
use super::spool::Spool;
use super::stat::check_runs_a_program;
use crate::dice::Dice;
use crate::error::{Error, Result};
use crate::nanos::nanos;
use crate::profile::{Profile, Quality, Source, Weight};
use crate::symbolize::Symbolizer;
use crate::sys;

/// Records a process that is running already, or one that it starts.
///
/// Nothing happens by itself: call [`Recording::advance`] again and again. What the
/// kernel has collected in between waits in a buffer for some hundred milliseconds.
///
/// ```no_run
/// use std::time::{Duration, Instant};
/// use profiler::{RecordOptions, Recording, State};
///
/// let mut recording = Recording::attach(13337, RecordOptions::new())?;
/// let start = Instant::now();
/// while start.elapsed() < Duration::from_secs(10) {
///     if let State::Ended(_) = recording.advance(Duration::from_millis(100))? {
///         break;
///     }
/// }
/// let profile = recording.finish()?;
/// println!("{}", profile.quality());
/// # Ok::<(), profiler::Error>(())
/// ```
pub struct Recording {
    options: RecordOptions,
    processes: Processes,
    sampler: Sampler,
    pidfd: OwnedFd,
    child: Option<Child>,
    state: State,
    names: Names,
    budget: Option<Budget>,
    rate_hz: f64,
    dice: Dice,
    spool: Option<Spool>,
    spool_due: u64,
    started: u64,
    ended: Option<u64>,
    own_cpu: u64,
    quality_at_take: Quality,
}

/// Whether the recorded process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does.
    Running,
    /// It has ended; with its exit status, if this process had started it.
    Ended(Option<ExitStatus>),
}

impl Recording {
    /// Starts to record a process that is running.
    ///
    /// # Errors
    /// [`Error::BadOption`] for an impossible option, [`Error::NoSuchProcess`],
    /// [`Error::NoProgram`], and [`Error::Forbidden`] with what to do about it.
    pub fn attach(pid: u32, options: RecordOptions) -> Result<Self> {
        options.check()?;
        let pidfd = open_pidfd(pid)?;
        check_runs_a_program(pid)?;
        let started = now();
        let mut processes = Processes::new(
            options.subprocesses,
            options.timeline,
            options.max_memory / 2,
        );
        let sampler = if runs_python(pid, &options)? {
            processes.attach(pid).map_err(cannot_attach(pid))?;
            if options.subprocesses {
                processes.attach_descendants();
            }
            let sampler = Sampler::start_python(&options, &processes)?;
            processes.begin_clocks();
            sampler
        } else {
            // The events first, so that nothing is mapped in between.
            let sampler = Sampler::start(&options)?;
            processes.attach(pid).map_err(cannot_attach(pid))?;
            if options.subprocesses {
                processes.attach_descendants();
            }
            sampler
        };
        Self::new(options, processes, sampler, pidfd, started)
    }

    /// Starts a program and records it from its first instruction.
    ///
    /// # Errors
    /// As for [`Recording::attach`], and [`Error::System`] if the program cannot be
    /// started. One that was started is ended then.
    pub fn launch(mut command: Command, options: RecordOptions) -> Result<Self> {
        options.check()?;
        let started = now();
        let is_python = options.python != PythonFrames::Off && is_called_python(&command);
        let sampler = (!is_python).then(|| Sampler::start(&options)).transpose()?;
        let mut child = command
            .spawn()
            .map_err(Error::system("start the program"))?;
        match Self::of_child(child.id(), options, sampler, started) {
            Ok(recording) => Ok(Self {
                child: Some(child),
                ..recording
            }),
            Err(error) => {
                // Both fail only if it has ended and been waited for already.
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// Without a sampler, one is started for Python.
    fn of_child(
        pid: u32,
        options: RecordOptions,
        sampler: Option<Sampler>,
        started: u64,
    ) -> Result<Self> {
        let pidfd = open_pidfd(pid)?;
        let mut processes = Processes::new(
            options.subprocesses,
            options.timeline,
            options.max_memory / 2,
        );
        let sampler = match sampler {
            Some(sampler @ Sampler::Processors(_)) => {
                processes.await_exec(pid);
                sampler
            }
            Some(sampler) => {
                processes.attach_to_child(pid).map_err(cannot_attach(pid))?;
                sampler
            }
            None => {
                processes.attach_to_child(pid).map_err(cannot_attach(pid))?;
                Sampler::start_python(&options, &processes)?
            }
        };
        Self::new(options, processes, sampler, pidfd, started)
    }

    /// Takes in samples for up to `timeout`, less if the process ends.
    ///
    /// # Errors
    /// [`Error::System`] where the system refuses.
    pub fn advance(&mut self, timeout: Duration) -> Result<State> {
        let own_cpu_before = sys::own_cpu_time();
        let _precedence = Priority::raise();
        let deadline = now().saturating_add(nanos(timeout));
        while self.state == State::Running {
            self.sampler.work(&mut self.processes)?;
            let now = now();
            if now >= self.spool_due {
                self.write_spool()?;
                self.spool_due = now + SPOOL_NANOS;
            }
            if now >= deadline {
                break;
            }
            self.wait(self.sampler.due().min(deadline).saturating_sub(now))?;
        }
        self.processes.read_clocks();
        self.own_cpu += sys::own_cpu_time().saturating_sub(own_cpu_before);
        if self.state == State::Running {
            self.keep_budget()?;
        }
        Ok(self.state)
    }

    /// Returns the number of the process that was launched, if one was.
    pub fn launched(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Returns what is known so far of how the profile is taken.
    pub fn quality(&self) -> Quality {
        let tally = self.processes.tally;
        let until = self.ended.unwrap_or_else(now);
        Quality {
            taken: Weight::from_samples(tally.taken),
            lost: Weight::from_samples(tally.lost),
            truncated: Weight::from_samples(tally.truncated),
            unreadable: Weight::from_samples(tally.unreadable),
            cpu_time: Duration::from_nanos(self.processes.cpu_time()),
            overhead: Duration::from_nanos(whole(self.processes.in_samples)),
            recorder_time: Duration::from_nanos(self.own_cpu()),
            wall_time: Duration::from_nanos(until.saturating_sub(self.started)),
            rate_asked: self.options.rate_hz,
            rate_lowered_to_hz: (self.rate_hz < self.options.rate_hz).then_some(self.rate_hz),
            is_wall: self.options.mode == Mode::Wall,
            source: Some(self.sampler.source()),
            ..Quality::default()
        }
    }

    /// Returns the profile so far.
    ///
    /// # Errors
    /// [`Error::System`] where the system refuses.
    pub fn snapshot(&mut self) -> Result<Profile> {
        self.look_up()?;
        Ok(self.profile(Part::All, self.quality()))
    }

    /// Returns the profile since the last time that it was taken, or since the start.
    ///
    /// If the rate was lowered meanwhile, earlier parts have more samples for the same time;
    /// [`Recording::snapshot`] does not.
    ///
    /// # Errors
    /// [`Error::System`] where the system refuses.
    pub fn take(&mut self) -> Result<Profile> {
        self.look_up()?;
        let quality = self.quality();
        let profile = self.profile(Part::New, quality.since(&self.quality_at_take));
        self.processes.counts.mark_taken();
        self.quality_at_take = quality;
        Ok(profile)
    }

    /// Ends the recording and returns the profile. A program that was launched goes on
    /// running if it has not ended.
    ///
    /// # Errors
    /// [`Error::System`] where the system refuses.
    pub fn finish(mut self) -> Result<Profile> {
        self.end();
        self.snapshot()
    }

    /// Gives names to what was seen.
    ///
    /// To open the files takes long, and samples go on coming meanwhile; so a helper
    /// thread does that, while this one goes on with its work.
    fn look_up(&mut self) -> Result<()> {
        let own_cpu_before = sys::own_cpu_time();
        let mut helpers_cpu = 0;
        let mut is_done = false;
        while !is_done {
            let modules = self.processes.images.modules();
            let lines = self.options.lines;
            is_done = thread::scope(|scope| {
                let (ask, asked) = mpsc::channel::<Vec<_>>();
                let (answer, answers) = mpsc::channel();
                let modules = &modules;
                let helper = scope.spawn(move || {
                    let mut symbolizer = Symbolizer::new(modules, lines);
                    for places in asked {
                        // Nobody listens any more after an error.
                        let _ = answer.send(find(&mut symbolizer, &places));
                    }
                    sys::own_cpu_time()
                });
                let is_done = self.look_up_with(&ask, &answers, modules.len());
                drop(ask);
                helpers_cpu += helper.join().expect("the helper does not panic");
                is_done
            })?;
        }
        // Once the recording has ended, this is nobody's burden.
        if self.ended.is_none() {
            self.own_cpu += helpers_cpu + (sys::own_cpu_time() - own_cpu_before);
        }
        Ok(())
    }

    /// Asks for names until there is nothing left to ask, or until other files have been
    /// mapped than the helper knows of, which is then said by `false`.
    fn look_up_with(
        &mut self,
        ask: &Sender<Vec<(u32, Place)>>,
        answers: &Receiver<Vec<Found>>,
        n_files: usize,
    ) -> Result<bool> {
        while self.processes.images.files().count() == n_files {
            let unknown = self.names.unknown(&self.processes);
            if unknown.is_empty() {
                return Ok(true);
            }
            ask.send(unknown)
                .expect("the helper listens until it is dropped");
            let found = loop {
                let pause = self.sampler.due().saturating_sub(now()).max(100_000);
                let pause = match self.ended {
                    None => Duration::from_nanos(pause),
                    Some(_) => Duration::from_hours(1),
                };
                match answers.recv_timeout(pause) {
                    Ok(found) => break found,
                    Err(RecvTimeoutError::Timeout) if self.ended.is_none() => {
                        let _precedence = Priority::raise();
                        self.sampler.work(&mut self.processes)?;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => panic!("the helper has panicked"),
                }
            };
            self.names.insert(found);
        }
        Ok(false)
    }

    fn profile(&self, part: Part, quality: Quality) -> Profile {
        self.names
            .profile(&self.processes, &self.options, self.started, part, quality)
    }

    fn new(
        options: RecordOptions,
        processes: Processes,
        sampler: Sampler,
        pidfd: OwnedFd,
        started: u64,
    ) -> Result<Self> {
        let mut processes = processes;
        processes.python.is_joined = options.python.is_joined();
        processes.python.needs_gil = options.gil;
        if options.mode == Mode::Wall && sampler.source() == Source::Processors {
            processes.sleeps = Some(Sleeps::new(options.rate_hz, options.seed));
            // Threads that sleep already are stopped once, and leave the processor anew.
            processes.wake_sleepers();
        }
        let spool = match &options.spool {
            Some(path) => Some(
                Spool::create(path, &options, sampler.source(), started)
                    .map_err(Error::io("create the spool file"))?,
            ),
            None => None,
        };
        Ok(Self {
            budget: options
                .max_overhead
                .map(|part| Budget::new(part, options.rate_hz)),
            spool,
            spool_due: started + SPOOL_NANOS,
            names: Names::new(options.lines),
            rate_hz: options.rate_hz,
            // Not in step with the moments of sampling, whose seed it shares.
            dice: Dice::new(!options.seed),
            options,
            processes,
            sampler,
            pidfd,
            child: None,
            state: State::Running,
            started,
            ended: None,
            own_cpu: 0,
            quality_at_take: Quality::default(),
        })
    }

    /// Waits for as many nanoseconds, or for the process's end.
    fn wait(&mut self, nanos: u64) -> Result<()> {
        let timeout = Timespec {
            tv_sec: i64::try_from(nanos / 1_000_000_000).unwrap_or(i64::MAX),
            tv_nsec: i64::try_from(nanos % 1_000_000_000).expect("less than a second"),
        };
        let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
        match poll(&mut fds, Some(&timeout)) {
            // Woken by a signal: the caller may want to know.
            Ok(0) | Err(Errno::INTR) => Ok(()),
            Ok(_) => self.note_end(),
            Err(error) => Err(Error::system("wait for the process")(error.into())),
        }
    }

    fn keep_budget(&mut self) -> Result<()> {
        let spent = Spent {
            recorder: Duration::from_nanos(self.own_cpu()),
            samples: Duration::from_nanos(whole(self.processes.in_samples)),
            target: Duration::from_nanos(self.processes.cpu_time()),
        };
        match self.budget.as_mut().and_then(|budget| budget.look(spent)) {
            Some(rate_hz) => self.lower_rate(rate_hz),
            None => Ok(()),
        }
    }

    fn lower_rate(&mut self, rate_hz: f64) -> Result<()> {
        self.sampler.set_rate(rate_hz, &mut self.processes)?;
        self.write_spool()?;
        let (old, processes) = (self.rate_hz, &mut self.processes);
        let taken = processes.lower_rate(old, rate_hz, &mut self.dice);
        let lost = self.quality_at_take.lost.as_samples() as f64 * rate_hz / old;
        self.quality_at_take = Quality {
            taken: Weight::from_samples(taken.taken),
            lost: Weight::from_samples(whole(lost)),
            truncated: Weight::from_samples(taken.truncated),
            unreadable: Weight::from_samples(taken.unreadable),
            ..self.quality_at_take.clone()
        };
        self.rate_hz = rate_hz;
        if let Some(spool) = &mut self.spool {
            let written = spool.write_rate(rate_hz, processes);
            written.map_err(Error::io("write to the spool file"))?;
        }
        Ok(())
    }

    /// Returns the CPU time that recording has taken of this process.
    fn own_cpu(&self) -> u64 {
        self.own_cpu + self.sampler.own_cpu()
    }

    fn write_spool(&mut self) -> Result<()> {
        self.processes.read_clocks();
        let quality = self.quality();
        match &mut self.spool {
            Some(spool) => spool
                .write(&mut self.processes, &quality)
                .map_err(Error::io("write to the spool file")),
            None => Ok(()),
        }
    }

    fn note_end(&mut self) -> Result<()> {
        // Before a launched process is buried: its clock dies with it.
        self.processes.read_clocks();
        self.end();
        let status = match self.launched() {
            Some(pid) => {
                let reaped = match self.sampler.ended(pid) {
                    Some(ended) => ended,
                    None => sys::reap(pid).map_err(Error::system("ask for the exit status"))?,
                };
                self.processes.know_cpu_time(reaped.1);
                Some(reaped.0)
            }
            None => None,
        };
        self.state = State::Ended(status);
        Ok(())
    }

    fn end(&mut self) {
        if self.ended.is_none() {
            self.ended = Some(now());
            self.processes.read_clocks();
            self.sampler.finish(&mut self.processes);
        }
    }
}

/// How often the spool file is brought up to date.
const SPOOL_NANOS: u64 = 1_000_000_000;

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("options", &self.options)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

fn open_pidfd(pid: u32) -> Result<OwnedFd> {
    let no_such = || Error::NoSuchProcess { pid };
    let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pidfd_open(number.ok_or_else(no_such)?, PidfdFlags::empty()).map_err(|error| match error {
        // The latter two: a thread that is not the first of its process.
        Errno::SRCH | Errno::INVAL | Errno::NOENT => no_such(),
        error => Error::system("watch the process")(error.into()),
    })
}
