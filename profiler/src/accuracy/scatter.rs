//! Scatter: repeats that miss the truth by more than their samples allow.
//!
//! A sampler in step with the program starts each run at another phase and reports
//! another function each time. The mean over many runs may even be right; no single
//! report is. Pearson's statistic (K. Pearson, "On the criterion that a given system of
//! deviations...", Philosophical Magazine 50, 1900, 157-175), added up over the repeats,
//! sees that, and any bias as well.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::{FunctionRepeat, Repeat};

/// Functions of which fewer observations are expected in a repeat are taken together:
/// below some ten, the chi-squared distribution no longer tells how often chance does it.
const LEAST_EXPECTED: f64 = 20.0;

/// How the repeats of one workload scatter around their truths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scatter {
    /// Pearson's statistic over all repeats.
    pub statistic: f64,
    /// Its degrees of freedom: what it is on average if nothing but chance is at work.
    pub degrees: f64,
    /// How often chance makes it as large.
    pub p_value: f64,
    /// The variance between the repeats over that of independent observations: 1 for an
    /// ideal sampler, 0 for one without chance. `None` for a single repeat.
    pub variance_ratio: Option<f64>,
}

impl Scatter {
    /// Looks at the repeats of one workload.
    pub fn of(repeats: &[Repeat]) -> Self {
        let (mut statistic, mut degrees) = (0.0, 0.0);
        for repeat in repeats {
            let (one, freedom) = pearson(repeat);
            statistic += one;
            degrees += freedom;
        }
        let p_value = match ChiSquared::new(degrees) {
            Ok(chi_squared) => chi_squared.sf(statistic),
            // Nothing can scatter.
            Err(_) => 1.0,
        };
        Self {
            statistic,
            degrees,
            p_value,
            variance_ratio: variance_ratio(repeats),
        }
    }
}

/// Pearson's statistic of one repeat and its degrees of freedom.
fn pearson(repeat: &Repeat) -> (f64, f64) {
    let is_frequent = |function: &&FunctionRepeat| repeat.n * function.truth >= LEAST_EXPECTED;
    let mut cells: Vec<FunctionRepeat> = repeat
        .functions
        .iter()
        .filter(is_frequent)
        .copied()
        .collect();
    let rare = repeat.functions.iter().filter(|f| !is_frequent(f));
    let rest = rare.fold(None, |sum: Option<FunctionRepeat>, function| {
        Some(match sum {
            None => *function,
            Some(sum) => FunctionRepeat {
                truth: sum.truth + function.truth,
                uncertainty: sum.uncertainty + function.uncertainty,
                reported: sum.reported + function.reported,
            },
        })
    });
    // What is too rare even together has no distribution worth a test.
    cells.extend(rest.filter(|rest| repeat.n * rest.truth >= LEAST_EXPECTED));
    let statistic = cells.iter().map(|cell| {
        let variance = cell.truth / repeat.n + cell.uncertainty * cell.uncertainty;
        cell.error() * cell.error() / variance
    });
    let statistic = statistic.sum();
    (statistic, (cells.len() as f64 - 1.0).max(0.0))
}

/// The part of the scatter that is between the repeats, without what they have in common.
fn variance_ratio(repeats: &[Repeat]) -> Option<f64> {
    let pooled = Repeat::pooled(repeats)?;
    let (mut between, mut degrees) = (0.0, 0.0);
    for (at, mean) in pooled.functions.iter().enumerate() {
        let spread = mean.truth * (1.0 - mean.truth);
        if spread <= 0.0 {
            continue;
        }
        let squares = repeats.iter().map(|repeat| {
            let error = repeat.functions[at].error() - mean.error();
            repeat.n * error * error
        });
        between += squares.sum::<f64>() / spread;
        degrees += repeats.len() as f64 - 1.0;
    }
    (degrees > 0.0).then(|| between / degrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeat(truth: &[f64], reported: &[f64], n: f64) -> Repeat {
        let functions = truth.iter().zip(reported);
        let functions = functions.map(|(&truth, &reported)| FunctionRepeat {
            truth,
            uncertainty: 0.0,
            reported,
        });
        Repeat {
            functions: functions.collect(),
            n,
        }
    }

    /// 60 instead of 50, and 40 instead of 50: 100/50 + 100/50, with one degree.
    #[test]
    fn the_statistic_is_pearsons() {
        let scatter = Scatter::of(&[repeat(&[0.5, 0.5], &[0.6, 0.4], 100.0)]);
        assert!((scatter.statistic - 4.0).abs() < 1e-9);
        assert!((scatter.degrees - 1.0).abs() < 1e-9);
        assert!((scatter.p_value - 0.045_500_263_896).abs() < 1e-9);
        assert_eq!(scatter.variance_ratio, None);
    }

    /// The bias is none, and each repeat is far off: two phases of a locked sampler.
    #[test]
    fn opposite_errors_do_not_cancel() {
        let up = repeat(&[0.5, 0.5], &[1.0, 0.0], 1000.0);
        let down = repeat(&[0.5, 0.5], &[0.0, 1.0], 1000.0);
        let scatter = Scatter::of(&[up, down]);
        assert!(scatter.p_value < 1e-100);
        assert!(scatter.variance_ratio.expect("two repeats") > 100.0);
    }

    #[test]
    fn one_error_in_all_repeats_is_not_variance() {
        let shifted = || repeat(&[0.5, 0.5], &[0.6, 0.4], 1000.0);
        let scatter = Scatter::of(&[shifted(), shifted(), shifted()]);
        assert!(scatter.p_value < 1e-20);
        assert!(scatter.variance_ratio.expect("three repeats") < 1e-20);
    }

    #[test]
    fn rare_functions_are_taken_together() {
        let rare = repeat(&[0.97, 0.01, 0.01, 0.01], &[0.97, 0.0, 0.03, 0.0], 1000.0);
        let scatter = Scatter::of(&[rare]);
        assert!(scatter.statistic < 1e-9 && (scatter.degrees - 1.0).abs() < 1e-9);
    }
}
