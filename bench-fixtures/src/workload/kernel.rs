//! Four small computations with nothing in common, for the workloads that need
//! no more of a function than its name and its share.

use super::function::Function;
use crate::catalogue::Scored;
use std::hint::black_box;

/// The four, with shares in this proportion.
pub(super) fn split(shares: [f64; 4]) -> [Function<'static>; 4] {
    let total: f64 = shares.iter().sum();
    let mut functions = SPLIT;
    for (function, share) in functions.iter_mut().zip(shares) {
        function.share = share / total;
    }
    functions
}

/// A half, a third or so, and two that are easily missed.
pub(super) const CLASSIC_SPLIT: [f64; 4] = [0.50, 0.30, 0.15, 0.05];

static SPLIT: [Function<'static>; 4] = [
    Function {
        name: concat!(module_path!(), "::sieve_primes"),
        share: 0.0,
        unit_nanos: 1_000.0,
        run: &sieve_primes,
    },
    Function {
        name: concat!(module_path!(), "::hash_text"),
        share: 0.0,
        unit_nanos: 1_100.0,
        run: &hash_text,
    },
    Function {
        name: concat!(module_path!(), "::edit_distance"),
        share: 0.0,
        unit_nanos: 950.0,
        run: &edit_distance,
    },
    Function {
        name: concat!(module_path!(), "::multiply_matrices"),
        share: 0.0,
        unit_nanos: 800.0,
        run: &multiply_matrices,
    },
];

pub(super) const SCORED: &[Scored] = &[
    Scored::new("sieve_primes", 0.50),
    Scored::new("hash_text", 0.30),
    Scored::new("edit_distance", 0.15),
    Scored::new("multiply_matrices", 0.05),
];

/// Counts primes with the sieve of Eratosthenes, once a unit.
#[inline(never)]
fn sieve_primes(n_units: u64) {
    const LIMIT: usize = 1_024;
    for _ in 0..n_units {
        let mut composite = [false; LIMIT];
        let mut n_primes = 0_u32;
        for number in 2..black_box(LIMIT) {
            if composite[number] {
                continue;
            }
            n_primes += 1;
            let mut multiple = number * number;
            while multiple < LIMIT {
                composite[multiple] = true;
                multiple += number;
            }
        }
        black_box(n_primes);
    }
}

/// Hashes a kilobyte (FNV-1a), once a unit.
#[inline(never)]
fn hash_text(n_units: u64) {
    let text = [b'h'; 1_024];
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for _ in 0..n_units {
        for &byte in black_box(&text) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    black_box(hash);
}

/// Finds the edit distance of two words of 32 letters, once a unit.
#[inline(never)]
fn edit_distance(n_units: u64) {
    const LENGTH: usize = 32;
    let left: [u8; LENGTH] = std::array::from_fn(|at| b"backdraft"[at % 9]);
    let right: [u8; LENGTH] = std::array::from_fn(|at| b"flame"[at % 5]);
    for _ in 0..n_units {
        let (left, right) = (black_box(&left), black_box(&right));
        let mut row: [u32; LENGTH + 1] = [0; LENGTH + 1];
        for (cell, distance) in row.iter_mut().zip(0..) {
            *cell = distance;
        }
        for letter in left {
            let mut diagonal = row[0];
            row[0] += 1;
            for at in 0..LENGTH {
                let replaced = diagonal + u32::from(letter != &right[at]);
                diagonal = row[at + 1];
                row[at + 1] = replaced.min(row[at].min(diagonal) + 1);
            }
        }
        black_box(row[LENGTH]);
    }
}

/// Multiplies two matrices of 16 by 16, once a unit.
#[inline(never)]
fn multiply_matrices(n_units: u64) {
    const SIDE: usize = 16;
    let left = [[1.5_f64; SIDE]; SIDE];
    let right = [[0.5_f64; SIDE]; SIDE];
    for _ in 0..n_units {
        let (left, right) = (black_box(&left), black_box(&right));
        let mut product = [[0.0_f64; SIDE]; SIDE];
        for row in 0..SIDE {
            for column in 0..SIDE {
                for at in 0..SIDE {
                    product[row][column] += left[row][at] * right[at][column];
                }
            }
        }
        black_box(&product);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::any::type_name_of_val;

    #[test]
    fn names_are_those_of_the_functions() {
        let names = SPLIT.each_ref().map(|function| function.name);
        assert_eq!(names[0], type_name_of_val(&sieve_primes));
        assert_eq!(names[1], type_name_of_val(&hash_text));
        assert_eq!(names[2], type_name_of_val(&edit_distance));
        assert_eq!(names[3], type_name_of_val(&multiply_matrices));
    }
}
