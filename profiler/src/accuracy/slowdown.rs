//! How much longer the same work takes under a profiler.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The geometric mean of ratios, and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// The mean.
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Ratio {
    /// Student's interval of the mean of logarithms, which are nearer to normal than
    /// ratios are and treat twice and half alike.
    ///
    /// `None` for fewer than two: one ratio has no interval.
    pub fn of_logs(logs: &[f64]) -> Option<Self> {
        let n = logs.len() as f64;
        if n < 2.0 {
            return None;
        }
        let mean = logs.iter().sum::<f64>() / n;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let quantile = StudentsT::new(0.0, 1.0, n - 1.0).ok()?.inverse_cdf(0.975);
        let half = quantile * (variance / n).sqrt();
        Some(Self {
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
        assert!(Ratio::of_logs(&[1.0]).is_none());
    }
}
