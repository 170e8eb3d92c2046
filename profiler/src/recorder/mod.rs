//! Recording other processes, from outside and without their help.
//!
//! The kernel's perf events look at the process: at random moments they copy the
//! registers and the stack of whatever runs to a ring, from which the recorder takes
//! them to be unwound. The process is neither stopped nor changed.

mod address_space;
mod budget;
mod clock;
mod counts;
mod dump;
mod error;
mod images;
mod options;
mod perf_map;
mod periods;
mod priority;
mod processes;
mod processors;
mod profile;
mod record;
mod recording;
mod remote_stack;
mod sleeps;
mod spool;
mod stops;

pub use self::dump::{ThreadStack, dump};
pub use self::options::{Backend, Mode, RecordOptions};
pub use self::recording::{Recording, State};
pub use self::spool::recover;
