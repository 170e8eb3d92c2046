//! The local variables of a frame, for people to see.

use super::interpreter::Interpreter;
use super::layout::Layout;
use super::object::SIZE;
use super::walk::PythonFrame;
use super::words::Words;

/// Where an integer's digits begin.
const DIGITS: u64 = 24;

/// The longest text that is shown of a value.
const MAX_SHOWN: u64 = 80;

/// Returns the names and values of the variables that a frame has set. A value is shown
/// as it is written in Python where it is short and simple, else by its type.
pub(crate) fn locals(
    words: &mut impl Words,
    interpreter: &Interpreter,
    frame: &PythonFrame,
) -> Vec<(String, String)> {
    let layout = &interpreter.layout;
    let names = words
        .word(frame.code.wrapping_add(layout.code.variables))
        .and_then(|names| Layout::tuple(words, names))
        .unwrap_or_default();
    let mut locals = Vec::new();
    for (at, name) in (0..).zip(names) {
        let place = frame.at.wrapping_add(layout.frame.locals + 8 * at);
        if let Ok(value @ 1..) = words.word(place)
            && let Ok(name) = layout.text(words, name)
        {
            let value = layout.show(words, value);
            locals.push((name, value.unwrap_or_else(|()| "<unreadable>".to_owned())));
        }
    }
    locals
}

impl Layout {
    fn show(&self, words: &mut impl Words, at: u64) -> Result<String, ()> {
        let kind = Self::type_name(words, at)?;
        Ok(match kind.as_str() {
            "NoneType" => "None".to_owned(),
            "bool" => (if self.integer(words, at)? == Some(0) {
                "False"
            } else {
                "True"
            })
            .to_owned(),
            "int" => match self.integer(words, at)? {
                Some(number) => number.to_string(),
                None => "<int of more than 60 bits>".to_owned(),
            },
            "float" => format!("{:?}", f64::from_bits(words.word(at.wrapping_add(SIZE))?)),
            "str" => {
                let n = words.word(at.wrapping_add(SIZE))?;
                let text = self.text_up_to(words, at, n, MAX_SHOWN)?;
                let more = if n > MAX_SHOWN { "..." } else { "" };
                format!("{text:?}{more}")
            }
            "list" | "tuple" | "bytes" | "dict" => {
                let n = words.word(at.wrapping_add(SIZE))?;
                format!("<{kind} of {n}>")
            }
            _ => format!("<{kind} at {at:#x}>"),
        })
    }

    /// Reads an integer; `None` if it has more than two digits of thirty bits.
    fn integer(&self, words: &mut impl Words, at: u64) -> Result<Option<i64>, ()> {
        let size = words.word(at.wrapping_add(SIZE))?;
        // Up to 3.11 the number of digits has the sign; later it is above three bits, of
        // which the lower two are 0 for more, 1 for zero, 2 for less.
        let (n, is_negative) = if self.minor < 12 {
            let size = size.cast_signed();
            (size.unsigned_abs(), size < 0)
        } else {
            (if size & 3 == 1 { 0 } else { size >> 3 }, size & 3 == 2)
        };
        let mut digit = |i: u64| {
            let digit = words.half(at.wrapping_add(DIGITS + 4 * i))?;
            Ok::<i64, ()>(i64::from(digit))
        };
        let number = match n {
            0 => 0,
            1 => digit(0)?,
            2 => digit(0)? | digit(1)? << 30,
            _ => return Ok(None),
        };
        Ok(Some(if is_negative { -number } else { number }))
    }
}
