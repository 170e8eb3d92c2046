//! The programs that profilers are pointed at, ready to run.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use bench_fixtures::catalogue::{self, Language};
use tempfile::TempDir;

use super::process::Process;
use crate::error::{Error, Result};

/// What compiling the program in C may take.
const COMPILE: Duration = Duration::from_mins(2);

/// The workloads of all languages, written where they can be run.
pub struct Programs {
    folder: TempDir,
    python: String,
    rust: OnceCell<Found>,
    c: OnceCell<Found>,
}

/// A program, or why it is not there.
type Found = std::result::Result<PathBuf, String>;

impl Programs {
    /// Writes the scripts into a folder of their own, which goes with this.
    ///
    /// `python` is the interpreter to run them with.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if they cannot be written.
    pub fn new(python: &str) -> Result<Self> {
        let written = || {
            let folder = tempfile::tempdir()?;
            for (name, source) in catalogue::PYTHON {
                let path = folder.path().join("python").join(name);
                fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
                fs::write(path, source)?;
            }
            fs::write(folder.path().join(TRACE.0), TRACE.1)?;
            Ok(folder)
        };
        let folder = written().map_err(|source| Error::Io {
            action: "write the programs to profile",
            source,
        })?;
        Ok(Self {
            folder,
            python: python.to_owned(),
            rust: OnceCell::new(),
            c: OnceCell::new(),
        })
    }

    /// Returns the words that start the workloads of a language, to which the name of
    /// one and its options are added.
    ///
    /// # Errors
    ///
    /// The reason why that language cannot be run here.
    pub fn command(&self, language: Language) -> std::result::Result<Vec<String>, String> {
        let text = |path: &Path| path.display().to_string();
        match language {
            Language::Rust => {
                let found = self.rust.get_or_init(find_workload).clone()?;
                Ok(vec![text(&found)])
            }
            Language::Python => {
                let script = self.folder.path().join("python/workload.py");
                Ok(vec![self.python.clone(), text(&script)])
            }
            Language::C => {
                let found = self.c.get_or_init(|| compile(self.folder.path())).clone()?;
                Ok(vec![text(&found)])
            }
        }
    }

    /// The interpreter of the scripts.
    pub fn python(&self) -> &str {
        &self.python
    }

    /// Where the scripts are that subjects may need.
    pub fn tools(&self) -> &Path {
        self.folder.path()
    }
}

/// Runs a script under a tracing profiler, and writes what that notes as folded stacks.
const TRACE: (&str, &str) = ("trace.py", include_str!("subjects/trace.py"));

/// Finds the program `workload`: beside this program, where it is built together with
/// it, or among the user's commands.
fn find_workload() -> Found {
    let beside_us = env::current_exe().ok();
    let beside_us = beside_us.and_then(|us| Some(us.parent()?.to_owned()));
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = beside_us.into_iter().chain(env::split_paths(&path));
    let found = folders.find_map(|folder| {
        let program = folder.join(format!("workload{}", env::consts::EXE_SUFFIX));
        program.is_file().then_some(program)
    });
    found.ok_or_else(|| {
        "the program `workload` is neither beside this one nor in PATH; \
         `cargo install --path bench-fixtures` installs it"
            .to_owned()
    })
}

fn compile(folder: &Path) -> Found {
    let _ = folder;
    Err("not yet".into())
}
