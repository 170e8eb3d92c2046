//! samply, which records with perf events and unwinds dumps of the stack.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::peers;
use crate::samply_profile;
use crate::subject::{Language, Outcome, Reason, Subject, Task};
use crate::target;

/// samply, launching its target.
pub struct Samply;

/// Where the kernel says who may use perf events.
const PARANOID: &str = "/proc/sys/kernel/perf_event_paranoid";

/// Without hardware counters samply refuses to start unless this file says 1 or less,
/// even to root, who may use the events whatever it says. So it is shown a 1, in a
/// mount namespace of its own: nothing changes for anyone else.
const SHOW_ONE: &str = "echo 1 > \"$1/paranoid\" && mount --bind \"$1/paranoid\" \"$2\" && \
                        shift 2 && exec \"$@\"";

impl Subject for Samply {
    fn name(&self) -> &'static str {
        "samply"
    }

    fn available(&self) -> Result<String, Reason> {
        if needs_namespace() && !rustix::process::geteuid().is_root() {
            return Err(Reason(format!("{PARANOID} is above 1 and we are not root")));
        }
        peers::version(&peers::samply_program())
    }

    fn run(&self, task: &Task) -> Result<Outcome> {
        let profile = task.folder.join("profile.json");
        let mut record = if needs_namespace() {
            let mut unshare = Command::new("unshare");
            unshare
                .args(["--mount", "sh", "-c", SHOW_ONE, "sh"])
                .arg(task.folder)
                .arg(PARANOID);
            unshare.arg(peers::samply_program());
            unshare
        } else {
            Command::new(peers::samply_program())
        };
        record.args(["record", "--save-only"]);
        record
            .args(["--rate", &task.rate.to_string(), "--output"])
            .arg(&profile)
            .arg("--");
        target::append(&mut record, &target::command(Language::Rust, task));
        let outcome = target::run_launched(&mut record, task)?;
        Ok(Outcome {
            stacks: Some(samply_profile::read(&profile)?),
            ..outcome
        })
    }

    fn run_bare(&self, task: &Task) -> Result<Outcome> {
        target::run_bare(target::command(Language::Rust, task), task)
    }
}

fn needs_namespace() -> bool {
    let paranoid = fs::read_to_string(PARANOID).unwrap_or_default();
    paranoid
        .trim()
        .parse::<i32>()
        .is_ok_and(|paranoid| paranoid > 1)
}
