//! Stands in for the sampler where it does not work; never run by the tests.

use super::Options;
use crate::error::{Error, Result};
use crate::profile::Profile;

/// A running session; on this platform there is none.
#[derive(Debug)]
pub enum Session {}

impl Session {
    pub(super) fn start(_options: Options) -> Result<Self> {
        Err(Error::Unsupported {
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
        })
    }

    /// Stops the session.
    ///
    /// # Errors
    /// Never: there is no session.
    pub fn stop(self) -> Result<Profile> {
        match self {}
    }

    #[doc(hidden)]
    pub fn time_handler(&self) -> Option<std::time::Duration> {
        match *self {}
    }
}
