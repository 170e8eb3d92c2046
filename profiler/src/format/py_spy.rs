//! What `py-spy record --format raw` writes: folded stacks whose frames know their file
//! and line, below frames that stand for the process and the thread.
//!
//! A frame is `function (file.py:12)`, or `function (library.so)` for native code.
//! Speedscope files of py-spy need no care of their own.

use std::io::BufRead;
use std::path::Path;

use super::folded::each_line;
use crate::error::Result;
use crate::profile::{Frame, Profile, Thread};

/// Reads py-spy's raw stacks.
///
/// # Errors
/// As [`folded::read`](super::folded::read).
pub fn read(input: impl BufRead) -> Result<Profile> {
    let mut profile = Profile::new();
    each_line(input, |stack, n| {
        let mut thread = Thread::named("main");
        let mut leaf = None;
        for label in stack.split(';') {
            if let Some(pid) = process(label) {
                thread.pid = Some(pid);
            } else if let Some((name, tid)) = thread_of(label).filter(|_| leaf.is_none()) {
                (thread.name, thread.tid) = (name, tid);
            } else {
                leaf = Some(profile.stack_id(leaf, frame(label)));
            }
        }
        let leaf = leaf.unwrap_or_else(|| profile.stack_id(None, Frame::function("[empty]")));
        let thread = profile.thread_id(thread);
        profile.observe(thread, leaf, n);
    })?;
    Ok(profile)
}

/// Tells whether a line is py-spy's, and not another tool's folded stack.
pub(super) fn is_line(line: &str) -> bool {
    let stack = line.rsplit_once(' ').map_or(line, |(stack, _)| stack);
    let root = stack.split(';').next().unwrap_or_default();
    process(root).is_some()
        || thread_of(root).is_some()
        || stack.split(';').any(|label| {
            let frame = frame(label);
            frame.line.is_some() && frame.file.is_some_and(is_python)
        })
}

fn is_python(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|ending| ending == "py")
}

/// Reads `process 1234:"command"`.
fn process(label: &str) -> Option<u32> {
    let (pid, command) = label.strip_prefix("process ")?.split_once(':')?;
    command.starts_with('"').then(|| pid.parse().ok())?
}

/// Reads `thread (1234): name`, or an address in hexadecimal for the number.
fn thread_of(label: &str) -> Option<(&str, Option<u32>)> {
    let (id, rest) = label.strip_prefix("thread (")?.split_once(')')?;
    let is_id = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if id.is_empty() || !is_id(id.trim_start_matches("0x").trim_start_matches("0X")) {
        return None;
    }
    let name = match rest.strip_prefix(": ") {
        Some(name) if !name.is_empty() => name,
        _ if rest.is_empty() => label,
        _ => return None,
    };
    Some((name, id.parse().ok()))
}

fn frame(label: &str) -> Frame<'_> {
    let whole = Frame::function(label);
    let Some((function, place)) = label
        .strip_suffix(')')
        .and_then(|label| label.rsplit_once(" ("))
    else {
        return whole;
    };
    match place.rsplit_once(':') {
        Some((file, line)) => match line.parse() {
            Ok(line) => Frame {
                function,
                file: Some(file),
                line: Some(line),
                module: None,
            },
            Err(_) => whole,
        },
        None if place.contains(".so") => Frame {
            function,
            module: Some(place),
            ..whole
        },
        None => whole,
    }
}
