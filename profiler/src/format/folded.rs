//! Folded stacks: one line `root;child;leaf count` for each stack, in order of names.
//!
//! The format of Brendan Gregg's `stackcollapse` scripts, which every flame graph tool
//! reads. Rust's names may contain semicolons (`[u8; 4]`), which would split a frame in
//! two, so `;`, `\` and line breaks inside names are written as `\x3b`, `\\`, `\n` and
//! `\r`. Spaces need no care: the count comes after the last one. Threads are added up.

use std::borrow::Cow;
use std::io::{BufRead, Write};

use super::input::excerpt;
use crate::error::{Error, Result};
use crate::profile::{Profile, Weight};

/// Writes the stacks of `profile`.
///
/// # Errors
/// [`Error::Io`] if `out` cannot be written.
pub fn write(profile: &Profile, mut out: impl Write) -> Result<()> {
    for (stack, weight) in profile.stacks() {
        let names: Vec<Cow<'_, str>> = stack.into_iter().map(escape).collect();
        writeln!(out, "{} {}", names.join(";"), weight.as_samples())
            .map_err(Error::io("write folded stacks"))?;
    }
    out.flush().map_err(Error::io("write folded stacks"))
}

/// Reads folded stacks into a profile of one thread, `main`. Empty lines are skipped.
///
/// # Errors
/// [`Error::BadFile`] names the line that is not folded; [`Error::Io`] if `input` cannot
/// be read.
pub fn read(input: impl BufRead) -> Result<Profile> {
    let mut profile = Profile::new();
    each_line(input, |stack, n| {
        profile.add("main", stack.split(';').map(unescape), n);
    })?;
    Ok(profile)
}

/// Takes the lines apart. Bytes that are not UTF-8 become replacement characters.
pub(super) fn each_line(input: impl BufRead, mut add: impl FnMut(&str, Weight)) -> Result<()> {
    for (at, line) in input.split(b'\n').enumerate() {
        let line = line.map_err(Error::io("read folded stacks"))?;
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line));
        if line.is_empty() {
            continue;
        }
        let bad = |problem: String| Error::BadFile {
            format: "folded stacks",
            place: format!("line {}", at + 1),
            problem: format!("{problem} (expected `root;child;leaf count`)"),
        };
        let (stack, count) = line
            .rsplit_once(' ')
            .ok_or_else(|| bad("there is no space before a count".to_owned()))?;
        let n = count
            .parse()
            .map_err(|_| bad(format!("`{}` is not a whole number", excerpt(count))))?;
        add(stack, Weight::from_samples(n));
    }
    Ok(())
}

fn escape(name: &str) -> Cow<'_, str> {
    if !name.contains([';', '\\', '\n', '\r']) {
        return name.into();
    }
    name.replace('\\', r"\\")
        .replace(';', r"\x3b")
        .replace('\n', r"\n")
        .replace('\r', r"\r")
        .into()
}

/// Undoes [`escape`]; other backslashes, as other tools write them, stay as they are.
fn unescape(name: &str) -> Cow<'_, str> {
    if !name.contains('\\') {
        return name.into();
    }
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let escaped = &rest[at..];
        let (character, length) = [(r"\\", '\\'), (r"\x3b", ';'), (r"\n", '\n'), (r"\r", '\r')]
            .into_iter()
            .find(|(code, _)| escaped.starts_with(code))
            .map_or(('\\', 1), |(code, character)| (character, code.len()));
        plain.push(character);
        rest = &escaped[length..];
    }
    plain.push_str(rest);
    plain.into()
}
