//! Two fifths of the time in threads that live for one to four milliseconds.
//!
//! A profiler that starts a fresh, fixed period with every thread takes no sample in
//! the first period of its life, and so half a sample too few of each. One that looks
//! for new threads now and then does not see most of these at all.

use super::function::Function;
use super::pace::{Now, Pace};
use super::{Task, ThreadTime, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use crate::rng::Rng;
use std::hint::black_box;
use std::thread;

/// Mean CPU time of one round: a short thread, and the long one beside it.
const ROUND_NANOS: f64 = 2.5e6 / SHORT_SHARE;

/// What is done in short threads.
const SHORT_SHARE: f64 = 0.4;

/// Spends 40 % in threads that live for 1 to 4 ms, and 60 % in the one that starts them.
pub struct ShortThreads;

static FUNCTIONS: [Function<'static>; 2] = [
    Function {
        name: concat!(module_path!(), "::long_lived"),
        share: 1.0 - SHORT_SHARE,
        unit_nanos: 4_300.0,
        run: &long_lived,
    },
    Function {
        name: concat!(module_path!(), "::short_lived"),
        share: SHORT_SHARE,
        unit_nanos: 1_500.0,
        run: &short_lived,
    },
];

impl Workload for ShortThreads {
    fn entry(&self) -> Entry {
        Entry {
            name: "short-threads",
            summary: "40 % in threads that live 1 to 4 ms",
            catches: "a fresh period for each thread, and a search for threads that misses most",
            functions: const {
                &[
                    Scored::new("long_lived", 0.60),
                    Scored::new("short_lived", 0.40),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        let [long, short] = [0, 1];
        let mut rng = Rng::new(task.seed);
        let mut pace = Pace::new(&FUNCTIONS, task);
        // What both take while the pace learns is this thread's.
        let learned = pace.times().to_vec();
        let mut n_short_threads = 0;
        while task
            .amount
            .has_more(n_short_threads, ROUND_NANOS, pace.total())
        {
            let length = 0.4 + 1.2 * rng.uniform();
            let nanos = FUNCTIONS[long].share * ROUND_NANOS;
            pace.phase(long, nanos * (0.5 + rng.uniform()));
            let nanos = FUNCTIONS[short].share * ROUND_NANOS * length;
            pace.elsewhere(short, nanos, on_a_new_thread);
            n_short_threads += 1;
        }
        let times = pace.into_times();
        let mut in_short_threads = times[short].clone();
        in_short_threads.subtract(&learned[short]);
        Truth::of_threads(vec![
            ThreadTime {
                name: "main".into(),
                n_threads: 1,
                functions: vec![times[long].clone(), learned[short].clone()],
            },
            ThreadTime {
                name: "short".into(),
                n_threads: n_short_threads,
                functions: vec![in_short_threads],
            },
        ])
    }
}

/// Starts a thread for so many units and waits for its end.
fn on_a_new_thread(n_units: u64) -> super::FunctionTime {
    let thread = thread::Builder::new().name("short".into()).spawn(move || {
        let start = Now::read();
        short_lived(n_units);
        Now::read().since(&start, FUNCTIONS[1].name, n_units)
    });
    let thread = thread.expect("one more thread can be started");
    thread.join().expect("a workload thread never panics")
}

/// Counts set bits of a Weyl sequence, on the thread that lives on.
#[inline(never)]
fn long_lived(n_units: u64) {
    let (mut value, mut n_bits) = (black_box(1_u64), 0);
    for _ in 0..2_048 * n_units {
        value = black_box(value.wrapping_add(0x9e37_79b9_7f4a_7c15));
        n_bits += value.count_ones();
    }
    black_box(n_bits);
}

/// Takes remainders of a linear congruential generator, on a thread that soon ends.
#[inline(never)]
fn short_lived(n_units: u64) {
    let mut value = black_box(7_u64);
    for _ in 0..1_024 * n_units {
        value = value.wrapping_mul(6_364_136_223_846_793_005) % 0xffff_ffff_ffff_ffc5 + 1;
    }
    black_box(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&long_lived));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&short_lived));
    }

    /// The least and the most that a thread is asked to do, with room for a busy
    /// machine on which a unit takes longer than the mean of the last few.
    #[test]
    fn short_threads_are_short() {
        let truth = ShortThreads.run(std::time::Duration::from_millis(500), 3);
        let short = &truth.threads()[1];
        let mean = short.functions[0].cpu_nanos as f64 / short.n_threads as f64;
        assert!((2e6..3e6).contains(&mean), "{mean} ns in the mean");
    }
}
