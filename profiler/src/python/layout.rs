//! Where the fields of CPython's structures lie, for each version.
//!
//! The numbers up to 3.12 are `offsetof` on x86-64, taken from the headers of each
//! version with a C compiler; the fields did not move between the patches of a version.
//! From 3.13 on the interpreter lists them at the beginning of `_PyRuntime`
//! (`_Py_DebugOffsets`, `Include/internal/pycore_runtime.h`), for debuggers.

use super::words::Words;

/// Where fields lie, in bytes from the beginning of the structure that has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The second part of the version, 11 of 3.11.
    pub(super) minor: u32,
    pub(super) runtime_interpreters: u64,
    pub(super) gil: Gil,
    pub(super) interpreter_next: u64,
    pub(super) interpreter_threads: u64,
    pub(super) thread_next: u64,
    pub(super) thread_id: u64,
    /// The field that leads to the innermost frame.
    pub(super) thread_frame: u64,
    pub(super) frame: Frame,
    pub(super) code: Code,
    /// Text: the length of its structure for ASCII only; the other is three words more.
    pub(super) ascii_size: u64,
}

/// Who holds the interpreter's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gil {
    /// The runtime names the thread, or none.
    Runtime { current: u64 },
    /// Each interpreter has a lock, its own or one that it shares.
    Interpreter { gil: u64, holder: u64, locked: u64 },
}

/// A frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    pub(super) code: u64,
    pub(super) previous: u64,
    pub(super) instruction: u64,
    pub(super) locals: u64,
}

/// What frames are, and how the first of a call of the evaluator is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FrameKind {
    /// Objects, each with a call of the evaluator of its own.
    Objects,
    /// Lightweight, found through a structure on the native stack; the first of a call
    /// says so.
    Marked { current: u64, is_entry: u64 },
    /// The same, but the first of a call is preceded by one that belongs to the native
    /// stack and is no frame of Python's; `current` leads to the innermost, where it is
    /// not the thread that does.
    Shimmed { current: Option<u64>, owner: u64 },
}

/// A code object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) file: u64,
    pub(super) name: u64,
    pub(super) line: u64,
    pub(super) lines: u64,
    /// The names of local variables, a tuple.
    pub(super) variables: u64,
    /// Where the instructions begin, if they are part of the object.
    pub(super) instructions: u64,
}

const OBJECT_CODE: Code = Code {
    file: 104,
    name: 112,
    line: 40,
    lines: 120,
    variables: 72,
    instructions: 0,
};

const OBJECT_FRAME: Frame = Frame {
    kind: FrameKind::Objects,
    code: 32,
    previous: 24,
    instruction: 104,
    locals: 360,
};

const V3_8: Layout = Layout {
    minor: 8,
    runtime_interpreters: 32,
    gil: Gil::Runtime { current: 1368 },
    interpreter_next: 0,
    interpreter_threads: 8,
    thread_next: 8,
    thread_id: 176,
    thread_frame: 24,
    frame: OBJECT_FRAME,
    code: OBJECT_CODE,
    ascii_size: 48,
};

const V3_9: Layout = Layout {
    minor: 9,
    gil: Gil::Runtime { current: 568 },
    ..V3_8
};

const V3_10: Layout = Layout {
    minor: 10,
    frame: Frame {
        instruction: 96,
        locals: 352,
        ..OBJECT_FRAME
    },
    ..V3_9
};

const V3_11: Layout = Layout {
    minor: 11,
    runtime_interpreters: 40,
    gil: Gil::Runtime { current: 576 },
    interpreter_next: 0,
    interpreter_threads: 16,
    thread_next: 8,
    thread_id: 152,
    thread_frame: 56,
    frame: Frame {
        kind: FrameKind::Marked {
            current: 8,
            is_entry: 68,
        },
        code: 32,
        previous: 48,
        instruction: 56,
        locals: 72,
    },
    code: Code {
        file: 112,
        name: 128,
        line: 72,
        lines: 136,
        variables: 96,
        instructions: 184,
    },
    ascii_size: 48,
};

const V3_12: Layout = Layout {
    minor: 12,
    runtime_interpreters: 40,
    gil: Gil::Interpreter {
        gil: 384,
        holder: 8,
        locked: 16,
    },
    interpreter_next: 0,
    interpreter_threads: 72,
    thread_next: 8,
    thread_id: 136,
    thread_frame: 56,
    frame: Frame {
        kind: FrameKind::Shimmed {
            current: Some(0),
            owner: 70,
        },
        code: 0,
        previous: 8,
        instruction: 56,
        locals: 72,
    },
    code: Code {
        file: 112,
        name: 128,
        line: 68,
        lines: 136,
        variables: 96,
        instructions: 192,
    },
    ascii_size: 40,
};

/// What the list of offsets begins with.
const COOKIE: [u8; 8] = *b"xdebugpy";

impl Layout {
    /// Returns the layout of a version of which the patch does not matter.
    pub(super) fn fixed(minor: u32) -> Option<Self> {
        [V3_8, V3_9, V3_10, V3_11, V3_12]
            .into_iter()
            .find(|layout| layout.minor == minor)
    }

    /// Reads the list of version 3.13 at the beginning of the runtime; `None` if it is not
    /// there, or is that of a build without the interpreter's lock.
    pub(super) fn of_3_13(words: &mut impl Words, runtime: u64) -> Option<Self> {
        // By the place of each in the list.
        let mut at = |place: u64| words.word(runtime + 8 * place).ok();
        if at(0)? != u64::from_ne_bytes(COOKIE) || at(1)? >> 16 != 0x030d || at(2)? != 0 {
            return None;
        }
        let gil_state = at(15)?;
        Some(Self {
            minor: 13,
            runtime_interpreters: at(5)?,
            interpreter_next: at(8)?,
            interpreter_threads: at(9)?,
            gil: Gil::Interpreter {
                gil: at(14)?,
                holder: at(18)?.wrapping_sub(gil_state),
                locked: at(17)?.wrapping_sub(gil_state),
            },
            thread_next: at(21)?,
            thread_frame: at(23)?,
            thread_id: at(24)?,
            frame: Frame {
                kind: FrameKind::Shimmed {
                    current: None,
                    owner: at(33)?,
                },
                previous: at(29)?,
                code: at(30)?,
                instruction: at(31)?,
                locals: at(32)?,
            },
            code: Code {
                file: at(35)?,
                name: at(37)?,
                lines: at(38)?,
                line: at(39)?,
                variables: at(41)?,
                instructions: at(43)?,
            },
            ascii_size: at(70)?,
        })
    }
}
