//! The names and lines of code objects.
//!
//! A code object may be freed, and another come to lie where it was. So what is known of
//! an address is checked each time against what the object says of itself: its name, its
//! file and its tables lie elsewhere and are hardly ever all in the same places again.

use std::collections::HashMap;

use super::frame_table::FrameTable;
use super::interpreter::Interpreter;
use super::layout::Layout;
use super::lines::line_of;
use super::object::TYPE;
use super::walk::PythonFrame;
use super::words::Words;
use crate::symbolize::Symbol;

/// The code objects of one process.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    known: HashMap<u64, Code>,
}

/// A code object.
#[derive(Debug)]
struct Code {
    /// Where its type, its file, its name and its table of lines are, and its first line.
    identity: [u64; 5],
    function: String,
    file: String,
    table: Vec<u8>,
    /// By what was asked: an instruction, or zero for the function.
    places: HashMap<u64, u64>,
}

/// Stands for code that was gone, or not whole, when its name was to be read.
const GONE: &str = "<unreadable>";

impl Codes {
    /// Returns the place of a frame: its function, or its line if `lines` asks for that.
    pub(crate) fn place(
        &mut self,
        words: &mut impl Words,
        interpreter: &Interpreter,
        frame: &PythonFrame,
        lines: bool,
        table: &mut FrameTable,
    ) -> u64 {
        let Ok(identity) = identity(words, interpreter, frame.code) else {
            return self.last_known(frame.code, table);
        };
        let is_known = self
            .known
            .get(&frame.code)
            .is_some_and(|code| code.identity == identity);
        if !is_known {
            match Code::read(words, interpreter, identity) {
                Ok(code) => {
                    self.known.insert(frame.code, code);
                }
                Err(()) => return self.last_known(frame.code, table),
            }
        }
        let Some(code) = self.known.get_mut(&frame.code) else {
            return table.place(Symbol::unknown(GONE));
        };
        let at = if lines { frame.instruction } else { 0 };
        if let Some(&place) = code.places.get(&at) {
            return place;
        }
        let first = u32::try_from(identity[4]).unwrap_or(0);
        let line = if lines {
            let offset = interpreter.offset(frame);
            line_of(interpreter.layout.minor, &code.table, first, offset)
        } else {
            Some(first)
        };
        let place = table.place(Symbol::of_source(&code.function, &code.file, line));
        code.places.insert(at, place);
        place
    }

    /// The object has been freed since it was seen; what lay there then has been read
    /// already, or nobody will know.
    fn last_known(&self, code: u64, table: &mut FrameTable) -> u64 {
        let code = self.known.get(&code);
        let place = code.and_then(|code| code.places.values().min());
        place
            .copied()
            .unwrap_or_else(|| table.place(Symbol::unknown(GONE)))
    }
}

/// Reads what a code object is told from others by.
fn identity(words: &mut impl Words, interpreter: &Interpreter, at: u64) -> Result<[u64; 5], ()> {
    let layout = &interpreter.layout.code;
    let kind = words.word(at.wrapping_add(TYPE))?;
    if kind != interpreter.code_type {
        return Err(());
    }
    Ok([
        kind,
        words.word(at.wrapping_add(layout.file))?,
        words.word(at.wrapping_add(layout.name))?,
        words.word(at.wrapping_add(layout.lines))?,
        u64::from(words.half(at.wrapping_add(layout.line))?),
    ])
}

impl Code {
    fn read(
        words: &mut impl Words,
        interpreter: &Interpreter,
        identity: [u64; 5],
    ) -> Result<Self, ()> {
        let layout = &interpreter.layout;
        let [_, file, name, lines, _] = identity;
        Ok(Self {
            identity,
            function: layout.text(words, name)?,
            file: layout.text(words, file)?,
            table: Layout::bytes(words, lines)?,
            places: HashMap::new(),
        })
    }
}

impl Interpreter {
    /// Returns how many bytes a frame's instruction is after the first of its code.
    fn offset(&self, frame: &PythonFrame) -> u64 {
        match self.layout.minor {
            ..10 => frame.instruction,
            10 => 2 * frame.instruction,
            _ => frame
                .instruction
                .wrapping_sub(frame.code.wrapping_add(self.layout.code.instructions)),
        }
    }
}
