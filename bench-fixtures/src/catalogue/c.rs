//! The workloads in C: their sources and their entries.

use super::entry::{Entry, Scored};

/// The sources of one program, to be compiled together; see [`super::compile_c`].
pub const C: &[(&str, &str)] = &[
    (
        "computations.h",
        include_str!("../c/workload/computations.h"),
    ),
    ("hops.c", include_str!("../c/workload/hops.c")),
    ("pace.c", include_str!("../c/workload/pace.c")),
    ("pace.h", include_str!("../c/workload/pace.h")),
    ("recursion.c", include_str!("../c/workload/recursion.c")),
    ("report.c", include_str!("../c/workload/report.c")),
    ("report.h", include_str!("../c/workload/report.h")),
    ("split.c", include_str!("../c/workload/split.c")),
    ("tail_calls.c", include_str!("../c/tail_calls.c")),
    ("tail_calls.h", include_str!("../c/tail_calls.h")),
    ("workload.c", include_str!("../c/workload/workload.c")),
];

const SPLIT: &[Scored] = &[
    Scored::new("sieve_primes", 0.50),
    Scored::new("hash_text", 0.30),
    Scored::new("edit_distance", 0.15),
    Scored::new("multiply_matrices", 0.05),
];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "split",
        summary: "four functions at 50/30/15/5 %, phases of random order and length",
        catches: "a profiler that misses shares where nothing is difficult",
        functions: SPLIT,
        ..Entry::C
    },
    Entry {
        name: "lockstep-1000",
        summary: "the same split in step with a period of 1,000 us",
        catches: "a fixed period of 1,000 Hz, which meets the same function every time",
        rate_hz: Some(1_000),
        functions: SPLIT,
        ..Entry::C
    },
    Entry {
        name: "lockstep-10000",
        summary: "the same split in step with a period of 10,000 us",
        catches: "a fixed period of 100 Hz, which meets the same function every time",
        rate_hz: Some(100),
        functions: SPLIT,
        ..Entry::C
    },
    Entry {
        name: "recursion",
        summary: "60 % under 250 frames of recursion, 40 % shallow",
        catches: "a cut at 127 or 128 frames, or at 8 KiB of stack",
        functions: &[
            Scored::over("deep", 0.60, "hash_at_the_bottom").with_depth("descend", 250),
            Scored::new("shallow", 0.40),
        ],
        ..Entry::C
    },
    Entry {
        name: "tail-calls",
        summary: "functions that jump to the next one, started from two places (60/40)",
        catches: "an unwinder that loses a caller, or makes one up, where a frame is gone",
        functions: &[
            Scored::over("leave_left", 0.60, "hop_").with_depth("hop_", 1),
            Scored::over("leave_right", 0.40, "hop_").with_depth("hop_", 1),
        ],
        ..Entry::C
    },
];
