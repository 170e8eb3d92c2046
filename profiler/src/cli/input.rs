//! Profiles to read, from files or from standard input.

use std::fs::File;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result};
use profiler::{Error, Profile, Weight, format};

/// Reads the profile at `path`, `-` for standard input. A profile without samples is an
/// error, since nothing can be said of it.
pub fn read_profile(path: &Path) -> Result<Profile> {
    let profile = if path == Path::new("-") {
        format::read(io::stdin().lock(), None).context("cannot read standard input")?
    } else {
        let cannot_read = || format!("cannot read `{}`", path.display());
        let file = File::open(path).with_context(cannot_read)?;
        format::read(file, Some(path)).with_context(cannot_read)?
    };
    if profile.total() == Weight::default() {
        return Err(Error::Empty).with_context(|| format!("cannot use `{}`", path.display()));
    }
    Ok(profile)
}
