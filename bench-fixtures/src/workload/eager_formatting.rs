//! A message for debugging that nobody reads: formatted eagerly, lazily, and logged.
//!
//! All three make the same attempt and offer the same message. The eager one formats it
//! before it is known to be unwanted; the lazy one hands over what it would be made of;
//! the third is wanted, and written. The profile must tell them apart, though all that is
//! ever on top of the stack is the same code of the standard library.

use super::function::Function;
use super::pace::random_rounds;
use super::{Task, Truth, Workload};
use crate::catalogue::{Entry, Scored};
use std::fmt::Write;
use std::hint::black_box;

/// Formats 60 % eagerly, 25 % lazily, and really logs 15 %.
pub struct EagerFormatting;

static FUNCTIONS: [Function<'static>; 3] = [
    Function {
        name: concat!(module_path!(), "::format_eagerly"),
        share: 0.60,
        unit_nanos: 2_500.0,
        run: &format_eagerly,
    },
    Function {
        name: concat!(module_path!(), "::format_lazily"),
        share: 0.25,
        unit_nanos: 2_200.0,
        run: &format_lazily,
    },
    Function {
        name: concat!(module_path!(), "::log_really"),
        share: 0.15,
        unit_nanos: 2_300.0,
        run: &log_really,
    },
];

impl Workload for EagerFormatting {
    fn entry(&self) -> Entry {
        Entry {
            name: "eager-formatting",
            summary: "a debug message formatted eagerly 60, lazily 25, and logged 15 %",
            catches: "a profiler that cannot say for whom the same library code formats",
            functions: const {
                &[
                    Scored::over("format_eagerly", 0.60, "format_inner"),
                    Scored::new("format_lazily", 0.25),
                    Scored::new("log_really", 0.15),
                ]
            },
            ..Entry::RUST
        }
    }

    fn run_task(&self, task: &Task) -> Truth {
        random_rounds(&FUNCTIONS, task)
    }
}

/// What the message is about; its text is some 150 letters.
#[derive(Debug)]
#[expect(dead_code, reason = "most of it is for the message alone")]
struct Attempt {
    exchange: &'static str,
    pair: (&'static str, &'static str),
    at: u64,
    price: f64,
}

impl Attempt {
    fn number(at: u64) -> Self {
        Self {
            exchange: "poloniex",
            pair: ("eth", "btc"),
            at: 1_451_606_400 + 3_600 * at,
            price: 0.001 * (at % 977) as f64,
        }
    }

    /// What all of this is for: 128 steps of a smoothed price.
    fn make(&self) -> f64 {
        (0..128).fold(self.price, |mean, step| {
            mean + (self.price * f64::from(step & 3) - mean) * 0.05
        })
    }
}

/// Tells whether messages for debugging are wanted.
#[inline(never)]
fn is_wanted() -> bool {
    black_box(false)
}

/// Formats the message, and then finds that it is unwanted, four times a unit.
#[inline(never)]
fn format_eagerly(n_units: u64) {
    for at in 0..4 * n_units {
        let attempt = Attempt::number(at);
        let message = format!("retry: making {attempt:?}, attempt {at} of {n_units}");
        if is_wanted() {
            eprintln!("{message}");
        }
        black_box((attempt.make(), &message));
    }
}

/// Asks whether the message is wanted before it formats it, eight times a unit.
#[inline(never)]
fn format_lazily(n_units: u64) {
    for at in 0..8 * n_units {
        let attempt = Attempt::number(at);
        if is_wanted() {
            eprintln!("retry: making {attempt:?}, attempt {at} of {n_units}");
        }
        black_box(attempt.make());
    }
}

/// Writes the message to a log that is kept in memory, four times a unit.
#[inline(never)]
fn log_really(n_units: u64) {
    let mut log = String::new();
    for at in 0..4 * n_units {
        let attempt = Attempt::number(at);
        if !is_wanted() {
            log.clear();
            writeln!(log, "retry: made {attempt:?}, attempt {at} of {n_units}")
                .expect("a text takes any write");
        }
        black_box((attempt.make(), &log));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        assert_eq!(FUNCTIONS[0].name, type_name_of_val(&format_eagerly));
        assert_eq!(FUNCTIONS[1].name, type_name_of_val(&format_lazily));
        assert_eq!(FUNCTIONS[2].name, type_name_of_val(&log_really));
    }
}
