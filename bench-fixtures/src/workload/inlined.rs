//! All the time is in functions that were inlined into one big one.
//!
//! Only the line tables still know their names. A profiler that names symbols alone
//! reports the big function and nothing else.

use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::hint::black_box;

/// Splits its time 50/30/20 between three functions that are inlined into a fourth.
pub struct Inlined;

static FUNCTIONS: [Function<'static>; 3] = [
    Function {
        name: concat!(module_path!(), "::inlined_gcd"),
        share: 0.50,
        unit_nanos: 1_700.0,
        run: &|n_units| big(Part::Gcd, n_units),
    },
    Function {
        name: concat!(module_path!(), "::inlined_logistic"),
        share: 0.30,
        unit_nanos: 2_600.0,
        run: &|n_units| big(Part::Logistic, n_units),
    },
    Function {
        name: concat!(module_path!(), "::inlined_checksum"),
        share: 0.20,
        unit_nanos: 2_900.0,
        run: &|n_units| big(Part::Checksum, n_units),
    },
];

impl Workload for Inlined {
    fn entry(&self) -> Entry {
        Entry {
            name: "inlined",
            summary: "50/30/20 in functions that are inlined into a big one",
            catches: "a profiler that names symbols alone and sees only the big function",
            functions: const {
                &[
                    Scored::new("inlined_gcd", 0.50),
                    Scored::new("inlined_logistic", 0.30),
                    Scored::new("inlined_checksum", 0.20),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        random_rounds(&FUNCTIONS, task)
    }
}

#[derive(Clone, Copy)]
enum Part {
    Gcd,
    Logistic,
    Checksum,
}

/// Holds the code of the three.
#[inline(never)]
fn big(part: Part, n_units: u64) {
    match black_box(part) {
        Part::Gcd => inlined_gcd(n_units),
        Part::Logistic => inlined_logistic(n_units),
        Part::Checksum => inlined_checksum(n_units),
    }
}

/// Finds greatest common divisors by subtraction, 128 times a unit.
#[inline(always)]
#[expect(clippy::inline_always, reason = "inlining is the subject")]
fn inlined_gcd(n_units: u64) {
    for unit in 0..128 * n_units {
        let (mut left, mut right) = black_box((610 + unit % 7, 987_u64));
        while left != right {
            if left > right {
                left -= right;
            } else {
                right -= left;
            }
        }
        black_box(left);
    }
}

/// Follows the logistic map for 1,536 steps, once a unit.
#[inline(always)]
#[expect(clippy::inline_always, reason = "inlining is the subject")]
fn inlined_logistic(n_units: u64) {
    let mut population = black_box(0.3_f64);
    for _ in 0..1_536 * n_units {
        population = 3.7 * population * (1.0 - population);
    }
    black_box(population);
}

/// Sums a kilobyte (Adler's checksum), once a unit.
#[inline(always)]
#[expect(clippy::inline_always, reason = "inlining is the subject")]
fn inlined_checksum(n_units: u64) {
    let bytes = [7_u8; 1_024];
    for _ in 0..n_units {
        let (mut low, mut high) = (1_u32, 0_u32);
        for byte in black_box(&bytes) {
            low = (low + u32::from(*byte)) % 65_521;
            high = (high + low) % 65_521;
        }
        black_box(low | high << 16);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&inlined_gcd));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&inlined_logistic));
        assert_eq!(FUNCTIONS[2].name, type_name_of_val(&inlined_checksum));
    }
}
