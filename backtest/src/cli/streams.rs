//! Standard output and standard error, which may be pipes that somebody closes.

use std::fmt::Display;
use std::io::{self, Write};

use anyhow::{Context as _, Result};

/// Writes all of `text` to standard output.
pub fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .context("cannot write to standard output")
}

/// Writes a line to standard error, if anybody can read it: what cannot be told is
/// no reason to fail, and the exit code still says how it went.
pub fn tell(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Whether the reader of our output went away, which is its right.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
