//! The stacks of all threads of a process at this moment.

use std::io;

use super::error::{cannot_attach, cannot_trace};
use super::options::{DumpOptions, PythonFrames};
use super::processes::Processes;
use super::profile::Names;
use super::python::{Locals, Pythons};
use super::relatives::threads_of;
use super::remote_stack::{Look, stop_and_copy};
use super::stat::check_runs_a_program;
use crate::error::{Error, Result};
use crate::profile::{Frame, Thread};
use crate::python::{UnknownVersion, is_python};
use crate::symbolize::Symbol;
use crate::sys::Tracer;
use crate::unwind::Walk;

/// What a thread was doing when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadStack {
    name: String,
    pid: u32,
    tid: u32,
    frames: Vec<(Symbol, Locals)>,
    is_complete: bool,
    holds_gil: bool,
}

impl ThreadStack {
    /// Returns the thread.
    pub fn thread(&self) -> Thread<'_> {
        Thread {
            name: &self.name,
            pid: Some(self.pid),
            tid: Some(self.tid),
        }
    }

    /// Walks the frames, the innermost first, each with its line where that is known.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        self.frames.iter().map(|(symbol, _)| symbol.as_frame())
    }

    /// Walks the local variables of the same frames: names, and values as Python writes
    /// them where that is short. Empty unless they were asked for, and for native frames.
    pub fn locals(&self) -> impl Iterator<Item = &[(String, String)]> {
        self.frames.iter().map(|(_, locals)| locals.as_slice())
    }

    /// Tells whether the frames reach to the stack's root.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Tells whether the thread held the lock of a Python interpreter.
    pub fn holds_gil(&self) -> bool {
        self.holds_gil
    }
}

/// Looks at the stacks of all threads of a process, sleeping ones too.
///
/// Each thread is stopped for some ten microseconds, one after the other. A thread that
/// ends meanwhile is left out. A sleeping thread is woken to be stopped; it goes on
/// sleeping afterwards, but for a few system calls (`epoll_wait` and others listed at
/// the end of signal(7)), which return as if interrupted.
///
/// # Errors
/// [`Error::NoSuchProcess`], [`Error::NoProgram`], [`Error::Forbidden`], and
/// [`Error::UnknownPython`] unless only native frames are asked for.
pub fn dump(pid: u32, options: DumpOptions) -> Result<Vec<ThreadStack>> {
    check_runs_a_program(pid)?;
    let mut processes = Processes::new(false, false, usize::MAX);
    processes.attach(pid).map_err(cannot_attach(pid))?;
    let mut names = Names::new(true);
    let mut tracer = Tracer::default();
    let mut stacks = Vec::new();
    let mut refused: Option<io::Error> = None;
    let mut pythons = Pythons::new(processes.python_frames.clone(), true);
    if options.python != PythonFrames::Off {
        let found = pythons.look_for(pid);
        found.map_err(|UnknownVersion(version)| Error::UnknownPython { pid, version })?;
    }
    let mut look = Look {
        pythons: (options.python != PythonFrames::Off).then_some(&mut pythons),
        is_joined: options.python.is_joined(),
        has_locals: options.locals,
    };
    for tid in threads_of(pid).map_err(cannot_attach(pid))? {
        match stop_and_copy(&mut tracer, pid, tid, &mut look) {
            Ok((dump, _, locals)) => {
                let Some((thread, walk, places)) = processes.look(pid, tid, &dump) else {
                    continue;
                };
                let name = processes.threads.all()[thread as usize].name.clone();
                let mut locals = locals.into_iter();
                let frames = names.frames(&processes, pid, &places).into_iter();
                let with_locals = frames.map(|(place, symbol)| {
                    let locals = is_python(place).then(|| locals.next()).flatten();
                    (symbol, locals.unwrap_or_default())
                });
                stacks.push(ThreadStack {
                    name,
                    pid,
                    tid,
                    frames: with_locals.collect(),
                    is_complete: walk == Walk::Complete,
                    holds_gil: dump.python.is_some_and(|python| python.holds_gil),
                });
            }
            Err(error) => refused = Some(error),
        }
    }
    match refused {
        Some(error) if stacks.is_empty() => Err(cannot_trace(pid)(error)),
        _ => Ok(stacks),
    }
}
