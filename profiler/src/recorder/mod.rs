//! Recording other processes, from outside and without their help.
//!
//! The kernel's perf events look at the process: at random moments they copy the
//! registers and the stack of whatever runs to a ring, from which the recorder takes
//! them to be unwound. The process is neither stopped nor changed.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod address_space;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod budget;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod clock;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod counts;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod dump;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod error;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod images;
mod options;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod perf_map;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod periods;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod priority;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod processes;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod processors;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod profile;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod python;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod record;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod recording;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod relatives;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod remote_stack;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod sample_cost;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod sampler;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod sleeps;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod spool;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod stat;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod stops;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod tracing;

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod unsupported;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use self::dump::{ThreadStack, dump};
pub use self::options::{Backend, DumpOptions, Mode, PythonFrames, RecordOptions};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use self::recording::{Recording, State};
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use self::spool::recover;
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub use self::unsupported::{Recording, State, ThreadStack, dump, recover};
