//! A folder that is checked at every call, against one that is checked once.
//!
//! Each check is three system calls that find nothing to do: its status, an attempt to
//! make it, which fails because it exists, and its status again. The time is the kernel's,
//! and a profiler that samples user code alone, or charges the kernel's to nobody, misses
//! what the check costs.

use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::collections::HashSet;
use std::fs::{create_dir, metadata};
use std::hint::black_box;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Checks at every call 60 %, once 15 %, and reads prices 25 %.
pub struct FolderCheck;

impl Workload for FolderCheck {
    fn entry(&self) -> Entry {
        Entry {
            name: "folder-check",
            summary: "stat, mkdir, stat at every call 60, remembered 15, prices 25 %",
            catches: "a profiler that leaves out the kernel's time, or whom it was spent for",
            functions: const {
                &[
                    Scored::over("check_every_call", 0.60, "mkdir"),
                    Scored::new("check_once", 0.15),
                    Scored::new("read_prices", 0.25),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        // It exists already, and so nothing is ever made.
        let folder = std::env::temp_dir();
        let every_call = |n_units| check_every_call(&folder, n_units);
        let once = |n_units| check_once(&folder, n_units);
        let functions = [
            Function {
                name: concat!(module_path!(), "::check_every_call"),
                share: 0.60,
                unit_nanos: 2_900.0,
                run: &every_call,
            },
            Function {
                name: concat!(module_path!(), "::check_once"),
                share: 0.15,
                unit_nanos: 1_000.0,
                run: &once,
            },
            Function {
                name: concat!(module_path!(), "::read_prices"),
                share: 0.25,
                unit_nanos: 200.0,
                run: &read_prices,
            },
        ];
        random_rounds(&functions, task)
    }
}

/// Makes sure that there is a folder, by asking, making and asking, once a unit.
#[inline(never)]
fn check_every_call(folder: &Path, n_units: u64) {
    for _ in 0..n_units {
        let was_there = metadata(black_box(folder)).is_ok();
        let made = create_dir(black_box(folder));
        let exists = made.is_err_and(|error| error.kind() == ErrorKind::AlreadyExists);
        let is_folder = metadata(black_box(folder)).is_ok_and(|found| found.is_dir());
        black_box((was_there, exists, is_folder));
    }
}

/// Makes sure of it by remembering that it was there, 32 times a unit.
#[inline(never)]
fn check_once(folder: &Path, n_units: u64) {
    let known: HashSet<PathBuf> = HashSet::from([folder.to_owned()]);
    let mut n_known = 0;
    for _ in 0..32 * n_units {
        n_known += u64::from(known.contains(black_box(folder)));
    }
    black_box(n_known);
}

/// Looks hours up in a sorted table, 32 times a unit.
#[inline(never)]
fn read_prices(n_units: u64) {
    let hours: [u64; 512] = std::array::from_fn(|at| 3_600 * at as u64);
    let mut sum = 0;
    for step in 0..32 * n_units {
        let hour = black_box(step * 7_919 % 1_843_200);
        sum += hours.partition_point(|start| *start <= hour);
    }
    black_box(sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Amount;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        let truth = FolderCheck.run_task(&Task::new(Amount::Work(1), 1));
        let names: Vec<_> = truth.functions().iter().map(|time| time.name).collect();
        let expected = [
            type_name_of_val(&check_every_call),
            type_name_of_val(&check_once),
            type_name_of_val(&read_prices),
        ];
        assert_eq!(names, expected);
    }
}
