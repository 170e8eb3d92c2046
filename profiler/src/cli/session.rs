//! A recording of what the command line names: a process, or a command of our own.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context as _, Result, bail};
use profiler::{RecordOptions, Recording};
use rustix::fs::{Access, access};
use rustix::process::Signal;

use super::options::{Target, short_name};
use super::refusal::Hinted;
use super::signals;

/// What is recorded, and how it is asked to end.
#[derive(Debug)]
pub struct Session {
    /// The recording.
    pub recording: Recording,
}

/// Where a command's output goes.
#[derive(Debug)]
pub enum Streams {
    /// Where ours goes.
    Ours,
    /// Nowhere, but for what it says of errors.
    Hidden(fs::File),
}

impl Session {
    /// Attaches or launches.
    pub fn start(target: &Target, options: RecordOptions, streams: Streams) -> Result<Self> {
        match target {
            Target::Process(pid) => Ok(Self {
                recording: Recording::attach(*pid, options)?,
            }),
            Target::Command(program, args) => {
                require(program)?;
                let mut command = Command::new(program);
                command.args(args);
                if let Streams::Hidden(errors) = streams {
                    command
                        .stdin(Stdio::null())
                        .stdout(Stdio::null())
                        .stderr(errors);
                }
                Ok(Self {
                    recording: Recording::launch(command, options)
                        .with_context(|| format!("cannot record `{}`", program.display()))?,
                })
            }
        }
    }

    /// Whether what is recorded is a command of our own.
    pub fn is_ours(&self) -> bool {
        self.recording.launched().is_some()
    }

    /// Sends a signal to the command, if it is our own.
    pub fn send(&self, signal: Signal) {
        if let Some(pid) = self.recording.launched() {
            signals::send(pid, signal);
        }
    }
}

/// Looks for a program as the system will, so that a typing mistake is told as one.
fn require(program: &OsStr) -> Result<()> {
    let path = Path::new(program);
    let is_named = program.as_bytes().contains(&b'/');
    let is_there = if is_named {
        path.exists()
    } else {
        let folders = env::var_os("PATH").unwrap_or_default();
        env::split_paths(&folders).any(|folder| folder.join(path).exists())
    };
    let name = path.display();
    if is_there {
        let hint = if is_named && path.is_dir() {
            "name a program in this folder".to_owned()
        } else if is_named && access(path, Access::EXEC_OK).is_err() {
            format!("if it is a script, `chmod +x {name}` lets it run")
        } else {
            return Ok(());
        };
        bail!(Hinted::new(format!("`{name}` cannot be run"), hint));
    }
    let hint = if path.is_file() {
        format!("a program in this folder is started as ./{name}")
    } else {
        "check the name for a typing mistake; programs are looked for in $PATH".to_owned()
    };
    bail!(Hinted::new(format!("there is no program `{name}`"), hint))
}

impl Target {
    /// What it is called in titles: the command line, or the program and its number.
    pub fn title(&self) -> String {
        match self {
            Self::Process(pid) => match process_name(*pid) {
                Some(name) => format!("{name} ({pid})"),
                None => format!("process {pid}"),
            },
            Self::Command(program, args) => {
                let mut title = short_name(program.as_ref());
                for arg in args {
                    title.push(' ');
                    title.push_str(&arg.to_string_lossy());
                }
                title
            }
        }
    }

    /// The program's name alone.
    pub fn program(&self) -> String {
        match self {
            Self::Process(pid) => process_name(*pid).unwrap_or_else(|| format!("process-{pid}")),
            Self::Command(program, _) => short_name(program.as_ref()),
        }
    }
}

fn process_name(pid: u32) -> Option<String> {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}

/// The exit code that a shell would give a command that ended so.
pub fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
