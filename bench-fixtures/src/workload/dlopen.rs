//! Code that is loaded in the middle of the run and unloaded again.
//!
//! A profiler that reads the list of libraries when it starts does not know this one,
//! and one that reads it at the end finds it gone. What the library did is 40 % of the
//! time, all of it in the second and third quarter of the run.

use super::foreign::LoadedLibrary;
use super::function::Function;
use super::pace::Pace;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use crate::rng::Rng;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

/// Mean CPU time of one round.
const ROUND_NANOS: f64 = 8e6;

/// The library's part while it is loaded, for half of the run.
const SHARE_WHILE_LOADED: f64 = 0.80;

/// Spends 40 % in a library that is there only for a while.
pub struct Dlopen;

impl Workload for Dlopen {
    fn entry(&self) -> Entry {
        Entry {
            name: "dlopen",
            summary: "40 % in a library that is loaded during the run and unloaded again",
            catches: "a list of libraries that was read at the start, or at the end",
            functions: const {
                &[
                    Scored::new("walk_permutation", 0.60),
                    Scored::new("generate_in_library", 0.40),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        let library: Mutex<Option<LoadedLibrary>> = Mutex::new(None);
        let call = |n_units| call_library(&library, n_units);
        let [own, loaded] = [0, 1];
        let functions = [
            Function {
                name: concat!(module_path!(), "::walk_permutation"),
                share: 0.60,
                unit_nanos: 700.0,
                run: &walk_permutation,
            },
            Function {
                // A function in C has no path.
                name: "generate_in_library",
                share: 0.40,
                unit_nanos: 3_400.0,
                run: &call,
            },
        ];
        let mut rng = Rng::new(task.seed);
        let open = || LoadedLibrary::open().expect("the build has made the library");
        let set = |to| *library.lock().unwrap_or_else(PoisonError::into_inner) = to;
        // The pace learns how long a unit lasts; that is in the library as well.
        set(Some(open()));
        let mut pace = Pace::new(&functions, task);
        set(None);
        let (mut n_rounds, mut is_loaded) = (0, false);
        loop {
            let done = task.amount.done(n_rounds, ROUND_NANOS, pace.total());
            let wanted = (0.25..0.75).contains(&done);
            if wanted != is_loaded {
                set(wanted.then(open));
                is_loaded = wanted;
                pace.skip();
            }
            if done >= 1.0 {
                return pace.into_truth();
            }
            let share = if is_loaded { SHARE_WHILE_LOADED } else { 0.0 };
            let length = (0.5 + rng.uniform()) * ROUND_NANOS;
            pace.phase(own, (1.0 - share) * length);
            if is_loaded {
                pace.phase(loaded, share * length);
            }
            n_rounds += 1;
        }
    }
}

/// Spends so many units in the library.
#[inline(never)]
fn call_library(library: &Mutex<Option<LoadedLibrary>>, n_units: u64) {
    let library = library.lock().unwrap_or_else(PoisonError::into_inner);
    let library = library.as_ref().expect("it is loaded before it is called");
    black_box(library.call(black_box(5), n_units));
}

/// Follows the cycles of a permutation of 251 numbers, once a unit.
#[inline(never)]
fn walk_permutation(n_units: u64) {
    let permutation: [u8; 251] = std::array::from_fn(|at| {
        u8::try_from(at * 6 % 251).expect("a remainder of 251 is below 256")
    });
    let mut at = 1_u8;
    for _ in 0..512 * n_units {
        at = black_box(&permutation)[usize::from(at)];
    }
    black_box(at);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Amount;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        let truth = Dlopen.run_task(&Task::new(Amount::Work(4), 1));
        let names: Vec<_> = truth.functions().iter().map(|time| time.name).collect();
        let c_name = "generate_in_library";
        assert_eq!(names, [type_name_of_val(&walk_permutation), c_name]);
    }
}
