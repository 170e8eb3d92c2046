//! The workloads in Python: their sources and their entries.

use super::entry::{Entry, Scored};

/// The scripts, each with its path below a folder of their own; `workload.py` is the one
/// to run, with Python 3.8 or later.
pub const PYTHON: &[(&str, &str)] = &[("workload.py", include_str!("../python/workload.py"))];

const SPLIT: &[Scored] = &[
    Scored::new("sieve_primes"),
    Scored::new("hash_text"),
    Scored::new("edit_distance"),
    Scored::new("multiply_matrices"),
];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "split",
        summary: "four functions at 50/30/15/5 %, phases of random order and length",
        catches: "a profiler that misses shares where nothing is difficult",
        functions: SPLIT,
        ..Entry::PYTHON
    },
    Entry {
        name: "lockstep-1000",
        summary: "the same split in step with a period of 1,000 us",
        catches: "a fixed period of 1,000 Hz, which meets the same function every time",
        rate_hz: Some(1_000),
        functions: SPLIT,
        ..Entry::PYTHON
    },
    Entry {
        name: "lockstep-10000",
        summary: "the same split in step with a period of 10,000 us",
        catches: "a fixed period of 100 Hz, which meets the same function every time",
        rate_hz: Some(100),
        functions: SPLIT,
        ..Entry::PYTHON
    },
];
