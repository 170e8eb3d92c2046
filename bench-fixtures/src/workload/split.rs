//! Four functions at 50, 30, 15 and 5 %, in phases of random length.
//!
//! The easy case: nothing repeats, so any unbiased sampler gets it right.

use super::kernel::{self, SPLIT};
use super::pace::random_rounds;
use super::{Amount, Truth, Workload};
use crate::catalogue::Entry;

/// Splits its time 50/30/15/5 in random phases.
pub struct Split;

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

    fn run_amount(&self, amount: Amount, seed: u64) -> Truth {
        random_rounds(&SPLIT, amount, seed)
    }
}
