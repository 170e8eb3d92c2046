//! Gets the peers from where they are offered: the registries, and Debian.
//!
//! Everything goes below `target/peers`, except Debian's package of perf.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::process::Process;
use crate::subject::Reason;

/// What a download and a build may take.
const INSTALL: Duration = Duration::from_mins(10);

/// What asking for a version may take.
const ASK: Duration = Duration::from_secs(20);

/// The newest austin needs glibc 2.38; this one does not.
const AUSTIN_FOR_OLDER_SYSTEMS: &str = "austin-dist==3.7.0";

/// Installs what is missing. What cannot be had shows later as not available.
pub fn install() {
    for (name, installed) in [
        ("perf", perf()),
        ("samply", samply()),
        ("py-spy and austin", python_peers()),
    ] {
        if let Err(error) = installed {
            eprintln!("{name} could not be installed: {error:#}");
        }
    }
}

/// The Python that runs the workloads in Python.
pub fn python() -> PathBuf {
    folder().join("venv/bin/python")
}

/// A program of a Python package.
pub fn python_tool(name: &str) -> PathBuf {
    folder().join("venv/bin").join(name)
}

/// The samply that we built.
pub fn samply_program() -> PathBuf {
    folder().join("bin/samply")
}

/// What a program says of its version.
///
/// # Errors
///
/// The reason why it does not run.
pub fn version(program: &Path) -> Result<String, Reason> {
    let ended = Process::run(Command::new(program).arg("--version"), ASK);
    let ended = ended.map_err(|error| Reason(format!("{:#}", error.root_cause())))?;
    Ok(ended
        .stdout
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers")
}

fn perf() -> Result<()> {
    if version(Path::new("perf")).is_ok() || version(Path::new("apt-get")).is_err() {
        return Ok(());
    }
    let mut apt = Command::new("apt-get");
    apt.args(["install", "-yq", "--no-install-recommends", "linux-perf"]);
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    Process::run(&mut apt, INSTALL).map(drop)
}

fn samply() -> Result<()> {
    if version(&samply_program()).is_ok() {
        return Ok(());
    }
    let mut cargo = Command::new("cargo");
    cargo
        .args(["install", "--quiet", "--locked", "samply", "--root"])
        .arg(folder());
    // Our own flags are not its authors'.
    cargo
        .env("RUSTFLAGS", "")
        .env("CARGO_TARGET_DIR", folder().join("build"));
    Process::run(&mut cargo, INSTALL).map(drop)
}

fn python_peers() -> Result<()> {
    if version(&python()).is_err() {
        Process::run(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(folder().join("venv")),
            INSTALL,
        )?;
    }
    if version(&python_tool("py-spy")).is_err() {
        pip("py-spy")?;
    }
    if version(&python_tool("austin")).is_err() {
        pip("austin-dist")?;
    }
    if version(&python_tool("austin")).is_err() {
        pip(AUSTIN_FOR_OLDER_SYSTEMS)?;
    }
    Ok(())
}

fn pip(package: &str) -> Result<()> {
    let mut pip = Command::new(python());
    pip.args(["-m", "pip", "install", "--quiet", package]);
    Process::run(&mut pip, INSTALL).map(drop)
}
