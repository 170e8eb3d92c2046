//! How far a profiler's shares are from the truth.

use serde::Serialize;

use crate::subject::Outcome;

/// One profiler's result on one workload.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    /// The function whose share is furthest from the truth.
    pub worst_function: String,
    /// How far, in percentage points.
    pub error_pp: f64,
    /// The same over the binomial standard error of the samples obtained: how many
    /// samples in a function is a matter of chance, but not beyond 4 of these.
    pub z: f64,
    /// The part of the samples that should have had a function of the workload in their
    /// stack and had none, from 0 to 1.
    pub unattributed: f64,
    /// Samples obtained.
    pub n_samples: f64,
    /// Samples obtained over those that the rate and the time ask for.
    pub obtained: f64,
    /// CPU seconds of the profiler for each of the workload.
    pub own_cpu: f64,
    /// The most memory that the profiler had resident, in bytes.
    pub max_rss: u64,
}

impl Score {
    /// Scores a run.
    ///
    /// Shares are of the samples that have one of the functions: what no function did
    /// is in no true share either. `None` when there is no sample at all.
    pub fn of(outcome: &Outcome, rate: u32, by_wall: bool) -> Option<Self> {
        let (stacks, report) = (outcome.stacks.as_ref()?, &outcome.report);
        let weights: Vec<f64> = report
            .functions
            .iter()
            .map(|f| stacks.weight_of(&f.name))
            .collect();
        let (found, total) = (weights.iter().sum::<f64>(), stacks.total());
        if total <= 0.0 {
            return None;
        }
        let n_found = stacks.n_samples * found / total;
        let error = |(function, weight): (&crate::report::Function, &f64)| {
            let share = if found > 0.0 { weight / found } else { 0.0 };
            (
                (share - function.share).abs(),
                function.name.clone(),
                function.share,
            )
        };
        let errors = report.functions.iter().zip(&weights).map(error);
        let (error, worst_function, share) = errors.max_by(|a, b| a.0.total_cmp(&b.0))?;
        let seconds = if by_wall {
            report.wall_seconds
        } else {
            report.cpu_seconds
        };
        let standard_error = (share * (1.0 - share) / n_found.max(1.0)).sqrt();
        Some(Self {
            worst_function,
            error_pp: 100.0 * error,
            z: error / standard_error.max(f64::MIN_POSITIVE),
            unattributed: (1.0 - found / (total * report.attributed())).max(0.0),
            n_samples: stacks.n_samples,
            obtained: stacks.n_samples / (f64::from(rate) * seconds),
            own_cpu: outcome.own_cpu_seconds / report.cpu_seconds,
            max_rss: outcome.max_rss,
        })
    }

    /// Tells whether chance does not explain the result.
    pub fn is_wrong(&self) -> bool {
        self.z > 4.0 || self.unattributed > 0.05
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Function, Report};
    use crate::stacks::{Stacks, native_name};

    /// 360 of 900 is 40 %, where 50 % is true: 10 points, or 6 standard errors of
    /// sqrt(0.5 * 0.5 / 900) = 1.67 points.
    #[test]
    fn errors_are_measured_in_standard_errors() {
        let score = score("m;a 360\nm;b 540\nm;c 100\n");
        assert!((score.error_pp - 10.0).abs() < 1e-9);
        assert!((score.z - 6.0).abs() < 1e-9);
        assert!((score.unattributed - 0.1).abs() < 1e-9);
        assert!((score.obtained - 0.5).abs() < 1e-9);
        assert!(score.is_wrong());
    }

    #[test]
    fn an_exact_profile_is_right() {
        let score = score("m;a 500\nm;b 500\n");
        assert!(score.error_pp < 1e-9 && score.unattributed < 1e-9 && !score.is_wrong());
    }

    #[test]
    fn a_profile_without_the_functions_is_all_wrong() {
        let score = score("m 500\n");
        assert!((score.unattributed - 1.0).abs() < 1e-9);
        assert!((score.error_pp - 50.0).abs() < 1e-9);
    }

    fn score(folded: &str) -> Score {
        let function = |name: &str| Function {
            name: name.into(),
            cpu_seconds: 1.0,
            share: 0.5,
        };
        let outcome = Outcome {
            report: Report {
                functions: vec![function("a"), function("b")],
                cpu_seconds: 2.0,
                wall_seconds: 2.0,
            },
            stacks: Some(Stacks::from_folded(folded, native_name).expect("it is folded")),
            own_cpu_seconds: 0.0,
            max_rss: 0,
        };
        Score::of(&outcome, 1_000, false).expect("there are samples")
    }
}
