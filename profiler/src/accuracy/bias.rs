//! Bias: what remains wrong as samples grow.
//!
//! The hits of a function over all repeats are a sum of binomial variables whose
//! probabilities differ a little, as the truths of the repeats do. Such a sum spreads
//! less than the binomial of the mean probability (W. Hoeffding, "On the distribution of
//! the number of successes in independent trials", Annals of Mathematical Statistics 27,
//! 1956, 713-721), so that the exact binomial test of the pool is on the safe side.

use statrs::distribution::{Binomial, DiscreteCDF};

use super::{FunctionRepeat, Repeat};

/// Returns, for each function, how often chance makes as great an error of the pooled
/// share: twice the smaller tail, at most 1. Where the truth is uncertain, the value
/// inside its uncertainty that speaks most for the subject is taken for it.
pub fn p_values(pooled: &Repeat) -> Vec<f64> {
    let functions = pooled.functions.iter();
    functions.map(|found| p_value(found, pooled.n)).collect()
}

/// The smallest of [`p_values`], corrected for being the best of so many (Bonferroni).
pub fn p_value_of_worst(pooled: &Repeat) -> f64 {
    let p_values = p_values(pooled);
    let least = p_values.iter().copied().fold(1.0, f64::min);
    (least * p_values.len() as f64).min(1.0)
}

fn p_value(found: &FunctionRepeat, n: f64) -> f64 {
    let low = (found.truth - found.uncertainty).max(0.0);
    let high = (found.truth + found.uncertainty).min(1.0);
    if n < 1.0 || (low..=high).contains(&found.reported) {
        return 1.0;
    }
    let truth = if found.reported < low { low } else { high };
    let (n, hits) = (whole(n), whole(found.reported * n).min(whole(n)));
    let Ok(binomial) = Binomial::new(truth, n) else {
        return 1.0;
    };
    let at_most = binomial.cdf(hits);
    let at_least = match hits.checked_sub(1) {
        Some(fewer) => binomial.sf(fewer),
        None => 1.0,
    };
    (2.0 * at_most.min(at_least)).min(1.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of observations are not negative and far below 2^53"
)]
fn whole(count: f64) -> u64 {
    count.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(truth: f64, reported: f64, uncertainty: f64, n: f64) -> f64 {
        let found = FunctionRepeat {
            truth,
            uncertainty,
            reported,
        };
        p_value(&found, n)
    }

    /// Of ten throws of a coin, 0, 1, 9 and 10 heads together have 22 chances in 1024.
    #[test]
    fn the_test_is_exact() {
        assert!((one(0.5, 0.9, 0.0, 10.0) - 22.0 / 1024.0).abs() < 1e-12);
        assert!((one(0.5, 0.1, 0.0, 10.0) - 22.0 / 1024.0).abs() < 1e-12);
        assert!((one(0.5, 0.5, 0.0, 10.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_truth_may_be_off_by_its_uncertainty() {
        assert!(one(0.5, 0.52, 0.0, 1e6) < 1e-100);
        assert!((one(0.5, 0.52, 0.02, 1e6) - 1.0).abs() < 1e-12);
        assert!(one(0.5, 0.53, 0.02, 1e6) < 1e-80);
    }

    #[test]
    fn without_observations_nothing_is_wrong() {
        assert!((one(0.5, 0.0, 0.0, 0.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_function_that_never_ran_must_not_be_seen() {
        assert!(one(0.0, 0.01, 0.0, 1000.0) < 1e-9);
        assert!(one(1.0, 0.99, 0.0, 1000.0) < 1e-9);
    }
}
