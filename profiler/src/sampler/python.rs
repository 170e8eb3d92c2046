//! Python's frames beside the native ones, for a sampler inside the interpreter's process.
//!
//! The handler walks them on the interrupted thread itself, whose frames stand still then,
//! with reads that cannot fault, and writes down code objects by their addresses. The
//! collector names them, promptly where they are new: a code object that has been freed by
//! then is `<unreadable>`, unless it was known. One that came to lie where another was is
//! noticed whenever the collector looks, so what can be confused are two that were at one
//! address within one of its pauses.

use std::sync::{Arc, Mutex};

use super::Options;
use super::collector::lock;
use super::ring::Record;
use crate::error::{Error, Result};
use crate::modules;
use crate::python::{
    Codes, FrameTable, Interpreter, OwnWords, Part, PythonFrame, RemoteWords, Step, UnknownVersion,
    join,
};
use crate::recorder::PythonFrames;
use crate::symbolize::Symbol;
use crate::sys::{self, Interrupted, StaticMemory};
use crate::unwind::Walk;

/// The interpreter of this process, and the names of what it ran.
pub(super) struct Python {
    interpreter: Interpreter,
    /// What of it can be read without asking the kernel.
    runtime: Option<StaticMemory>,
    is_joined: bool,
    needs_gil: bool,
    max_depth: usize,
    names: Mutex<Names>,
}

struct Names {
    codes: Codes,
    frames: FrameTable,
    words: RemoteWords,
}

/// The code objects that a thread met last; what is not there may be new.
pub(super) struct Met(Box<[[u64; 4]; N_SETS]>);

/// Each has room for four whose addresses come to the same.
const N_SETS: usize = 256;

// How the words of a record are told apart: addresses have their upper bits free.
const FRAME: u64 = 1 << 63;
const ENTRY: u64 = 1 << 62;
/// Before all others: how many words Python's part has, and how it was walked.
const COUNT_BITS: u32 = 32;
const HOLDS_GIL: u64 = 1 << 40;

impl Python {
    /// Finds the interpreter if the options ask for its frames.
    pub(super) fn find(options: &Options) -> Result<Option<Arc<Self>>> {
        if options.python == PythonFrames::Off {
            return Ok(None);
        }
        let pid = sys::current_pid().cast_unsigned();
        let modules = modules::of_this_process()
            .map_err(Error::system("list what is mapped into this process"))?;
        let program = std::env::current_exe().unwrap_or_default();
        let may_be = modules
            .iter()
            .filter(|module| module.name().contains("python") || module.path == program);
        let mut words = RemoteWords::new(pid);
        let found = Interpreter::find(may_be, &mut words);
        let interpreter = found
            .map_err(|UnknownVersion(version)| Error::UnknownPython { pid, version })?
            .ok_or(Error::NoPython)?;
        let variable = interpreter.runtime_memory();
        let module = modules
            .iter()
            .find(|module| module.range.contains(&variable.start));
        let runtime = module.and_then(|module| {
            let library = (module.path != program).then_some(module.path.as_path());
            StaticMemory::keep(variable, library)
        });
        Ok(Some(Arc::new(Self {
            interpreter,
            runtime,
            is_joined: options.python == PythonFrames::Joined,
            needs_gil: options.gil,
            max_depth: options.max_depth,
            names: Mutex::new(Names {
                codes: Codes::default(),
                frames: FrameTable::default(),
                words,
            }),
        })))
    }

    /// Writes the frames of the interrupted thread into a record, as its first words;
    /// returns whether there is code among them that may be new. Runs in the handler.
    pub(super) fn record(
        &self,
        moment: &mut Interrupted<'_>,
        record: &mut Record<'_>,
        met: &mut Met,
    ) -> bool {
        let thread_id = sys::thread_pointer();
        let start = record.len();
        record.push(0);
        let mut is_new = false;
        let interpreter = &self.interpreter;
        let mut words = OwnWords {
            runtime: self.runtime.as_ref(),
            memory: &mut moment.stack,
        };
        let walk = interpreter.walk(&mut words, thread_id, self.max_depth, |step| match step {
            Step::Entry => record.push(ENTRY),
            Step::Frame(frame) => {
                is_new |= met.is_new(frame.code);
                record.push(FRAME | frame.code);
                record.push(frame.instruction);
            }
        });
        let holds_gil = self.needs_gil && interpreter.holds_gil(&mut words, thread_id) == Ok(true);
        let walk = match walk {
            Walk::Complete => 0,
            Walk::Truncated => 1,
            Walk::Unreadable => 2,
        };
        let n = (record.len() - start - 1) as u64;
        let gil = if holds_gil { HOLDS_GIL } else { 0 };
        record.set(start, gil | walk << COUNT_BITS | n);
        is_new
    }

    /// Parts a record into Python's words and the native ones.
    pub(super) fn part(words: &[u64]) -> (&[u64], &[u64]) {
        let n = words.first().map_or(0, |first| first & u64::from(u32::MAX));
        let n = usize::try_from(n).unwrap_or(usize::MAX).saturating_add(1);
        words.split_at(n.min(words.len()))
    }

    /// Joins Python's frames, named, to native addresses that were walked so; `None` for a
    /// sample that does not count.
    pub(super) fn join(
        &self,
        words: &[u64],
        native: &[u64],
        native_walk: Walk,
    ) -> Option<(Vec<u64>, Walk)> {
        let (&first, words) = words.split_first()?;
        if self.needs_gil && first & HOLDS_GIL == 0 {
            return None;
        }
        let walk = match first >> COUNT_BITS & 0xff {
            0 => Walk::Complete,
            1 => Walk::Truncated,
            _ => Walk::Unreadable,
        };
        let parts = self.name(words);
        let is_pythons = parts.iter().any(|part| *part != Part::Entry) || walk == Walk::Unreadable;
        if !is_pythons {
            return Some((native.to_vec(), native_walk));
        }
        if !self.is_joined {
            let frames = parts.iter().filter_map(|part| match part {
                Part::Frame(place) => Some(*place),
                Part::Entry => None,
            });
            return Some((frames.collect(), walk));
        }
        let evaluator = self.interpreter.evaluator();
        let is_evaluator = |address| evaluator.iter().any(|range| range.contains(&address));
        Some(join((native, native_walk), (&parts, walk), is_evaluator))
    }

    /// Forgets what was read of memory, so that it is looked at afresh.
    pub(super) fn look_afresh(&self) {
        let pid = sys::current_pid().cast_unsigned();
        lock(&self.names).words.look_at(pid);
    }

    /// Returns the frame at a place.
    pub(super) fn frame(&self, place: u64) -> Option<Symbol> {
        lock(&self.names).frames.frame(place).cloned()
    }

    fn name(&self, words: &[u64]) -> Vec<Part> {
        let names = &mut *lock(&self.names);
        let mut parts = Vec::with_capacity(words.len());
        let mut words = words.iter();
        while let Some(&word) = words.next() {
            if word & FRAME == 0 {
                parts.push(Part::Entry);
                continue;
            }
            let frame = PythonFrame {
                at: 0,
                code: word & !FRAME,
                instruction: words.next().copied().unwrap_or(0),
            };
            let (memory, table) = (&mut names.words, &mut names.frames);
            let place = names
                .codes
                .place(memory, &self.interpreter, &frame, false, table);
            parts.push(Part::Frame(place));
        }
        parts
    }
}

impl Met {
    pub(super) fn new() -> Self {
        Self(Box::new([[0; 4]; N_SETS]))
    }

    fn is_new(&mut self, code: u64) -> bool {
        // Objects are aligned, so the lowest bits tell nothing.
        let set = &mut self.0[usize::try_from(code >> 4).unwrap_or(0) % N_SETS];
        let is_new = !set.contains(&code);
        if is_new {
            set.rotate_right(1);
            set[0] = code;
        }
        is_new
    }
}
