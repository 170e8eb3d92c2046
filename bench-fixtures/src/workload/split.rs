//! Four functions at 50, 30, 15 and 5 %, in phases of random length.
//!
//! The easy case: nothing repeats, so any unbiased sampler gets it right.

use super::kernel::{self, CLASSIC_SPLIT};
use super::pace::random_rounds;
use super::{Parameter, Task, Truth, Workload};
use crate::catalogue::Entry;

/// Splits its time between four functions in random phases.
pub struct Split {
    shares: [f64; 4],
}

impl Split {
    /// 50, 30, 15 and 5 %.
    pub const CLASSIC: Self = Self {
        shares: CLASSIC_SPLIT,
    };
}

impl Workload for Split {
    fn entry(&self) -> Entry {
        Entry {
            name: "split",
            summary: "four functions at 50/30/15/5 %, phases of random order and length",
            catches: "a profiler that misses shares where nothing is difficult",
            functions: kernel::SCORED,
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        random_rounds(&kernel::split(self.shares), task)
    }

    fn with(&self, parameter: &Parameter) -> Option<Box<dyn Workload>> {
        match *parameter {
            Parameter::Shares(shares) => Some(Box::new(Self { shares })),
            _ => None,
        }
    }
}
