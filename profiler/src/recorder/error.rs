//! What the system's refusals mean, and what to do about them.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::Error;

/// Explains why a process cannot be looked at.
pub(super) fn cannot_attach(pid: u32) -> impl Fn(io::Error) -> Error {
    move |source| match source.raw_os_error() {
        _ if source.kind() == io::ErrorKind::NotFound => Error::NoSuchProcess { pid },
        Some(libc::ESRCH) => Error::NoSuchProcess { pid },
        _ => cannot_trace(pid)(source),
    }
}

/// Explains why a process cannot be stopped or its memory not be read.
pub(super) fn cannot_trace(pid: u32) -> impl Fn(io::Error) -> Error {
    move |source| match source.raw_os_error() {
        Some(libc::ESRCH) => Error::NoSuchProcess { pid },
        Some(libc::EPERM | libc::EACCES) => Error::Forbidden {
            action: format!("look into process {pid}"),
            hint: trace_hint(pid),
            source,
        },
        _ => Error::System {
            action: "look into the process",
            source,
        },
    }
}

/// Explains why the threads of a process cannot be followed with events of their own.
pub(super) fn cannot_follow(pid: u32) -> impl Fn(io::Error) -> Error {
    move |source| match source.raw_os_error() {
        // Tracing answers EPERM, events EACCES; a container's filter EPERM for both.
        Some(libc::EACCES | libc::ENOSYS | libc::EMFILE | libc::ENFILE) => {
            cannot_open_event(source)
        }
        _ => cannot_trace(pid)(source),
    }
}

/// Explains why perf events cannot be opened.
pub(super) fn cannot_open_event(source: io::Error) -> Error {
    let hint = match source.raw_os_error() {
        Some(libc::ENOSYS) => {
            "the kernel is built without perf events; use the ptrace backend".to_owned()
        }
        Some(libc::EMFILE | libc::ENFILE) => {
            "too many files are open; raise the limit with `ulimit -n 65536`".to_owned()
        }
        Some(libc::EPERM | libc::EACCES) => perf_hint(&source),
        _ => {
            return Error::System {
                action: "open a perf event",
                source,
            };
        }
    };
    Error::Forbidden {
        action: "open a perf event".to_owned(),
        hint,
        source,
    }
}

/// Explains why a perf event's buffer cannot be mapped.
pub(super) fn cannot_map_ring(source: io::Error) -> Error {
    if source.raw_os_error() != Some(libc::EPERM) {
        return Error::System {
            action: "map the buffer of a perf event",
            source,
        };
    }
    let limit = read_number("/proc/sys/kernel/perf_event_mlock_kb").unwrap_or(0);
    Error::Forbidden {
        action: "lock memory for the buffer of a perf event".to_owned(),
        hint: format!(
            "kernel.perf_event_mlock_kb is {limit}; end other profilers, or run \
             `sudo sysctl kernel.perf_event_mlock_kb=65536` or `ulimit -l unlimited`"
        ),
        source,
    }
}

/// The setting answers EACCES, a container's filter EPERM.
fn perf_hint(source: &io::Error) -> String {
    match read_number("/proc/sys/kernel/perf_event_paranoid") {
        Some(level) if level > 1 && source.raw_os_error() == Some(libc::EACCES) => format!(
            "kernel.perf_event_paranoid is {level}; run `sudo sysctl \
             kernel.perf_event_paranoid=0`, or the recorder with sudo, or use the ptrace backend"
        ),
        _ if is_in_container() => {
            "this looks like a container, whose seccomp filter forbids perf events; start it \
             with `--cap-add=PERFMON` (docker, podman), or use the ptrace backend with \
             `--cap-add=SYS_PTRACE`"
                .to_owned()
        }
        _ => "run `sudo sysctl kernel.perf_event_paranoid=0`, or the recorder with sudo, or use \
              the ptrace backend"
            .to_owned(),
    }
}

fn trace_hint(pid: u32) -> String {
    let own = fs::metadata("/proc/self").map(|data| owner(&data)).ok();
    let its = fs::metadata(format!("/proc/{pid}"))
        .map(|data| owner(&data))
        .ok();
    if own != its {
        return "it belongs to another user; run the recorder with sudo".to_owned();
    }
    if is_in_container() {
        return "this looks like a container; start it with `--cap-add=SYS_PTRACE`".to_owned();
    }
    match read_number("/proc/sys/kernel/yama/ptrace_scope") {
        Some(scope) if scope > 0 => format!(
            "kernel.yama.ptrace_scope is {scope}; run `sudo sysctl kernel.yama.ptrace_scope=0`, \
             or the recorder with sudo, or let the recorder start the program"
        ),
        _ => "something traces it already, a debugger perhaps, or it has more rights than the \
              recorder; end the debugger, or run the recorder with sudo"
            .to_owned(),
    }
}

fn owner(data: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(data)
}

fn is_in_container() -> bool {
    Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists()
}

fn read_number(path: &str) -> Option<i64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}
