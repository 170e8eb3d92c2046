//! All workloads in all languages, and what each asks of a profiler.
//!
//! The Rust ones are part of this library and of the command `workload`. Those in Python
//! and in C are carried as text, to be written into a folder where they are to run: a
//! profiler's tests need nothing but their own binary, and an interpreter or a compiler.
//! All take the same options, and all print the same JSON.

mod c;
mod entry;
mod python;

pub use c::C;
pub use entry::{Clock, Depth, Entry, Language, Scored};
pub use python::PYTHON;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lists the workloads of all languages.
pub fn all() -> Vec<Entry> {
    let rust = crate::workload::all()
        .iter()
        .map(|workload| workload.entry());
    let others = python::ENTRIES.iter().chain(c::ENTRIES).copied();
    rust.chain(others).collect()
}

/// Writes the Python workloads into a folder; returns the script to run.
///
/// # Errors
///
/// When the folder or a file in it cannot be written.
pub fn write_python(folder: &Path) -> io::Result<PathBuf> {
    write(PYTHON, folder)?;
    Ok(folder.join("workload.py"))
}

/// Writes the C workloads into a folder and compiles them; returns the program.
///
/// The compiler is `cc`, or what the environment variable `CC` names.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] when there is no such compiler; otherwise what it said.
pub fn compile_c(folder: &Path) -> io::Result<PathBuf> {
    write(C, folder)?;
    let program = folder.join("workload-c");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command.args(["-O2", "-g", "-fno-omit-frame-pointer", "-std=gnu11", "-o"]);
    command.arg(&program);
    let sources = C.iter().map(|(name, _)| folder.join(name));
    command.args(sources.filter(|path| path.extension().is_some_and(|end| end == "c")));
    let out = command.arg("-lm").output()?;
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr);
        return Err(io::Error::other(format!("{command:?} failed: {said}")));
    }
    Ok(program)
}

fn write(files: &[(&str, &str)], folder: &Path) -> io::Result<()> {
    for (name, source) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, source)?;
    }
    Ok(())
}
