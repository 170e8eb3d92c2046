//! The interpreters of the recorded processes, and what threads run in them.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::clock::now;
use super::images::{Images, Place};
use super::options::{PythonFrames, RecordOptions};
use super::record::MapEvent;
use super::relatives::descendants_of;
use crate::error::Error;
use crate::modules::{Mapping, Module};
use crate::python::{
    Codes, FrameTable, Interpreter, Part, PythonFrame, RemoteWords, Step, UnknownVersion, join,
    locals,
};
use crate::unwind::Walk;

/// The frames that were met, shared with those who name them.
pub(super) type SharedFrames = Arc<Mutex<FrameTable>>;

/// Reads the frames of Python in any process.
pub(super) struct Pythons {
    by_pid: HashMap<u32, Python>,
    images: Images,
    words: RemoteWords,
    frames: SharedFrames,
    lines: bool,
}

/// What is known of a process's interpreter.
enum Python {
    /// None as yet: it may be loaded any time.
    Unseen {
        look_again: u64,
        pause: u64,
    },
    Seen(Box<(Interpreter, Codes)>),
}

/// What was read while a thread stood still.
#[derive(Debug, Default)]
pub(super) struct RawStack {
    steps: Vec<Step>,
    walk: Option<Walk>,
    holds_gil: bool,
}

/// The stack of a thread as Python sees it, innermost first.
#[derive(Debug)]
pub(super) struct PythonStack {
    pub(super) parts: Vec<Part>,
    pub(super) walk: Walk,
    pub(super) holds_gil: bool,
    /// Where the evaluator's code is.
    pub(super) evaluator: Arc<[Range<u64>]>,
}

/// A frame's variables, by name.
pub(super) type Locals = Vec<(String, String)>;

/// What is shown of Python, and what counts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PythonChoice {
    /// Whether native frames are shown with those of Python.
    pub(super) is_joined: bool,
    /// Whether only threads count that hold an interpreter's lock.
    pub(super) needs_gil: bool,
}

impl PythonStack {
    /// Returns the places of its frames.
    pub(super) fn places(&self) -> Vec<Place> {
        let frames = self.parts.iter().filter_map(|part| match part {
            Part::Frame(place) => Some(*place),
            Part::Entry => None,
        });
        frames.collect()
    }

    /// Joins it to a native stack that was walked so; `place` turns addresses of the
    /// process into places.
    pub(super) fn join(
        &self,
        native: &[Place],
        walk: Walk,
        place: impl Fn(u64) -> Place,
    ) -> (Vec<Place>, Walk) {
        let evaluator = self.evaluator.iter().map(|range| {
            let start = place(range.start);
            start..start + (range.end - range.start)
        });
        let evaluator: Vec<Range<Place>> = evaluator.collect();
        let is_evaluator = |place| evaluator.iter().any(|range| range.contains(&place));
        join((native, walk), (&self.parts, self.walk), is_evaluator)
    }
}

impl RawStack {
    /// Tells whether Python has frames there, or must have some.
    pub(super) fn is_pythons(&self) -> bool {
        let is_unreadable = self.walk == Some(Walk::Unreadable);
        frames_of(&self.steps).next().is_some() || is_unreadable
    }
}

/// Deeper stacks are cut, keeping their leaf side.
const MAX_DEPTH: usize = 1 << 16;

/// After how long a process is looked at again that had no interpreter, at first.
const FIRST_PAUSE: u64 = 2_000_000;
const LAST_PAUSE: u64 = 500_000_000;

impl Pythons {
    /// Makes a reader that knows no process yet; with `lines`, each line of a function is a
    /// frame of its own.
    pub(super) fn new(frames: SharedFrames, lines: bool) -> Self {
        Self {
            by_pid: HashMap::new(),
            images: Images::default(),
            words: RemoteWords::new(0),
            frames,
            lines,
        }
    }

    /// Looks for the interpreter of a process, if it is time; returns whether there is one.
    ///
    /// # Errors
    /// If it is of a version that is not known.
    pub(super) fn look_for(&mut self, pid: u32) -> Result<bool, UnknownVersion> {
        let now = now();
        let pause = match self.by_pid.get(&pid) {
            Some(Python::Seen(_)) => return Ok(true),
            Some(Python::Unseen { look_again, .. }) if now < *look_again => return Ok(false),
            Some(Python::Unseen { pause, .. }) => (2 * pause).min(LAST_PAUSE),
            None => FIRST_PAUSE,
        };
        let modules = modules_of(pid, &mut self.images);
        self.words.look_at(pid);
        let found = Interpreter::find(&modules, &mut self.words)?;
        let is_there = found.is_some();
        let python = match found {
            Some(interpreter) => Python::Seen(Box::new((interpreter, Codes::default()))),
            None => Python::Unseen {
                look_again: now + pause,
                pause,
            },
        };
        self.by_pid.insert(pid, python);
        Ok(is_there)
    }

    /// Forgets a process, which has ended or runs another program.
    pub(super) fn forget(&mut self, pid: u32) {
        self.by_pid.remove(&pid);
    }

    /// Reads the frames of a thread, which must stand still, into `raw`.
    pub(super) fn read(&mut self, pid: u32, thread_id: u64, raw: &mut RawStack) {
        raw.steps.clear();
        raw.walk = None;
        let Some(Python::Seen(python)) = self.by_pid.get(&pid) else {
            return;
        };
        self.words.look_at(pid);
        let interpreter = &python.0;
        let steps = &mut raw.steps;
        let push = |step| steps.push(step);
        raw.walk = Some(interpreter.walk(&mut self.words, thread_id, MAX_DEPTH, push));
        let holds_gil = interpreter.holds_gil(&mut self.words, thread_id);
        raw.holds_gil = holds_gil.unwrap_or(false);
    }

    /// Names what was read; the thread may run again. `None` if Python had no part in it.
    pub(super) fn name(&mut self, pid: u32, raw: &RawStack) -> Option<PythonStack> {
        let Python::Seen(python) = self.by_pid.get_mut(&pid)? else {
            return None;
        };
        let (interpreter, codes) = &mut **python;
        let walk = raw.walk.filter(|_| raw.is_pythons())?;
        // Code may have been freed since; so all is read anew.
        self.words.look_at(pid);
        let mut frames = lock(&self.frames);
        let parts = raw.steps.iter().map(|step| match step {
            Step::Entry => Part::Entry,
            Step::Frame(frame) => {
                let (words, table) = (&mut self.words, &mut *frames);
                Part::Frame(codes.place(words, interpreter, frame, self.lines, table))
            }
        });
        Some(PythonStack {
            parts: parts.collect(),
            walk,
            holds_gil: raw.holds_gil,
            evaluator: Arc::clone(interpreter.evaluator()),
        })
    }

    /// Reads the variables of each frame that was read; the thread must still stand still.
    pub(super) fn locals(&mut self, pid: u32, raw: &RawStack) -> Vec<Locals> {
        let Some(Python::Seen(python)) = self.by_pid.get(&pid) else {
            return Vec::new();
        };
        let of_frame = |frame: &PythonFrame| locals(&mut self.words, &python.0, frame);
        frames_of(&raw.steps).map(of_frame).collect()
    }
}

fn frames_of(steps: &[Step]) -> impl Iterator<Item = &PythonFrame> {
    steps.iter().filter_map(|step| match step {
        Step::Frame(frame) => Some(frame),
        Step::Entry => None,
    })
}

/// Tells whether a process, or one that is recorded with it, runs Python.
pub(super) fn runs_python(pid: u32, options: &RecordOptions) -> Result<bool, Error> {
    if options.python == PythonFrames::Off {
        return Ok(false);
    }
    let mut pids = vec![pid];
    if options.subprocesses {
        pids.extend(descendants_of(pid));
    }
    let mut pythons = Pythons::new(SharedFrames::default(), false);
    for pid in pids {
        let found = pythons.look_for(pid);
        let is_there =
            found.map_err(|UnknownVersion(version)| Error::UnknownPython { pid, version });
        if is_there? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tells whether a command is called after Python, or is a script for it; the program that
/// runs first may be another, which finds the right version.
pub(super) fn is_called_python(command: &Command) -> bool {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("python") || name.ends_with(".py")
}

/// Locks; what is behind the lock is sound after a panic too.
pub(super) fn lock(frames: &SharedFrames) -> MutexGuard<'_, FrameTable> {
    frames.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the files mapped into a process that an interpreter may be in: the program itself
/// and whatever is called after Python.
fn modules_of(pid: u32, images: &mut Images) -> Vec<Module> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    let mut modules: Vec<Module> = Vec::new();
    for mapping in maps.lines().filter_map(Mapping::parse) {
        let name = mapping.path.rsplit('/').next().unwrap_or_default();
        let may_be = name.contains("python") || program == Path::new(mapping.path);
        if mapping.is_executable && may_be {
            let map = MapEvent::of(&mapping);
            modules.extend(images.open(pid, &map).map(|mapped| mapped.module));
        }
    }
    modules
}
