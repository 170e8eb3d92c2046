//! Linux's perf, with frame pointers or with dumps of the stack.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use inferno::collapse::Collapse;
use inferno::collapse::perf::{Folder, Options};

use crate::peers;
use crate::process::Process;
use crate::stacks::{Stacks, native_name};
use crate::subject::{Language, Outcome, Reason, Subject, Task};
use crate::target;

/// How perf finds callers.
pub enum Perf {
    /// `--call-graph fp`: the workloads in Rust have frame pointers, their libraries
    /// have none.
    FramePointer,
    /// `--call-graph dwarf`: 8 KiB of stack a sample, unwound afterwards.
    Dwarf,
}

impl Subject for Perf {
    fn name(&self) -> &'static str {
        match self {
            Self::FramePointer => "perf fp",
            Self::Dwarf => "perf dwarf",
        }
    }

    fn available(&self) -> Result<String, Reason> {
        peers::version(Path::new("perf"))
    }

    fn run(&self, task: &Task) -> Result<Outcome> {
        let data = task.folder.join("perf.data");
        let mut record = Command::new("perf");
        record.args(["record", "--quiet", "--event", "cpu-clock"]);
        record.args(["--freq", &task.rate.to_string(), "--call-graph"]);
        record.arg(match self {
            Self::FramePointer => "fp",
            Self::Dwarf => "dwarf",
        });
        record.arg("--output").arg(&data).arg("--");
        target::append(&mut record, &target::command(Language::Rust, task));
        let outcome = target::run_launched(&mut record, task)?;

        // With inlined functions, this perf starts an addr2line for each address, which
        // takes minutes.
        let mut script = Command::new("perf");
        script.args(["script", "--no-inline", "--fields"]);
        // Without the period, each event counts for one.
        script
            .arg("comm,pid,tid,time,event,ip,sym,dso")
            .arg("--input")
            .arg(&data);
        let script = Process::run(&mut script, task.timeout)?;
        let mut folded = Vec::new();
        Folder::from(Options::default())
            .collapse(script.stdout.as_bytes(), &mut folded)
            .context("folding what perf wrote")?;
        let folded = String::from_utf8(folded).context("perf's names are not text")?;
        Ok(Outcome {
            stacks: Some(Stacks::from_folded(&folded, native_name)?),
            own_cpu_seconds: outcome.own_cpu_seconds + script.cpu_seconds,
            max_rss: outcome.max_rss.max(script.max_rss),
            ..outcome
        })
    }

    fn run_bare(&self, task: &Task) -> Result<Outcome> {
        target::run_bare(target::command(Language::Rust, task), task)
    }
}
