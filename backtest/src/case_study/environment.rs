//! The machine that a study ran on, as far as it bears on the result.

use std::fs;
use std::path::Path;
use std::thread;

use serde::Serialize;

use crate::exchange::data_root;

/// What a reader needs to know to compare two studies.
#[derive(Clone, Debug, Serialize)]
pub struct Environment {
    /// The processor's own name.
    pub cpu: String,
    /// How many of its cores the study may use.
    pub cores: usize,
    /// The system and its release.
    pub system: String,
    /// The kind of file system that the bundle is on.
    pub file_system: String,
    /// Whether this looks like a container or another system's guest, in which
    /// system calls cost differently.
    pub virtualization: Option<String>,
    /// The version of this program.
    pub version: &'static str,
    /// How this program was built.
    pub build: &'static str,
}

impl Environment {
    /// Reads it from the system; what cannot be read is "unknown".
    pub fn read() -> Self {
        Self {
            cpu: cpu().unwrap_or_else(unknown),
            cores: thread::available_parallelism().map_or(1, usize::from),
            system: system(),
            file_system: data_root()
                .ok()
                .and_then(|root| file_system(&root))
                .unwrap_or_else(unknown),
            virtualization: virtualization(),
            version: env!("CARGO_PKG_VERSION"),
            build: if cfg!(debug_assertions) {
                "debug"
            } else {
                "release"
            },
        }
    }
}

fn unknown() -> String {
    "unknown".into()
}

fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(unix)]
fn system() -> String {
    let names = rustix::system::uname();
    format!(
        "{} {}",
        names.sysname().to_string_lossy(),
        names.release().to_string_lossy()
    )
}

#[cfg(not(unix))]
fn system() -> String {
    std::env::consts::OS.into()
}

/// The type of the mount that `path`, or the nearest parent that exists, is on.
fn file_system(path: &Path) -> Option<String> {
    let existing = path
        .ancestors()
        .find_map(|folder| folder.canonicalize().ok())?;
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            let (point, kind) = (fields.next()?, fields.next()?);
            existing.starts_with(point).then_some((point.len(), kind))
        })
        // The longest mount point is the nearest; of equals the last is on top.
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind.to_owned())
}

fn virtualization() -> Option<String> {
    if Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists() {
        return Some("container".into());
    }
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if release.to_ascii_lowercase().contains("microsoft") {
        return Some("WSL".into());
    }
    let flags = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let is_guest = flags
        .lines()
        .any(|line| line.starts_with("flags") && line.split(' ').any(|flag| flag == "hypervisor"));
    is_guest.then(|| "virtual machine".into())
}
