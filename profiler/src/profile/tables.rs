//! Interned names, frames, threads and stacks.
//!
//! Stacks are a prefix tree: each node is a frame and its caller, so that a
//! thousand stacks under one function share that function's path. Parents
//! always precede children, which lets every analysis be one pass over the
//! table (the same design as `fxprof-processed-profile`'s stack table).
//!
//! Frames with the same label are one function to every analysis, whichever module
//! they are from; so each frame knows the number of its label.

use std::collections::HashMap;
use std::hash::Hash;

use super::{Frame, Thread};

/// A frame; valid only for the profile that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(u32);

/// A stack; valid only for the profile that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackId(u32);

/// A thread; valid only for the profile that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(u32);

/// The number of a distinct label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LabelId(u32);

/// Distinct values, each stored once and numbered in the order of their arrival.
#[derive(Debug, Clone)]
struct Interner<T> {
    values: Vec<T>,
    // Only looked up, never walked: its order is not stable.
    index: HashMap<T, u32>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Interner<T> {
    fn intern(&mut self, value: T) -> u32 {
        let values = &mut self.values;
        *self.index.entry(value).or_insert_with_key(|value| {
            let id = number(values.len());
            values.push(value.clone());
            id
        })
    }
}

impl Interner<String> {
    fn intern_text(&mut self, text: &str) -> u32 {
        match self.index.get(text) {
            Some(&id) => id,
            None => self.intern(text.to_owned()),
        }
    }

    fn text(&self, id: u32) -> &str {
        &self.values[id as usize]
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).expect("fewer than 2^32 distinct values fit in memory")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FrameEntry {
    function: u32,
    module: Option<u32>,
    file: Option<u32>,
    line: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ThreadEntry {
    name: u32,
    pid: Option<u32>,
    tid: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Node {
    caller: Option<StackId>,
    frame: FrameId,
}

/// The tables behind a profile.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    strings: Interner<String>,
    labels: Interner<String>,
    frames: Interner<FrameEntry>,
    label_of_frame: Vec<LabelId>,
    threads: Interner<ThreadEntry>,
    stacks: Interner<Node>,
}

impl Tables {
    pub(crate) fn intern_frame(&mut self, frame: Frame<'_>) -> FrameId {
        let entry = FrameEntry {
            function: self.strings.intern_text(frame.function),
            module: frame.module.map(|text| self.strings.intern_text(text)),
            file: frame.file.map(|text| self.strings.intern_text(text)),
            line: frame.line,
        };
        let id = self.frames.intern(entry);
        if id as usize == self.label_of_frame.len() {
            let label = self.labels.intern_text(&frame.label());
            self.label_of_frame.push(LabelId(label));
        }
        FrameId(id)
    }

    pub(crate) fn intern_thread(&mut self, thread: Thread<'_>) -> ThreadId {
        let entry = ThreadEntry {
            name: self.strings.intern_text(thread.name),
            pid: thread.pid,
            tid: thread.tid,
        };
        ThreadId(self.threads.intern(entry))
    }

    pub(crate) fn intern_stack(&mut self, caller: Option<StackId>, frame: FrameId) -> StackId {
        StackId(self.stacks.intern(Node { caller, frame }))
    }

    pub(crate) fn frame(&self, frame: FrameId) -> Frame<'_> {
        let entry = self.frames.values[frame.0 as usize];
        Frame {
            function: self.strings.text(entry.function),
            module: entry.module.map(|id| self.strings.text(id)),
            file: entry.file.map(|id| self.strings.text(id)),
            line: entry.line,
        }
    }

    pub(crate) fn thread(&self, thread: ThreadId) -> Thread<'_> {
        let entry = self.threads.values[thread.0 as usize];
        Thread {
            name: self.strings.text(entry.name),
            pid: entry.pid,
            tid: entry.tid,
        }
    }

    pub(crate) fn label_of(&self, frame: FrameId) -> LabelId {
        self.label_of_frame[frame.0 as usize]
    }

    pub(crate) fn label(&self, label: LabelId) -> &str {
        self.labels.text(label.0)
    }

    pub(crate) fn label_count(&self) -> usize {
        self.labels.values.len()
    }

    pub(crate) fn labels(&self) -> impl Iterator<Item = LabelId> + use<> {
        (0..number(self.labels.values.len())).map(LabelId)
    }

    pub(crate) fn leaf(&self, stack: StackId) -> FrameId {
        self.stacks.values[stack.0 as usize].frame
    }

    /// Returns the stack without its leaf; `None` for a root.
    pub(crate) fn caller(&self, stack: StackId) -> Option<StackId> {
        self.stacks.values[stack.0 as usize].caller
    }

    pub(crate) fn frame_ids(&self) -> impl Iterator<Item = FrameId> + use<> {
        (0..number(self.frames.values.len())).map(FrameId)
    }

    pub(crate) fn thread_ids(&self) -> impl Iterator<Item = ThreadId> + use<> {
        (0..number(self.threads.values.len())).map(ThreadId)
    }

    pub(crate) fn stack_ids(&self) -> impl Iterator<Item = StackId> + use<> {
        (0..number(self.stacks.values.len())).map(StackId)
    }

    /// Walks from the leaf to the root.
    pub(crate) fn frames_of(&self, stack: StackId) -> impl Iterator<Item = FrameId> {
        std::iter::successors(Some(stack), |id| self.caller(*id)).map(|id| self.leaf(id))
    }
}

impl LabelId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl FrameId {
    /// Returns the frame's place in the profile's table of frames, counted from zero.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl StackId {
    /// Returns the stack's place in the profile's table of stacks, counted from zero.
    /// A stack's caller comes before it.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ThreadId {
    /// Returns the thread's place in the profile's table of threads, counted from zero.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
