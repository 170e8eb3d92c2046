//! `profiler dump`: what every thread of a process is doing now.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

use anstyle::Style;
use anyhow::Result;
use profiler::ThreadStack;
use serde_json::{Value, json};

use super::args::DumpArgs;
use super::streams;

/// Prints the stacks.
pub fn run(args: &DumpArgs) -> Result<ExitCode> {
    let pid = args.pid()?;
    // Before the threads are stopped to be looked at.
    let states = states(pid);
    let stacks = profiler::dump(pid, args.options())?;
    let text = if args.json {
        format!("{:#}\n", to_json(pid, &stacks, &states))
    } else {
        to_text(pid, &stacks, &states)
    };
    streams::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What each thread does, by its number, in a word.
type States = BTreeMap<u32, &'static str>;

fn states(pid: u32) -> States {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return States::new();
    };
    let state = |entry: fs::DirEntry| {
        let tid = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        Some((tid, state_of(&stat)))
    };
    threads.flatten().filter_map(state).collect()
}

/// Tells whether all threads of a process stand still until somebody continues them.
pub fn is_stopped(pid: u32) -> bool {
    let states = states(pid);
    !states.is_empty() && states.values().all(|&state| state == "stopped")
}

/// Reads the state out of /proc/PID/stat, where it follows the name in parentheses,
/// which may hold anything; see proc(5).
fn state_of(stat: &str) -> &'static str {
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    match after_name.trim_start().chars().next() {
        Some('R') => "running",
        Some('S') => "sleeping",
        Some('D') => "waiting for a device",
        Some('T' | 't') => "stopped",
        Some('Z' | 'X') => "ended",
        Some('I') => "idle",
        _ => "in an unknown state",
    }
}

fn to_text(pid: u32, stacks: &[ThreadStack], states: &States) -> String {
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    let mut text = format!("Process {pid}: {}\n", command_line(pid));
    for stack in stacks {
        let thread = stack.thread();
        let tid = thread.tid.unwrap_or_default();
        let state = states.get(&tid).copied().unwrap_or("just started");
        let name = thread.name;
        let gil = if stack.holds_gil() {
            ", with Python's lock"
        } else {
            ""
        };
        write!(
            text,
            "\n{bold}Thread {tid} `{name}`{bold:#}, {state}{gil}\n"
        )
        .expect("a string takes every write");
        for (frame, locals) in stack.frames().zip(stack.locals()) {
            let name = frame.function;
            let label = frame.label();
            let place = label.strip_prefix(name).unwrap_or_default();
            let module = match frame.module {
                Some(module) if place.is_empty() && !name.starts_with('[') => {
                    format!(" [{module}]")
                }
                _ => String::new(),
            };
            writeln!(text, "    {name}{dim}{place}{module}{dim:#}")
                .expect("a string takes every write");
            for (name, value) in locals {
                writeln!(text, "        {name} = {value}").expect("a string takes every write");
            }
        }
        if !stack.is_complete() {
            writeln!(text, "    {dim}[its callers cannot be read]{dim:#}")
                .expect("a string takes every write");
        }
    }
    text
}

/// The version of the shape below.
const JSON_VERSION: u32 = 1;

fn to_json(pid: u32, stacks: &[ThreadStack], states: &States) -> Value {
    let threads: Vec<Value> = stacks
        .iter()
        .map(|stack| {
            let thread = stack.thread();
            let frames: Vec<Value> = stack
                .frames()
                .zip(stack.locals())
                .map(|(frame, locals)| {
                    let mut object = json!({
                        "function": frame.function,
                        "module": frame.module,
                        "file": frame.file,
                        "line": frame.line,
                    });
                    if !locals.is_empty() {
                        let locals = locals.iter().cloned();
                        object["locals"] = locals
                            .map(|(name, value)| (name, Value::from(value)))
                            .collect();
                    }
                    object
                })
                .collect();
            json!({
                "name": thread.name,
                "tid": thread.tid,
                "state": thread.tid.and_then(|tid| states.get(&tid)),
                "complete": stack.is_complete(),
                "gil": stack.holds_gil(),
                "frames": frames,
            })
        })
        .collect();
    json!({ "version": JSON_VERSION, "pid": pid, "threads": threads })
}

/// The command line, or what the system calls the process.
fn command_line(pid: u32) -> String {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words).replace('\0', " ");
    let name = || fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let line = match words.trim_end() {
        "" => name(),
        _ => words,
    };
    line.trim_end().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_past_any_name() {
        assert_eq!(state_of("12 (worker) S 1 12"), "sleeping");
        assert_eq!(state_of("12 (a) R (b) D 1 12"), "waiting for a device");
        assert_eq!(state_of(""), "in an unknown state");
    }
}
