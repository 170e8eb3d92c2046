//! Nearly nothing but system calls, of four kinds for four callers.
//!
//! The program is in the kernel most of the time, and enters and leaves it a million
//! times a second. A profiler that samples user code alone sees what is left of each call,
//! and one that waits for the return to user code sees its instruction after the call.

use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Seek, SeekFrom, Write};

/// Reads, writes, asks and seeks, 40/30/20/10.
pub struct SystemCalls;

impl Workload for SystemCalls {
    fn entry(&self) -> Entry {
        Entry {
            name: "system-calls",
            summary: "read 40, getppid 30, write 20 and lseek 10 % for four callers",
            catches: "a profiler that samples user code alone, or charges a call to its return",
            functions: const {
                &[
                    Scored::over("fill_from_zero", 0.40, "read"),
                    Scored::over("ask_for_parent", 0.30, "getppid"),
                    Scored::over("pour_into_null", 0.20, "write"),
                    Scored::over("turn_back", 0.10, "lseek"),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        let zero = File::open("/dev/zero").expect("every Linux has it");
        let null = File::options().write(true).open("/dev/null");
        let null = null.expect("every Linux has it");
        let fill = |n_units| fill_from_zero(&zero, n_units);
        let pour = |n_units| pour_into_null(&null, n_units);
        let turn = |n_units| turn_back(&zero, n_units);
        let functions = [
            Function {
                name: concat!(module_path!(), "::fill_from_zero"),
                share: 0.40,
                unit_nanos: 1_500.0,
                run: &fill,
            },
            Function {
                name: concat!(module_path!(), "::ask_for_parent"),
                share: 0.30,
                unit_nanos: 1_600.0,
                run: &ask_for_parent,
            },
            Function {
                name: concat!(module_path!(), "::pour_into_null"),
                share: 0.20,
                unit_nanos: 1_900.0,
                run: &pour,
            },
            Function {
                name: concat!(module_path!(), "::turn_back"),
                share: 0.10,
                unit_nanos: 1_550.0,
                run: &turn,
            },
        ];
        random_rounds(&functions, task)
    }
}

/// Reads 8 KiB of zeros, four times a unit.
#[inline(never)]
fn fill_from_zero(mut zero: &File, n_units: u64) {
    let mut buffer = vec![1_u8; 8 << 10];
    for _ in 0..4 * n_units {
        black_box(zero.read(black_box(&mut buffer)).is_ok());
    }
}

/// Asks who started this process, eight times a unit.
#[inline(never)]
fn ask_for_parent(n_units: u64) {
    let mut sum = 0_u64;
    for _ in 0..8 * n_units {
        sum += u64::from(black_box(std::os::unix::process::parent_id()));
    }
    black_box(sum);
}

/// Writes a few bytes to where nobody reads them, eight times a unit.
#[inline(never)]
fn pour_into_null(mut null: &File, n_units: u64) {
    for unit in 0..8 * n_units {
        black_box(null.write(&black_box(unit).to_ne_bytes()).is_ok());
    }
}

/// Goes back to the start of a file, eight times a unit.
#[inline(never)]
fn turn_back(mut zero: &File, n_units: u64) {
    let mut position = 0;
    for _ in 0..8 * n_units {
        position ^= zero.seek(SeekFrom::Start(black_box(0))).unwrap_or(0);
    }
    black_box(position);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Amount;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        let truth = SystemCalls.run_task(&Task::new(Amount::Work(1), 1));
        let names: Vec<_> = truth.functions().iter().map(|time| time.name).collect();
        let expected = [
            type_name_of_val(&fill_from_zero),
            type_name_of_val(&ask_for_parent),
            type_name_of_val(&pour_into_null),
            type_name_of_val(&turn_back),
        ];
        assert_eq!(names, expected);
    }
}
