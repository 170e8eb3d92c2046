//! A child process whose CPU time, memory and length of life are watched.

use std::fs;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use wait4::Wait4;

use super::broken::{Broken, BrokenKind};

/// How often memory is looked at. It is a high-water mark, so only the growth of a
/// process's last moments can be missed.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A child that runs.
pub struct Process {
    child: Child,
    command: String,
    timeout: Duration,
    deadline: Instant,
}

/// A child that has ended.
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr, if that was not taken before.
    pub stderr: String,
    /// Its CPU time and that of the children it waited for.
    pub cpu_seconds: f64,
    /// The most memory it had resident itself, in bytes.
    pub max_rss: u64,
    is_late: bool,
    timeout: Duration,
    command: String,
}

impl Process {
    /// Starts a command with all three streams piped.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn start(command: &mut Command, timeout: Duration) -> Result<Self, Broken> {
        let shown = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Broken::new(BrokenKind::Crashed, format!("{shown}: {error}")))?;
        Ok(Self {
            child,
            command: shown,
            timeout,
            deadline: Instant::now() + timeout,
        })
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    ///
    /// When it cannot be started, fails, or takes longer than `timeout`.
    pub fn run(command: &mut Command, timeout: Duration) -> Result<Ended, Broken> {
        Self::start(command, timeout)?.end()?.success()
    }

    /// Number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child, for its streams.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Closes stdin and waits for the end, at most until the time is over.
    ///
    /// # Errors
    ///
    /// When the system refuses to tell.
    pub fn end(mut self) -> Result<Ended, Broken> {
        drop(self.child.stdin.take());
        let (pid, deadline) = (self.pid(), self.deadline);
        let (mut stdout, mut stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let (end, has_ended) = mpsc::channel::<()>();
        let (max_rss, out, err) = thread::scope(|scope| {
            let watch = scope.spawn(move || {
                let mut max_rss = 0;
                loop {
                    max_rss = max_rss.max(resident_bytes(pid));
                    match has_ended.recv_timeout(LOOK_EVERY) {
                        Err(RecvTimeoutError::Timeout) => (),
                        Ok(()) | Err(RecvTimeoutError::Disconnected) => return max_rss,
                    }
                    if Instant::now() > deadline {
                        let _ = kill_process(pid, Signal::KILL);
                    }
                }
            });
            let out = scope.spawn(move || read_all(stdout.as_mut()));
            let err = scope.spawn(move || read_all(stderr.as_mut()));
            // It stays a zombie, so that its number is not given to another process
            // while the watch may still end it.
            let _ = waitid(
                WaitId::Pid(pid),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            );
            drop(end);
            (watch.join(), out.join(), err.join())
        });
        let used = self.child.wait4().map_err(|error| {
            Broken::new(BrokenKind::Crashed, format!("{}: {error}", self.command))
        })?;
        let is_late = Instant::now() > deadline;
        let text = |bytes: thread::Result<Vec<u8>>| {
            String::from_utf8_lossy(&bytes.expect("reading a pipe does not panic")).into_owned()
        };
        Ok(Ended {
            status: used.status,
            stdout: text(out),
            stderr: text(err),
            cpu_seconds: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            max_rss: max_rss.expect("watching a process does not panic"),
            is_late,
            timeout: self.timeout,
            command: self.command,
        })
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Ended {
    /// Insists on success.
    ///
    /// # Errors
    ///
    /// When it failed, with the end of what it said.
    pub fn success(self) -> Result<Self, Broken> {
        if self.status.success() {
            return Ok(self);
        }
        if self.is_late {
            let detail = format!(
                "{} did not end within {} s",
                self.command,
                self.timeout.as_secs_f64()
            );
            return Err(Broken::new(BrokenKind::TimedOut, detail));
        }
        let said: Vec<&str> = self.stderr.trim().lines().rev().take(5).collect();
        let said: Vec<&str> = said.into_iter().rev().collect();
        let detail = format!(
            "{} ended with {}: {}",
            self.command,
            self.status,
            said.join(" / ")
        );
        Err(Broken::new(BrokenKind::Crashed, detail))
    }
}

fn read_all(stream: Option<&mut impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // What was read before an error is still worth showing.
        let _ = stream.read_to_end(&mut bytes);
    }
    bytes
}

/// The high-water mark of resident memory; zero once the process has ended.
fn resident_bytes(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero()));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn a_process_is_read_and_measured() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            // Kernels count the pages of small processes loosely, so it holds megabytes.
            "x=$(head -c 8000000 /dev/zero | tr '\\0' a); echo out; echo err >&2",
        ]);
        let ended = Process::run(&mut command, MINUTE).expect("it succeeds");
        assert_eq!(
            (ended.stdout.as_str(), ended.stderr.as_str()),
            ("out\n", "err\n")
        );
        assert!(ended.cpu_seconds > 0.0 && ended.max_rss > 1 << 20);
    }

    #[test]
    fn failure_and_silence_are_errors() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo why >&2; exit 3"]);
        let error = Process::run(&mut command, MINUTE).err().expect("it fails");
        assert!(error.to_string().contains("why"), "{error}");
        let mut command = Command::new("sleep");
        let error = Process::run(command.arg("60"), Duration::from_millis(50)).err();
        let error = error.expect("it is ended");
        assert_eq!(error.kind, BrokenKind::TimedOut);
        assert_eq!(error.detail, "sleep did not end within 0.05 s");
    }
}
