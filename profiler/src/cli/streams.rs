//! Standard output and standard error, which may be pipes that somebody closes.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anyhow::{Context as _, Result};

/// Writes all of `text` to standard output, its colours if a terminal reads it.
pub fn print(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .context("cannot write to standard output")
}

/// Writes all of `bytes` to standard output.
pub fn print_bytes(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .context("cannot write to standard output")
}

/// The width of the terminal that standard output goes to, if it goes to one.
pub fn width() -> Option<usize> {
    let is_terminal = io::stdout().is_terminal();
    let size = is_terminal.then(|| crossterm::terminal::size().ok());
    size.flatten().map(|(columns, _)| usize::from(columns))
}

/// Writes a line to standard error, if anybody can read it: what cannot be told is
/// no reason to fail, and the exit code still says how it went.
pub fn tell(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Writes paragraphs to standard error, in lines that fit if it is a terminal.
pub fn tell_text(text: &str) {
    let is_terminal = io::stderr().is_terminal();
    let size = is_terminal.then(|| crossterm::terminal::size().ok());
    match size.flatten() {
        Some((columns, _)) => tell(wrapped(text, usize::from(columns))),
        None => tell(text),
    }
}

/// Breaks lines between words.
fn wrapped(text: &str, columns: usize) -> String {
    let mut whole = String::new();
    for paragraph in text.lines() {
        if !whole.is_empty() {
            whole.push('\n');
        }
        let mut length = 0;
        for word in paragraph.split(' ') {
            let n = word.chars().count();
            if length > 0 && length + 1 + n > columns {
                whole.push('\n');
                length = 0;
            } else if length > 0 {
                whole.push(' ');
                length += 1;
            }
            whole.push_str(word);
            length += n;
        }
    }
    whole
}

/// Whether the reader of our output went away, which is its right.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
        assert_eq!(wrapped("one two\nthree", 80), "one two\nthree");
        assert_eq!(wrapped("±unbreakable ±x", 5), "±unbreakable\n±x");
    }
}
