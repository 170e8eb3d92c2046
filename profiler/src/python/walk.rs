//! From a thread to its frames, innermost first.
//!
//! The thread must not run meanwhile: it is stopped, or it is the one whose signal
//! handler walks. Nothing here allocates.

use super::interpreter::Interpreter;
use super::layout::{FrameKind, Gil};
use super::words::Words;
use crate::unwind::Walk;

/// What is met on the way from the innermost frame out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A frame.
    Frame(PythonFrame),
    /// Where a call of the evaluator began: the frames since the last such step are those
    /// of one native frame.
    Entry,
}

/// A frame as it lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PythonFrame {
    /// The frame itself.
    pub(crate) at: u64,
    /// Its code object.
    pub(crate) code: u64,
    /// Its instruction: an address, or a number of instructions before version 3.11.
    pub(crate) instruction: u64,
}

/// More interpreters or threads than anyone has; a list that is longer is broken.
const MAX_LIST: usize = 1 << 16;

/// Frames that belong to the native stack.
const OWNED_BY_NATIVE_STACK: u8 = 3;

impl Interpreter {
    /// Walks the frames of the thread whose `pthread_self` that is, and hands each to
    /// `push`, at most `max_depth` of them. A thread with frames in several interpreters
    /// has called the newest last.
    ///
    /// A thread that is none of Python's has no frames.
    pub(crate) fn walk(
        &self,
        words: &mut impl Words,
        thread_id: u64,
        max_depth: usize,
        mut push: impl FnMut(Step),
    ) -> Walk {
        let (mut left, mut walk) = (max_depth, Walk::Complete);
        let listed = self.each_thread(words, |words, _, thread| {
            if words.word(thread.wrapping_add(self.layout.thread_id))? == thread_id {
                walk = self.frames(words, thread, &mut left, &mut push);
            }
            Ok(walk != Walk::Complete)
        });
        listed.map_or(Walk::Unreadable, |()| walk)
    }

    /// Tells whether that thread holds the lock of an interpreter.
    pub(crate) fn holds_gil(&self, words: &mut impl Words, thread_id: u64) -> Result<bool, ()> {
        if let Gil::Runtime { current } = self.layout.gil {
            let current = words.word(self.runtime + current)?;
            return Ok(current != 0
                && words.word(current.wrapping_add(self.layout.thread_id))? == thread_id);
        }
        let mut holds = false;
        self.each_thread(words, |words, interpreter, thread| {
            if words.word(thread.wrapping_add(self.layout.thread_id))? == thread_id
                && let Gil::Interpreter {
                    gil,
                    holder,
                    locked,
                } = self.layout.gil
            {
                let gil = words.word(interpreter.wrapping_add(gil))?;
                holds |= words.word(gil.wrapping_add(holder))? == thread
                    && words.half(gil.wrapping_add(locked))? == 1;
            }
            Ok(holds)
        })?;
        Ok(holds)
    }

    /// Calls `look` with each interpreter and each thread of it until it says to stop.
    fn each_thread<W: Words>(
        &self,
        words: &mut W,
        mut look: impl FnMut(&mut W, u64, u64) -> Result<bool, ()>,
    ) -> Result<(), ()> {
        let mut n_left = MAX_LIST;
        let first = self.runtime.wrapping_add(self.layout.runtime_interpreters);
        let mut interpreter = words.word(first)?;
        while interpreter != 0 {
            let mut thread =
                words.word(interpreter.wrapping_add(self.layout.interpreter_threads))?;
            while thread != 0 {
                n_left = n_left.checked_sub(1).ok_or(())?;
                if look(words, interpreter, thread)? {
                    return Ok(());
                }
                thread = words.word(thread.wrapping_add(self.layout.thread_next))?;
            }
            n_left = n_left.checked_sub(1).ok_or(())?;
            interpreter = words.word(interpreter.wrapping_add(self.layout.interpreter_next))?;
        }
        Ok(())
    }

    fn frames(
        &self,
        words: &mut impl Words,
        thread: u64,
        left: &mut usize,
        push: &mut impl FnMut(Step),
    ) -> Walk {
        let Ok(mut at) = self.innermost(words, thread) else {
            return Walk::Unreadable;
        };
        while at != 0 {
            if *left == 0 {
                return Walk::Truncated;
            }
            let Ok(previous) = self.frame(words, at, left, push) else {
                return Walk::Unreadable;
            };
            at = previous;
        }
        Walk::Complete
    }

    fn innermost(&self, words: &mut impl Words, thread: u64) -> Result<u64, ()> {
        let first = words.word(thread.wrapping_add(self.layout.thread_frame))?;
        match self.layout.frame.kind {
            FrameKind::Objects | FrameKind::Shimmed { current: None, .. } => Ok(first),
            // A thread that has only just begun.
            _ if first == 0 => Ok(0),
            FrameKind::Marked { current, .. }
            | FrameKind::Shimmed {
                current: Some(current),
                ..
            } => words.word(first.wrapping_add(current)),
        }
    }

    /// Hands on one frame and returns the one that called it.
    fn frame(
        &self,
        words: &mut impl Words,
        at: u64,
        left: &mut usize,
        push: &mut impl FnMut(Step),
    ) -> Result<u64, ()> {
        let layout = &self.layout.frame;
        let previous = words.word(at.wrapping_add(layout.previous))?;
        let is_entry = match layout.kind {
            FrameKind::Objects => true,
            FrameKind::Marked { is_entry, .. } => words.byte(at.wrapping_add(is_entry))? != 0,
            FrameKind::Shimmed { owner, .. } => {
                if words.byte(at.wrapping_add(owner))? == OWNED_BY_NATIVE_STACK {
                    push(Step::Entry);
                    *left -= 1;
                    return Ok(previous);
                }
                false
            }
        };
        let instruction = at.wrapping_add(layout.instruction);
        let instruction = match layout.kind {
            FrameKind::Objects => u64::from(words.half(instruction)?),
            _ => words.word(instruction)?,
        };
        push(Step::Frame(PythonFrame {
            at,
            code: words.word(at.wrapping_add(layout.code))?,
            instruction,
        }));
        if is_entry {
            push(Step::Entry);
        }
        *left -= 1;
        Ok(previous)
    }
}
