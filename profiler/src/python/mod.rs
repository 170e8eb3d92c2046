//! The frames of CPython, read out of its memory.
//!
//! An interpreter keeps its frames in structures of its own, which a walk of the native
//! stack does not meet. Where the fields of these lie differs between versions: up to
//! 3.12 they are listed here, from 3.13 on the interpreter says so itself.
//!
//! Nothing here knows how memory is read. The recorder reads another process that it has
//! stopped, the sampler its own from a signal handler; both bring [`Words`].

mod code;
mod frame_table;
mod interpreter;
mod join;
mod layout;
mod lines;
mod locals;
mod object;
mod walk;
mod words;

pub(crate) use self::code::Codes;
pub(crate) use self::frame_table::{FrameTable, is_python};
pub(crate) use self::interpreter::{Interpreter, UnknownVersion};
pub(crate) use self::join::{Part, join};
pub(crate) use self::locals::locals;
pub(crate) use self::walk::{PythonFrame, Step};
pub(crate) use self::words::{OwnWords, RemoteWords};
