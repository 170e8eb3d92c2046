//! py-spy, which stops a Python process and reads its stacks.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::peers;
use crate::stacks::Stacks;
use crate::subject::{Language, Outcome, Reason, Subject, Task};
use crate::target;

/// py-spy, attached to its target.
pub struct PySpy;

impl Subject for PySpy {
    fn name(&self) -> &'static str {
        "py-spy"
    }

    fn language(&self) -> Language {
        Language::Python
    }

    fn available(&self) -> Result<String, Reason> {
        peers::version(&peers::python_tool("py-spy"))
    }

    fn run(&self, task: &Task) -> Result<Outcome> {
        let raw = task.folder.join("stacks.raw");
        let outcome = target::run_attached(Language::Python, task, |pid| {
            let mut spy = Command::new(peers::python_tool("py-spy"));
            spy.args(["record", "--format", "raw", "--function", "--output"])
                .arg(&raw);
            spy.args(["--rate", &task.rate.to_string(), "--pid", &pid.to_string()]);
            spy
        })?;
        let raw = fs::read_to_string(&raw).context("reading what py-spy wrote")?;
        Ok(Outcome {
            stacks: Some(Stacks::from_folded(&raw, name)?.without(WAITING)),
            ..outcome
        })
    }

    fn run_bare(&self, task: &Task) -> Result<Outcome> {
        target::run_bare(target::command(Language::Python, task), task)
    }
}

/// The function that the workload in Python waits in until it may begin.
const WAITING: &str = "wait_for_go";

/// A frame is `function (file.py:line)`.
fn name(frame: &str) -> Option<String> {
    frame.split(' ').next().map(str::to_owned)
}
