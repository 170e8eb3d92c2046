//! Runs of profilers that do not exist, made of dice.

use std::collections::BTreeMap;

use profiler::accuracy::{FunctionObserved, Observed, Rate, Runs, Took};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Binomial, Distribution};

/// Repeats and samples of each at the default size of a suite.
pub const REPEATS: usize = 6;
pub const SAMPLES: u64 = 2_000;

/// How a simulated profiler reports: a true share to one that it samples from, in a
/// repeat of that number.
pub type Fault<'a> = &'a dyn Fn(&[f64], usize) -> Vec<f64>;

/// The profiler that is right.
pub fn ideal(truth: &[f64], _repeat: usize) -> Vec<f64> {
    truth.to_vec()
}

/// The true shares of a suite's workloads, of two to eight functions.
pub fn truths(n_workloads: usize) -> Vec<Vec<f64>> {
    let shapes: [&[f64]; 6] = [
        &[0.5, 0.3, 0.15, 0.05],
        &[0.6, 0.4],
        &[0.45, 0.2, 0.2, 0.15],
        &[0.4, 0.3, 0.2, 0.1],
        &[0.22, 0.19, 0.17, 0.14, 0.11, 0.08, 0.06, 0.03],
        &[0.93, 0.06, 0.01],
    ];
    (0..n_workloads)
        .map(|at| shapes[at % shapes.len()].to_vec())
        .collect()
}

/// One whole suite of a simulated profiler.
pub fn suite(truths: &[Vec<f64>], fault: Fault, seed: u64) -> Vec<Runs> {
    let mut rng = StdRng::seed_from_u64(seed);
    let runs = truths.iter().enumerate().map(|(at, truth)| {
        let observed = (0..REPEATS).map(|repeat| {
            let counts = multinomial(&fault(truth, repeat), SAMPLES, &mut rng);
            Ok(observed(truth, &counts))
        });
        Runs {
            subject: "simulated".to_owned(),
            workload: format!("workload {at}"),
            language: "rust".to_owned(),
            rate_asked: 1_000.0,
            is_by_cpu: true,
            is_sampling: true,
            runs: Ok(observed.collect()),
            bare: BTreeMap::new(),
            slow: None,
            is_fixed_work: false,
        }
    });
    runs.collect()
}

/// One run that reports these counts.
pub fn observed(truth: &[f64], counts: &[u64]) -> Observed {
    let n = counts.iter().sum::<u64>() as f64;
    let functions = truth.iter().zip(counts).zip(1..);
    let functions = functions.map(|((&truth, &count), number)| FunctionObserved {
        name: format!("f{number}"),
        truth,
        uncertainty: 0.0,
        reported: count as f64 / n,
    });
    Observed {
        functions: functions.collect(),
        n,
        n_all: n,
        outside: 0.0,
        outside_true: 0.0,
        is_slowed: false,
        impossible: Rate::default(),
        lost_callers: Rate::default(),
        wrong_callers: Rate::default(),
        cut: Rate::default(),
        obtained: 1.0,
        took: Took {
            cpu_seconds: 2.0,
            wall_seconds: 2.0,
            shares: truth.to_vec(),
        },
        own_cpu: 0.0,
        max_rss: 0,
        lost: None,
    }
}

/// Draws each count among what the ones before it left.
fn multinomial(shares: &[f64], n: u64, rng: &mut StdRng) -> Vec<u64> {
    let (mut left, mut rest) = (n, 1.0_f64);
    let counts = shares.iter().map(|share| {
        let chance = if rest > 0.0 {
            (share / rest).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let count = Binomial::new(left, chance)
            .expect("a probability")
            .sample(rng);
        left -= count;
        rest -= share;
        count
    });
    counts.collect()
}
