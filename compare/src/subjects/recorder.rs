//! Our command line, which records from outside.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::peers;
use crate::stacks::{Stacks, native_name};
use crate::subject::{Language, Outcome, Reason, Subject, Task};
use crate::target::{self, beside_us};

/// How it comes to its target.
pub enum Recorder {
    /// `profiler record -o FILE -- COMMAND`.
    Launched,
    /// `profiler record -o FILE --pid PID`.
    Attached,
}

impl Subject for Recorder {
    fn name(&self) -> &'static str {
        match self {
            Self::Launched => "ours, launched",
            Self::Attached => "ours, attached",
        }
    }

    fn available(&self) -> Result<String, Reason> {
        let program = beside_us("profiler");
        if !program.exists() {
            return Err(Reason("the command `profiler` is not built".into()));
        }
        peers::version(&program)
    }

    fn run(&self, task: &Task) -> Result<Outcome> {
        let output = task.folder.join("stacks.folded");
        let record = || {
            let mut record = Command::new(beside_us("profiler"));
            record.arg("record").arg("--output").arg(&output);
            record.args(["--rate", &task.rate.to_string()]);
            record.args(["--seed", &task.seed.to_string()]);
            record
        };
        let outcome = match self {
            Self::Launched => {
                let mut launched = record();
                launched.arg("--");
                target::append(&mut launched, &target::command(Language::Rust, task));
                target::run_launched(&mut launched, task)
            }
            Self::Attached => target::run_attached(Language::Rust, task, |pid| {
                let mut attached = record();
                attached.args(["--pid", &pid.to_string()]);
                attached
            }),
        };
        let folded = || fs::read_to_string(&output).context("reading the stacks");
        Ok(Outcome {
            stacks: Some(Stacks::from_folded(&folded()?, native_name)?),
            ..outcome?
        })
    }

    fn run_bare(&self, task: &Task) -> Result<Outcome> {
        target::run_bare(target::command(Language::Rust, task), task)
    }
}
