//! All workloads in all languages, and what each asks of a profiler.
//!
//! The Rust ones are part of this library and of the command `workload`. Those in Python
//! and in C are carried as text, to be written into a folder where they are to run: a
//! profiler's tests need nothing but their own binary, and an interpreter or a compiler.
//! All take the same options, and all print the same JSON.

mod entry;
mod python;

pub use entry::{Clock, Depth, Entry, Language, Scored};
pub use python::PYTHON;

/// Lists the workloads of all languages.
pub fn all() -> Vec<Entry> {
    let rust = crate::workload::all()
        .iter()
        .map(|workload| workload.entry());
    rust.chain(python::ENTRIES.iter().copied()).collect()
}
