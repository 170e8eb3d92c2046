//! What can be changed of a workload.

use std::fmt;
use std::time::Duration;

/// One parameter of a workload; most have a meaning to few of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// How many threads, at one part, two parts, and so on.
    Threads(usize),
    /// How deep a recursion.
    Depth(u32),
    /// After what CPU time everything repeats.
    Period(Duration),
    /// The parts of the time that its functions get, in proportion.
    Shares([f64; 4]),
}

/// Names the parameter, for a message.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Threads(_) => "number of threads",
            Self::Depth(_) => "depth",
            Self::Period(_) => "period",
            Self::Shares(_) => "shares",
        })
    }
}
