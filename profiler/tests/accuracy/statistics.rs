//! Laws of the statistics: what must hold of every share, error and number of samples.

use proptest::prelude::*;

use profiler::accuracy::causal::{Causal, moved};
use profiler::accuracy::scatter::Scatter;
use profiler::accuracy::{Distance, FunctionRepeat, Repeat, bias};

/// One repeat of two functions.
fn repeat(truth: f64, reported: f64, uncertainty: f64, n: f64) -> Repeat {
    let function = |truth, reported| FunctionRepeat {
        truth,
        uncertainty,
        reported,
    };
    Repeat {
        functions: vec![
            function(truth, reported),
            function(1.0 - truth, 1.0 - reported),
        ],
        n,
    }
}

fn p_value(truth: f64, hits: u32, uncertainty: f64, n: u32) -> f64 {
    let reported = f64::from(hits) / f64::from(n);
    bias::p_values(&repeat(truth, reported, uncertainty, f64::from(n)))[0]
}

proptest! {
    /// What is too much of one function is too little of the other.
    #[test]
    fn bias_is_symmetric(truth in 0.01..0.99_f64, hits in 0..=500_u32) {
        let one = p_value(truth, hits, 0.0, 500);
        let other = p_value(1.0 - truth, 500 - hits, 0.0, 500);
        prop_assert!((one - other).abs() <= 1e-9 * one.max(1e-12), "{one} {other}");
    }

    /// More of an error is never less suspicious, and doubt about the truth never more so.
    #[test]
    fn bias_is_monotone(truth in 0.05..0.95_f64, hits in 0..500_u32, doubt in 0.0..0.1_f64) {
        let p = |hits| p_value(truth, hits, 0.0, 500);
        let is_above = f64::from(hits) >= truth * 500.0;
        let (near, far) = if is_above { (hits, hits + 1) } else { (hits + 1, hits) };
        // Only on one side of the truth is there more and less.
        if is_above || f64::from(hits + 1) <= truth * 500.0 {
            prop_assert!(p(far) <= p(near) * (1.0 + 1e-9));
        }
        prop_assert!(p_value(truth, hits, doubt, 500) >= p(hits) * (1.0 - 1e-9));
    }

    /// The order of functions and of repeats means nothing.
    #[test]
    fn scatter_knows_no_order(
        truth in 0.1..0.9_f64,
        reported in proptest::collection::vec(0.0..1.0_f64, 2..6),
    ) {
        let repeats: Vec<Repeat> =
            reported.iter().map(|&reported| repeat(truth, reported, 0.0, 1000.0)).collect();
        let mut turned = repeats.clone();
        turned.reverse();
        for repeat in &mut turned {
            repeat.functions.reverse();
        }
        let (one, other) = (Scatter::of(&repeats), Scatter::of(&turned));
        prop_assert!((one.statistic - other.statistic).abs() < 1e-6 * one.statistic.max(1.0));
        prop_assert!((0.0..=1.0).contains(&one.p_value));
    }

    /// A distance is a part of the whole, and none for the truth itself.
    #[test]
    fn distances_are_parts(truth in 0.0..1.0_f64, reported in 0.0..1.0_f64, n in 1.0..1e6_f64) {
        let distance = Distance::of(&repeat(truth, reported, 0.0, n));
        prop_assert!((distance.value - (truth - reported).abs()).abs() < 1e-12);
        prop_assert!(distance.floor <= 0.5);
        prop_assert!(Distance::of(&repeat(truth, truth, 0.0, n)).value < 1e-12);
    }

    /// Slowing down and speeding up again changes nothing, and a share stays one.
    #[test]
    fn slowing_down_can_be_undone(share in 0.0..1.0_f64, factor in 0.1..10.0_f64) {
        let slowed = moved(share, factor);
        prop_assert!((0.0..=1.0).contains(&slowed));
        prop_assert!((moved(slowed, 1.0 / factor) - share).abs() < 1e-9);
        let causal = Causal {
            before: share,
            n_before: 1000.0,
            after: slowed,
            n_after: 1000.0,
            factor,
            allowance: 0.0,
        };
        prop_assert!(causal.p_value() > 0.999);
    }
}
