//! The workloads in Python: their sources and their entries.

use super::entry::{Clock, Entry, Scored};

/// The scripts, each with its path below a folder of their own; `workload.py` is the one
/// to run, with Python 3.8 or later. See [`super::write_python`].
pub const PYTHON: &[(&str, &str)] = &[
    ("workload.py", include_str!("../python/workload.py")),
    (
        "workloads/__init__.py",
        include_str!("../python/workloads/__init__.py"),
    ),
    (
        "workloads/async_tasks.py",
        include_str!("../python/workloads/async_tasks.py"),
    ),
    (
        "workloads/c_drops_gil.py",
        include_str!("../python/workloads/c_drops_gil.py"),
    ),
    (
        "workloads/c_keeps_gil.py",
        include_str!("../python/workloads/c_keeps_gil.py"),
    ),
    (
        "workloads/comprehensions.py",
        include_str!("../python/workloads/comprehensions.py"),
    ),
    (
        "workloads/contention.py",
        include_str!("../python/workloads/contention.py"),
    ),
    (
        "workloads/decorators.py",
        include_str!("../python/workloads/decorators.py"),
    ),
    (
        "workloads/eager_logging.py",
        include_str!("../python/workloads/eager_logging.py"),
    ),
    (
        "workloads/exceptions.py",
        include_str!("../python/workloads/exceptions.py"),
    ),
    (
        "workloads/generators.py",
        include_str!("../python/workloads/generators.py"),
    ),
    (
        "workloads/kernel.py",
        include_str!("../python/workloads/kernel.py"),
    ),
    (
        "workloads/lockstep.py",
        include_str!("../python/workloads/lockstep.py"),
    ),
    (
        "workloads/lru_cache.py",
        include_str!("../python/workloads/lru_cache.py"),
    ),
    (
        "workloads/pace.py",
        include_str!("../python/workloads/pace.py"),
    ),
    (
        "workloads/recursion.py",
        include_str!("../python/workloads/recursion.py"),
    ),
    (
        "workloads/report.py",
        include_str!("../python/workloads/report.py"),
    ),
    (
        "workloads/sleep.py",
        include_str!("../python/workloads/sleep.py"),
    ),
    (
        "workloads/split.py",
        include_str!("../python/workloads/split.py"),
    ),
    (
        "workloads/sub_interpreters.py",
        include_str!("../python/workloads/sub_interpreters.py"),
    ),
    (
        "workloads/task.py",
        include_str!("../python/workloads/task.py"),
    ),
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
    Entry {
        name: "recursion",
        summary: "60 % under 250 frames of recursion, 40 % shallow",
        catches: "a cut at 127 or 128 frames, and a target that deep stacks hold stopped for long",

        functions: &[
            Scored::over("deep", 0.60, "hash_at_the_bottom").with_depth("descend", 250),
            Scored::new("shallow", 0.40),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "sleep",
        summary: "runs 30 % of the time, in two functions (70/30), and sleeps 70 %",
        catches: "a profiler that counts sleep as work, or work as sleep",
        clock: Clock::Both,
        functions: &[
            Scored::new("parse_digits", 0.70),
            Scored::new("rotate_words", 0.30),
            Scored::new("nap", 0.0),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "threads",
        summary: "threads that contend for the interpreter's lock, 75/25",
        catches: "a profiler that takes the waiting thread for the working one, or sees one thread only",
        clock: Clock::Both,
        functions: &[Scored::new("load_1", 0.75), Scored::new("load_2", 0.25)],
        ..Entry::PYTHON
    },
    Entry {
        name: "c-keeps-gil",
        summary: "functions in C that keep the lock 40/25/15, and 20 % in Python",
        catches: "a profiler that acts between byte codes and charges what comes next",

        functions: &[
            Scored::new("sort_records", 0.40),
            Scored::new("checksum_blocks", 0.25),
            Scored::new("join_words", 0.15),
            Scored::new("count_in_python", 0.20),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "c-drops-gil",
        summary: "functions in C that give the lock away 30/25/20, and 25 % in Python",
        catches: "a profiler that takes a thread without the lock for idle",

        functions: &[
            Scored::new("compress_blocks", 0.30),
            Scored::new("hash_blocks", 0.25),
            Scored::new("stat_folder", 0.20),
            Scored::new("count_in_python", 0.25),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "generators",
        summary: "one generator drawn from directly 45, through another 30, a loop 25 %",
        catches: "a profiler that drops stacks whose frames come and go",

        functions: &[
            Scored::over("drain_directly", 0.45, "produce_numbers"),
            Scored::over("drain_through_relay", 0.30, "produce_numbers"),
            Scored::new("loop_plainly", 0.25),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "comprehensions",
        summary: "lists, dictionaries and sets made by comprehension, 50/30/20",
        catches: "a profiler that loses the caller of a frame that lives for a microsecond",

        functions: &[
            Scored::new("build_lists", 0.50),
            Scored::new("build_dictionaries", 0.30),
            Scored::new("build_sets", 0.20),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "exceptions",
        summary: "exceptions raised near 40, raised far below 40, and avoided 20 %",
        catches: "a profiler that counts calls and returns, and loses its place when frames are left",

        functions: &[
            Scored::new("catch_near", 0.40),
            Scored::over("catch_from_below", 0.40, "descend_and_raise"),
            Scored::new("look_before", 0.20),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "decorators",
        summary: "one function through equally named wrappers 45/30, and without 25 %",
        catches: "a profiler that folds functions of one name, or makes calls dearer than they are",

        functions: &[
            Scored::over("call_left", 0.45, "compute_price"),
            Scored::over("call_right", 0.30, "compute_price"),
            Scored::over("call_plain", 0.25, "compute_price"),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "lru-cache",
        summary: "a function remembered 30, remembered in vain 30, and called anew 40 %",
        catches: "a profiler that loses the caller of Python code below a function in C",

        functions: &[
            Scored::new("ask_remembered", 0.30),
            Scored::over("ask_in_vain", 0.30, "parse_pair"),
            Scored::over("ask_anew", 0.40, "parse_pair"),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "eager-logging",
        summary: "a debug message formatted eagerly 60, lazily 25, and logged 15 %",
        catches: "a profiler that drops the stacks which it could not read in time",

        functions: &[
            Scored::new("format_eagerly", 0.60),
            Scored::new("format_lazily", 0.25),
            Scored::over("log_really", 0.15, "emit"),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "asyncio",
        summary: "three tasks that take turns in one event loop, 50/35/15",
        catches: "a profiler that lists the tasks that wait, or ends a stack at the event loop",

        functions: &[
            Scored::over("poll_prices", 0.50, "advance"),
            Scored::over("match_orders", 0.35, "advance"),
            Scored::over("settle_accounts", 0.15, "advance"),
        ],
        ..Entry::PYTHON
    },
    Entry {
        name: "sub-interpreters",
        summary: "40 % in the main interpreter, 60 % in another of the same process",
        catches: "a profiler that reads the main interpreter alone",

        functions: &[
            Scored::new("work_in_main", 0.40),
            Scored::new("work_in_other", 0.60),
        ],
        ..Entry::PYTHON
    },
];
