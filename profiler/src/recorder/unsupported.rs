//! Stands in for the recorder where it does not work; never run by the tests.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use super::{DumpOptions, RecordOptions};
use crate::error::{Error, Result};
use crate::profile::{Frame, Profile, Quality, Thread};

/// A recording; on this platform there is none.
#[derive(Debug)]
pub enum Recording {}

/// The stack of a thread; on this platform there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThreadStack {}

/// Whether the recorded process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does.
    Running,
    /// It has ended.
    Ended(Option<ExitStatus>),
}

impl Recording {
    /// Does not work here.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub fn attach(_pid: u32, _options: RecordOptions) -> Result<Self> {
        Err(unsupported())
    }

    /// Does not work here.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub fn launch(_command: Command, _options: RecordOptions) -> Result<Self> {
        Err(unsupported())
    }

    /// Returns the number of the process that was launched, if one was.
    pub fn launched(&self) -> Option<u32> {
        match *self {}
    }

    /// Takes in samples.
    ///
    /// # Errors
    /// Never: there is no recording.
    pub fn advance(&mut self, _timeout: Duration) -> Result<State> {
        match *self {}
    }

    /// Returns what is known so far of how the profile is taken.
    pub fn quality(&self) -> Quality {
        match *self {}
    }

    /// Returns the profile so far.
    ///
    /// # Errors
    /// Never: there is no recording.
    pub fn snapshot(&mut self) -> Result<Profile> {
        match *self {}
    }

    /// Returns the profile since the last time that it was taken.
    ///
    /// # Errors
    /// Never: there is no recording.
    pub fn take(&mut self) -> Result<Profile> {
        match *self {}
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// Never: there is no recording.
    pub fn finish(self) -> Result<Profile> {
        match self {}
    }
}

impl ThreadStack {
    /// Returns the thread.
    pub fn thread(&self) -> Thread<'_> {
        match *self {}
    }

    /// Walks the frames.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        std::iter::empty()
    }

    /// Walks the local variables of the frames.
    pub fn locals(&self) -> impl Iterator<Item = &[(String, String)]> {
        std::iter::empty()
    }

    /// Tells whether the thread held the lock of a Python interpreter.
    pub fn holds_gil(&self) -> bool {
        match *self {}
    }

    /// Tells whether the frames reach to the stack's root.
    pub fn is_complete(&self) -> bool {
        match *self {}
    }
}

/// Does not work here.
///
/// # Errors
/// [`Error::Unsupported`].
pub fn dump(_pid: u32, _options: DumpOptions) -> Result<Vec<ThreadStack>> {
    Err(unsupported())
}

/// Does not work here.
///
/// # Errors
/// [`Error::Unsupported`].
pub fn recover(_spool: &Path) -> Result<Profile> {
    Err(unsupported())
}

fn unsupported() -> Error {
    Error::Unsupported {
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
    }
}
