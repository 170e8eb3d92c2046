//! Profilers that are a library: the workload runs in this very program.
//!
//! The program starts itself again, so that each run has a process of its own, and
//! the run without a profiler is of the same code at the same addresses.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::inside::Library;
use crate::process::Process;
use crate::report::Report;
use crate::stacks::{Stacks, native_name};
use crate::subject::{Outcome, Reason, Subject, Task};

/// A library and its name in the table.
pub struct InProcess {
    name: &'static str,
    version: &'static str,
    library: Library,
}

impl InProcess {
    /// Our sampler.
    pub const OURS: Self = Self {
        name: "ours, in-process",
        version: concat!("backdraft ", env!("CARGO_PKG_VERSION")),
        library: Library::Ours,
    };

    /// The crate `pprof`, as it comes.
    pub const PPROF_RS: Self = Self {
        name: "pprof-rs",
        version: "pprof 0.15",
        library: Library::PprofRs,
    };
}

impl Subject for InProcess {
    fn name(&self) -> &'static str {
        self.name
    }

    fn available(&self) -> Result<String, Reason> {
        Ok(self.version.into())
    }

    fn run(&self, task: &Task) -> Result<Outcome> {
        let folded = task.folder.join("stacks.folded");
        let mut command = inside(self.library, task)?;
        command.arg("--folded").arg(&folded);
        let ended = Process::run(&mut command, task.timeout)?;
        let report = Report::find_in(&ended.stdout)?;
        let text = fs::read_to_string(&folded).context("reading the stacks")?;
        Ok(Outcome {
            own_cpu_seconds: (ended.cpu_seconds - report.functions_cpu_seconds()).max(0.0),
            stacks: Some(Stacks::from_folded(&text, native_name)?),
            report,
            max_rss: ended.max_rss,
        })
    }

    fn run_bare(&self, task: &Task) -> Result<Outcome> {
        crate::target::run_bare(inside(Library::None, task)?, task)
    }
}

fn inside(library: Library, task: &Task) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("finding ourselves")?);
    command.arg("inside").arg(library.name()).arg(task.workload);
    command.args(task.amount.args());
    command.args([
        "--seed",
        &task.seed.to_string(),
        "--rate",
        &task.rate.to_string(),
    ]);
    Ok(command)
}
