//! The programs that profilers are pointed at, ready to run.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use bench_fixtures::catalogue::{self, Language};
use tempfile::TempDir;

use crate::error::{Error, Result};

/// The workloads of all languages, written where they can be run.
pub struct Programs {
    folder: TempDir,
    script: PathBuf,
    us: PathBuf,
    python: String,
    rust: Vec<String>,
    c: OnceCell<Found>,
}

/// A program, or why it is not there.
type Found = std::result::Result<PathBuf, String>;

impl Programs {
    /// Writes the scripts into a folder of their own, which goes with this.
    ///
    /// `us` is the command `profiler`, and `python` the interpreter of the scripts. `rust`
    /// runs the workloads in Rust; without it, `us` does.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if they cannot be written.
    pub fn new(us: &Path, rust: Option<&Path>, python: &str) -> Result<Self> {
        let written = || {
            let folder = tempfile::tempdir()?;
            let python = folder.path().join("python");
            fs::create_dir(&python)?;
            let script = catalogue::write_python(&python)?;
            fs::write(folder.path().join(TRACE.0), TRACE.1)?;
            Ok((folder, script))
        };
        let (folder, script) = written().map_err(|source| Error::Io {
            action: "write the programs to profile",
            source,
        })?;
        Ok(Self {
            folder,
            script,
            us: us.to_owned(),
            python: python.to_owned(),
            rust: rust.map_or_else(|| inside(us), |rust| vec![rust.display().to_string()]),
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
            Language::Rust => Ok(self.rust.clone()),
            Language::Python => Ok(vec![self.python.clone(), text(&self.script)]),
            Language::C => {
                let compile = || catalogue::compile_c(&self.folder.path().join("c"));
                let compile = || compile().map_err(|error| error.to_string());
                let found = self.c.get_or_init(compile).clone()?;
                Ok(vec![text(&found)])
            }
        }
    }

    /// Returns the words that run a workload inside our own program, under nothing.
    pub fn inside(&self) -> Vec<String> {
        inside(&self.us)
    }

    /// Our own program.
    pub fn us(&self) -> &Path {
        &self.us
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

fn inside(us: &Path) -> Vec<String> {
    let us = us.display().to_string();
    [&us, "accuracy", "inside", "--library", "none", "--"]
        .map(str::to_owned)
        .to_vec()
}
