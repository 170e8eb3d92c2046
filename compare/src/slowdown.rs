//! How much longer the same work takes under a profiler.

use std::time::Duration;

use anyhow::{Result, bail};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::subject::{Amount, Outcome, Subject, Task};

/// Ratios of the times with a profiler to those without, each with its 95 % interval.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Slowdown {
    /// Of the time on the wall, which the profiler's own work and stops are part of.
    pub wall: Ratio,
    /// Of the CPU time of the program.
    pub cpu: Ratio,
}

/// The geometric mean of ratios, and its 95 % interval.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Ratio {
    /// The mean.
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Where and how to measure.
pub struct Plan<'a> {
    /// Where runs may write.
    pub folder: &'a std::path::Path,
    /// How many pairs of runs; at least two.
    pub n_pairs: u32,
    /// Units of work in each run.
    pub work: u64,
    /// Samples asked for, per second.
    pub rate: u32,
    /// When to give up on a run.
    pub timeout: Duration,
}

/// Runs the work with and without, in turns, so that what changes on the machine meets
/// both; which comes first alternates as well.
///
/// # Errors
///
/// When a run fails.
pub fn measure(subject: &dyn Subject, plan: &Plan) -> Result<Slowdown> {
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for pair in 0..plan.n_pairs {
        let folder = tempfile::tempdir_in(plan.folder)?;
        let task = Task {
            workload: "split",
            amount: Amount::Work(plan.work),
            rate: plan.rate,
            seed: u64::from(pair) + 1,
            folder: folder.path(),
            timeout: plan.timeout,
        };
        let (with, bare) = if pair.is_multiple_of(2) {
            let bare = subject.run_bare(&task)?;
            (subject.run(&task)?, bare)
        } else {
            let with = subject.run(&task)?;
            (with, subject.run_bare(&task)?)
        };
        let ratio = |time: fn(&Outcome) -> f64| (time(&with) / time(&bare)).ln();
        wall.push(ratio(|outcome| outcome.report.wall_seconds));
        cpu.push(ratio(|outcome| outcome.report.functions_cpu_seconds()));
    }
    Ok(Slowdown {
        wall: Ratio::of_logs(&wall)?,
        cpu: Ratio::of_logs(&cpu)?,
    })
}

impl Ratio {
    /// Student's interval of the mean of logarithms, which are nearer to normal than
    /// ratios are and treat twice and half alike.
    fn of_logs(logs: &[f64]) -> Result<Self> {
        let n = logs.len() as f64;
        if n < 2.0 {
            bail!("an interval takes two pairs of runs at least");
        }
        let mean = logs.iter().sum::<f64>() / n;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let quantile = StudentsT::new(0.0, 1.0, n - 1.0)?.inverse_cdf(0.975);
        let half = quantile * (variance / n).sqrt();
        Ok(Self {
            mean: mean.exp(),
            low: (mean - half).exp(),
            high: (mean + half).exp(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For 1 and 3, the mean is 2, its standard error 1, and the quantile of Student's t
    /// with one degree of freedom 12.706.
    #[test]
    fn the_interval_is_students() {
        let ratio = Ratio::of_logs(&[1.0, 3.0]).expect("two are enough");
        assert!((ratio.mean.ln() - 2.0).abs() < 1e-9);
        assert!((ratio.high.ln() - 14.706).abs() < 1e-3);
        assert!((ratio.low.ln() + 10.706).abs() < 1e-3);
        assert!(Ratio::of_logs(&[1.0]).is_err());
    }
}
