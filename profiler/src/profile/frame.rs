//! What is known of one level of a stack.

use std::borrow::Cow;

/// A function, or a line of one where the profile was taken by line.
///
/// ```
/// use profiler::Frame;
///
/// let mut frame = Frame::function("parse");
/// assert_eq!(frame.label(), "parse");
/// frame.file = Some("src/parser.rs");
/// assert_eq!(frame.label(), "parse");
/// frame.line = Some(42);
/// assert_eq!(frame.label(), "parse (parser.rs:42)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Frame<'a> {
    /// The function's name with its path, or what stands for it.
    pub function: &'a str,
    /// The program or library that holds it, by the last part of its path.
    pub module: Option<&'a str>,
    /// The source file, as the debug information spells it.
    pub file: Option<&'a str>,
    /// The line that was running, counted from one. Only in profiles taken by line,
    /// where each line of a function is a frame of its own.
    pub line: Option<u32>,
}

impl<'a> Frame<'a> {
    /// Makes a frame of which only the function's name is known.
    pub fn function(name: &'a str) -> Self {
        Self {
            function: name,
            ..Self::default()
        }
    }

    /// Returns the text that stands for the frame in tables and drawings: the
    /// function's name, with the last part of the file and the line if there is one.
    pub fn label(&self) -> Cow<'a, str> {
        match (self.file, self.line) {
            (_, None) => self.function.into(),
            (None, Some(line)) => format!("{} (line {line})", self.function).into(),
            (Some(file), Some(line)) => {
                let name = file.rsplit('/').next().unwrap_or(file);
                format!("{} ({name}:{line})", self.function).into()
            }
        }
    }
}
