//! What the kernel says of a process in one line: whether it lives, and whose child it is.

use std::fs;
use std::io;

use crate::error::{Error, Result};

/// The part of `/proc/PID/stat` that tells whether there is anything to sample.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    state: char,
    parent: u32,
    flags: u32,
}

/// `PF_KTHREAD` of the kernel's `include/linux/sched.h`.
const OF_KERNEL: u32 = 0x0020_0000;

/// Insists that a process runs a program: one that has ended stays listed until its parent
/// asks for its status, and threads of the kernel are listed as well.
///
/// # Errors
/// [`Error::NoSuchProcess`] and [`Error::NoProgram`].
pub(super) fn check_runs_a_program(pid: u32) -> Result<()> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"));
    let text = text.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::NoSuchProcess { pid },
        _ => Error::System {
            action: "look into the process",
            source,
        },
    })?;
    let no_program = |what: &'static str, hint: String| Err(Error::NoProgram { pid, what, hint });
    match Stat::parse(&text) {
        Some(Stat {
            state: 'Z' | 'X',
            parent,
            ..
        }) => no_program(
            "has ended, and its parent has not asked for its status",
            format!("nothing of it is left to be looked at; its parent is process {parent}"),
        ),
        Some(Stat { flags, .. }) if flags & OF_KERNEL != 0 => no_program(
            "is a thread of the kernel and runs no program",
            "`perf record -a -g` samples the kernel itself".to_owned(),
        ),
        _ => Ok(()),
    }
}

impl Stat {
    /// Reads the line, whose second field, the name, may hold anything; see proc(5).
    fn parse(line: &str) -> Option<Self> {
        let (_, rest) = line.rsplit_once(')')?;
        let mut fields = rest.split_ascii_whitespace();
        Some(Self {
            state: fields.next()?.chars().next()?,
            parent: fields.next()?.parse().ok()?,
            flags: fields.nth(4)?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::{process, thread, time::Duration};

    use super::*;

    #[test]
    fn the_name_may_hold_anything() {
        let line = "7 (a) Z (b) S 1 7 7 0 -1 4194560 1 2";
        let stat = Stat {
            state: 'S',
            parent: 1,
            flags: 4_194_560,
        };
        assert_eq!(Stat::parse(line), Some(stat));
        assert_eq!(Stat::parse("7 (a"), None);
    }

    #[test]
    fn what_runs_no_program_is_told_apart() {
        check_runs_a_program(process::id()).expect("this one does");
        let mut child = Command::new("true").spawn().expect("it starts");
        let error = loop {
            match check_runs_a_program(child.id()) {
                Ok(()) => thread::sleep(Duration::from_millis(1)),
                Err(error) => break error.to_string(),
            }
        };
        let parent = format!("its parent is process {}", process::id());
        assert!(
            error.contains("has ended") && error.contains(&parent),
            "{error}"
        );
        child.wait().expect("it is ours");
        let error = check_runs_a_program(child.id()).expect_err("it is gone");
        assert!(matches!(error, Error::NoSuchProcess { .. }), "{error}");
        // A container may have no threads of the kernel in its list.
        if fs::read_to_string("/proc/2/comm").is_ok_and(|name| name.trim() == "kthreadd") {
            let error = check_runs_a_program(2).expect_err("it is the kernel's");
            assert!(error.to_string().contains("of the kernel"), "{error}");
        }
    }
}
