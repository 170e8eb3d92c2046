//! Distortion: by how much a profiler changes the true shares of what it looks at.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::observed::Took;

/// The largest change of a true share.
pub(super) fn distortion(with: &[&Took], bare: &[&Took]) -> Option<f64> {
    let changes = shares(with, bare)?.into_iter();
    changes
        .map(|(with, bare)| (mean(&with) - mean(&bare)).abs())
        .reduce(f64::max)
}

/// The same beyond reasonable doubt: machines are not equally fast at all times, so that
/// the same work has other shares in each run. Welch's interval (B. L. Welch, "The
/// generalization of Student's problem", Biometrika 34, 1947, 28-35) says by how much.
pub(super) fn least_distortion(with: &[&Took], bare: &[&Took]) -> f64 {
    let least = |(with, bare): (Vec<f64>, Vec<f64>)| {
        let (one, other) = (variance_of_mean(&with)?, variance_of_mean(&bare)?);
        let variance = one + other;
        let freedom = |part: f64, n: usize| part * part / (n as f64 - 1.0);
        let degrees = variance * variance / (freedom(one, with.len()) + freedom(other, bare.len()));
        let student = StudentsT::new(0.0, 1.0, degrees.max(1.0)).ok()?;
        let half = student.inverse_cdf(1.0 - DOUBT) * variance.sqrt();
        Some((mean(&with) - mean(&bare)).abs() - half)
    };
    let changes = shares(with, bare).into_iter().flatten().filter_map(least);
    changes.fold(0.0, f64::max)
}

/// How often noise may be taken for a distortion of one function.
const DOUBT: f64 = 1e-5;

/// The true shares of each function in the runs with and without.
fn shares(with: &[&Took], bare: &[&Took]) -> Option<Vec<(Vec<f64>, Vec<f64>)>> {
    let n_functions = with.first()?.shares.len();
    bare.first()?;
    let of = |at: usize| {
        let with = with.iter().map(|took| took.shares[at]).collect();
        (with, bare.iter().map(|took| took.shares[at]).collect())
    };
    Some((0..n_functions).map(of).collect())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// `None` for a single value, and for values that are all the same.
fn variance_of_mean(values: &[f64]) -> Option<f64> {
    let (mean, n) = (mean(values), values.len() as f64);
    let squares = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>();
    (n > 1.0 && squares > 0.0).then(|| squares / (n - 1.0) / n)
}
