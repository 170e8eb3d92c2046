//! Threads of unequal load, each in a function of its own.
//!
//! A profiler with one timer for the whole process lets the kernel choose the thread
//! that a signal hits, and that choice is not in proportion to the load. Here the
//! threads work their part of a round and then sleep until all have, so that each
//! thread's part of the CPU time is as designed on any number of processors.

use super::function::Function;
use super::pace::Pace;
use super::{Parameter, Task, ThreadTime, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use crate::rng::Rng;
use std::hint::black_box;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Mean CPU time of one round over all threads.
const ROUND_NANOS: f64 = 48e6;

/// The most threads; each has a function of its own.
const MAX_THREADS: usize = 8;

/// Spends its time on threads that are busy to different degrees.
pub struct Threads {
    name: &'static str,
    load: Load,
}

const TWO_LOADS: &[Scored] = &[Scored::new("load_1", 0.75), Scored::new("load_2", 0.25)];

const EIGHT_LOADS: &[Scored; MAX_THREADS] = &[
    Scored::new("load_1", 1.0 / 36.0),
    Scored::new("load_2", 2.0 / 36.0),
    Scored::new("load_3", 3.0 / 36.0),
    Scored::new("load_4", 4.0 / 36.0),
    Scored::new("load_5", 5.0 / 36.0),
    Scored::new("load_6", 6.0 / 36.0),
    Scored::new("load_7", 7.0 / 36.0),
    Scored::new("load_8", 8.0 / 36.0),
];

enum Load {
    /// The second of two threads does a third of what the first does.
    OneAThird,
    /// The first of so many does one part, the next two parts, and so on.
    Staircase(usize),
}

impl Threads {
    /// One thread that is always busy, and one that is busy a third of the time.
    pub const TWO: Self = Self {
        name: "threads-2",
        load: Load::OneAThird,
    };

    /// Eight threads at 1/36, 2/36, ... 8/36.
    pub const EIGHT: Self = Self {
        name: "threads-8",
        load: Load::Staircase(8),
    };

    fn shares(&self) -> Vec<f64> {
        match self.load {
            Load::OneAThird => vec![0.75, 0.25],
            Load::Staircase(n_threads) => {
                let sum = (n_threads * (n_threads + 1) / 2) as f64;
                (1..=n_threads).map(|part| part as f64 / sum).collect()
            }
        }
    }
}

impl Workload for Threads {
    fn entry(&self) -> Entry {
        Entry {
            name: self.name,
            summary: "threads of unequal load, each with its own function",
            catches: "one timer for the process, whose signals choose threads unevenly",
            functions: match self.load {
                Load::OneAThird => TWO_LOADS,
                Load::Staircase(n_threads) => &EIGHT_LOADS[..n_threads],
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        let shares = self.shares();
        let meeting = Meeting::new(shares.len(), task);
        let times = thread::scope(|scope| {
            let threads: Vec<_> = FUNCTIONS
                .iter()
                .zip(&shares)
                .map(|(function, share)| {
                    let name = short_name(function.name);
                    let builder = thread::Builder::new().name(name.to_owned());
                    builder
                        .spawn_scoped(scope, || work(function, *share, &meeting))
                        .expect("a handful of threads can be started")
                })
                .collect();
            let joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
            joined
                .map(|time| time.expect("a workload thread never panics"))
                .collect()
        });
        Truth::of_threads(times)
    }

    fn with(&self, parameter: &Parameter) -> Option<Box<dyn Workload>> {
        match *parameter {
            Parameter::Threads(n_threads @ 2..=MAX_THREADS) => Some(Box::new(Self {
                name: self.name,
                load: Load::Staircase(n_threads),
            })),
            _ => None,
        }
    }
}

/// Works one thread's part of every round.
fn work(function: &Function, share: f64, meeting: &Meeting) -> ThreadTime {
    // Every thread draws the same lengths.
    let mut rng = Rng::new(meeting.task.seed);
    let functions = [*function];
    let mut pace = Pace::new(&functions, meeting.task);
    let mut before = Duration::ZERO;
    loop {
        pace.skip();
        pace.phase(0, share * (0.5 + rng.uniform()) * ROUND_NANOS);
        let total = pace.total();
        if !meeting.wait(total.saturating_sub(before)) {
            break;
        }
        before = total;
    }
    ThreadTime {
        name: short_name(function.name).to_owned(),
        n_threads: 1,
        functions: pace.into_times(),
    }
}

/// Where threads meet after each round; the last to come decides on another.
struct Meeting<'a> {
    n_threads: usize,
    task: &'a Task,
    state: Mutex<State>,
    all_here: Condvar,
}

#[derive(Default)]
struct State {
    n_here: usize,
    n_rounds: u64,
    spent: Duration,
    is_over: bool,
}

impl<'a> Meeting<'a> {
    fn new(n_threads: usize, task: &'a Task) -> Self {
        Self {
            n_threads,
            task,
            state: Mutex::default(),
            all_here: Condvar::new(),
        }
    }

    /// Adds what the thread `spent` in this round, sleeps until all are here, and
    /// tells whether there is another round.
    fn wait(&self, spent: Duration) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let round = state.n_rounds;
        state.spent += spent;
        state.n_here += 1;
        if state.n_here == self.n_threads {
            state.n_here = 0;
            state.n_rounds += 1;
            state.is_over = !self
                .task
                .amount
                .has_more(state.n_rounds, ROUND_NANOS, state.spent);
            self.all_here.notify_all();
        }
        while state.n_rounds == round {
            let woken = self.all_here.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
        }
        !state.is_over
    }
}

fn short_name(path: &'static str) -> &'static str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Defines a function for each thread. They mix numbers with different constants, so
/// that a linker cannot fold them.
macro_rules! loads {
    ($($name:ident: $multiplier:literal, $shift:literal;)*) => {
        static FUNCTIONS: [Function<'static>; MAX_THREADS] = [$(Function {
            name: concat!(module_path!(), "::", stringify!($name)),
            share: 1.0,
            unit_nanos: 3_500.0,
            run: &$name,
        }),*];

        $(
            #[inline(never)]
            fn $name(n_units: u64) {
                let mut value = black_box(1_u64);
                for step in 0..2_048 * n_units {
                    value = (value ^ (value >> $shift)).wrapping_mul($multiplier) ^ step;
                }
                black_box(value);
            }
        )*

        #[cfg(test)]
        const NAMES: [fn() -> &'static str; MAX_THREADS] =
            [$(|| std::any::type_name_of_val(&$name)),*];
    };
}

loads! {
    load_1: 0x9e37_79b9_7f4a_7c15, 29;
    load_2: 0xbf58_476d_1ce4_e5b9, 30;
    load_3: 0x94d0_49bb_1331_11eb, 31;
    load_4: 0xff51_afd7_ed55_8ccd, 32;
    load_5: 0xc4ce_b9fe_1a85_ec53, 33;
    load_6: 0xd6e8_feb8_6659_fd93, 34;
    load_7: 0xe703_7ed1_a0b4_28db, 35;
    load_8: 0x8ebc_6af0_9c88_c6e3, 36;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Amount;

    #[test]
    fn names_are_those_of_the_functions() {
        for (function, name) in FUNCTIONS.iter().zip(NAMES) {
            assert_eq!(function.name, name());
        }
    }

    #[test]
    fn the_number_of_threads_is_bounded() {
        assert!(Threads::EIGHT.with(&Parameter::Threads(1)).is_none());
        assert!(Threads::EIGHT.with(&Parameter::Threads(9)).is_none());
        let three = Threads::TWO
            .with(&Parameter::Threads(3))
            .expect("three is a legal number");
        let truth = three.run_task(&Task::new(Amount::Work(6), 1));
        assert_eq!(truth.threads().len(), 3);
    }
}
