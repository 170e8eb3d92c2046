//! Interned names and stacks.
//!
//! Stacks are a prefix tree: each node is a frame and its caller, so that a
//! thousand stacks under one function share that function's path. Parents
//! always precede children, which lets every analysis be one pass over the
//! table (the same design as `fxprof-processed-profile`'s stack table).

use std::collections::HashMap;

/// A function name; valid only for the profile that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameId(u32);

/// A stack; valid only for the profile that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackId(u32);

/// A thread; valid only for the profile that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(u32);

/// Distinct strings, each stored once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    names: Vec<String>,
    // Only looked up, never walked: its order is not stable.
    index: HashMap<String, u32>,
}

impl Names {
    fn intern(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.index.get(name) {
            return id;
        }
        let id =
            u32::try_from(self.names.len()).expect("fewer than 2^32 distinct names fit in memory");
        self.names.push(name.to_owned());
        self.index.insert(name.to_owned(), id);
        id
    }
}

#[derive(Debug, Clone, Copy)]
struct Node {
    caller: Option<StackId>,
    frame: FrameId,
}

/// The tables behind a profile.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    frames: Names,
    threads: Names,
    stacks: Vec<Node>,
    stack_index: HashMap<(Option<StackId>, FrameId), StackId>,
}

impl Tables {
    pub(crate) fn intern_frame(&mut self, name: &str) -> FrameId {
        FrameId(self.frames.intern(name))
    }

    pub(crate) fn intern_thread(&mut self, name: &str) -> ThreadId {
        ThreadId(self.threads.intern(name))
    }

    pub(crate) fn intern_stack(&mut self, caller: Option<StackId>, frame: FrameId) -> StackId {
        let stacks = &mut self.stacks;
        *self.stack_index.entry((caller, frame)).or_insert_with(|| {
            let id =
                u32::try_from(stacks.len()).expect("fewer than 2^32 distinct stacks fit in memory");
            stacks.push(Node { caller, frame });
            StackId(id)
        })
    }

    pub(crate) fn frame_name(&self, frame: FrameId) -> &str {
        &self.frames.names[frame.0 as usize]
    }

    pub(crate) fn thread_name(&self, thread: ThreadId) -> &str {
        &self.threads.names[thread.0 as usize]
    }

    pub(crate) fn frame_count(&self) -> usize {
        self.frames.names.len()
    }

    pub(crate) fn frames(&self) -> impl Iterator<Item = FrameId> + use<> {
        (0..self.frames.names.len())
            .map(|id| FrameId(u32::try_from(id).expect("ids are 32 bits wide")))
    }

    pub(crate) fn leaf(&self, stack: StackId) -> FrameId {
        self.stacks[stack.0 as usize].frame
    }

    /// Walks from the leaf to the root.
    pub(crate) fn frames_of(&self, stack: StackId) -> impl Iterator<Item = FrameId> {
        std::iter::successors(Some(stack), |id| self.stacks[id.0 as usize].caller)
            .map(|id| self.stacks[id.0 as usize].frame)
    }
}

impl FrameId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}
