//! austin, which reads a Python process's stacks while it runs.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::peers;
use crate::stacks::Stacks;
use crate::subject::{Language, Outcome, Reason, Subject, Task};
use crate::target;

/// austin, attached to its target, leaving out idle threads.
pub struct Austin;

impl Subject for Austin {
    fn name(&self) -> &'static str {
        "austin"
    }

    fn language(&self) -> Language {
        Language::Python
    }

    fn available(&self) -> Result<String, Reason> {
        peers::version(&peers::python_tool("austin"))
    }

    fn run(&self, task: &Task) -> Result<Outcome> {
        let output = task.folder.join("stacks.austin");
        let outcome = target::run_attached(Language::Python, task, |pid| {
            let mut austin = Command::new(peers::python_tool("austin"));
            let interval = format!("{}us", 1_000_000 / task.rate);
            austin
                .args(["--sleepless", "--interval", &interval, "--output"])
                .arg(&output);
            austin.args(["--pid", &pid.to_string()]);
            austin
        })?;
        let text = fs::read_to_string(&output).context("reading what austin wrote")?;
        let samples: String = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(|line| [line, "\n"])
            .collect();
        Ok(Outcome {
            stacks: Some(Stacks::from_weighted(&samples, name)?.without(WAITING)),
            ..outcome
        })
    }

    fn run_bare(&self, task: &Task) -> Result<Outcome> {
        target::run_bare(target::command(Language::Python, task), task)
    }
}

/// The function that the workload in Python waits in until it may begin.
const WAITING: &str = "wait_for_go";

/// A frame is `file.py:function:line`; a process and a thread come before the first.
fn name(frame: &str) -> Option<String> {
    let mut parts = frame.rsplit(':');
    let (_line, function, _file) = (parts.next()?, parts.next()?, parts.next()?);
    Some(function.to_owned())
}
