//! Taking samples of the running program.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod budget;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod code_map;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod collector;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod in_process;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod interruption;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod kits;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod means;
mod options;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod python;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod rate;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod result;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod ring;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod sampled_thread;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod schedule;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod stacks;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod status;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod tally;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod thread_sampler;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod threads;
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod unsupported;
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
use self::unsupported as in_process;

pub use self::in_process::Session;
pub use self::options::{Intervals, Options, Trigger};

use crate::error::Result;

/// Starts sampling sessions.
#[derive(Debug)]
pub struct Sampler;

impl Sampler {
    /// Starts to sample all threads of this process, those to come as well.
    ///
    /// # Errors
    /// [`Error::AlreadyRunning`](crate::Error::AlreadyRunning) while another session
    /// lives, [`Error::BadOption`](crate::Error::BadOption) for an impossible option,
    /// [`Error::Unsupported`](crate::Error::Unsupported) except on Linux on x86-64,
    /// and [`Error::System`](crate::Error::System) where the system refuses.
    pub fn start(options: Options) -> Result<Session> {
        options.check()?;
        Session::start(options)
    }
}
