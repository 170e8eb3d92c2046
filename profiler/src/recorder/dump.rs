//! The stacks of all threads of a process at this moment.

use std::io;

use super::error::{cannot_attach, cannot_trace};
use super::processes::{Processes, threads_of};
use super::profile::Names;
use super::remote_stack;
use crate::error::Result;
use crate::profile::{Frame, Thread};
use crate::symbolize::Symbol;
use crate::sys::Tracer;
use crate::unwind::Walk;

/// What a thread was doing when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadStack {
    name: String,
    pid: u32,
    tid: u32,
    frames: Vec<Symbol>,
    is_complete: bool,
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
        self.frames.iter().map(Symbol::as_frame)
    }

    /// Tells whether the frames reach to the stack's root.
    pub fn is_complete(&self) -> bool {
        self.is_complete
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
/// [`Error::NoSuchProcess`](crate::Error::NoSuchProcess) and
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub fn dump(pid: u32) -> Result<Vec<ThreadStack>> {
    let mut processes = Processes::new(false, false, usize::MAX);
    processes.attach(pid).map_err(cannot_attach(pid))?;
    let mut names = Names::new(true);
    let mut tracer = Tracer::default();
    let mut stacks = Vec::new();
    let mut refused: Option<io::Error> = None;
    for tid in threads_of(pid).map_err(cannot_attach(pid))? {
        match remote_stack::stop_and_copy(&mut tracer, pid, tid) {
            Ok((dump, _)) => {
                let Some((thread, walk, places)) = processes.look(pid, tid, &dump) else {
                    continue;
                };
                let name = processes.threads.all()[thread as usize].name.clone();
                stacks.push(ThreadStack {
                    name,
                    pid,
                    tid,
                    frames: names.frames(&processes.images, pid, &places),
                    is_complete: walk == Walk::Complete,
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
