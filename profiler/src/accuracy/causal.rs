//! Causal truth: slow one function down by a known factor, and see its share follow.
//!
//! A profiler may agree with itself from run to run and still blame the wrong function.
//! Slowing one down by a factor `f` moves its share from `p` to `f p / (1 - p + f p)`,
//! whatever any clock says (T. Mytkowicz et al., "Evaluating the accuracy of Java
//! profilers", PLDI 2010; H. Burchell and S. Marr, "Divining profiler accuracy", OOPSLA
//! 2025).

use statrs::distribution::{ContinuousCDF, Normal};

/// What a profiler reported of one function before and after it was slowed down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Causal {
    /// The reported share at full speed.
    pub before: f64,
    /// How many observations that share is made of.
    pub n_before: f64,
    /// The reported share of the slowed function.
    pub after: f64,
    /// How many observations that share is made of.
    pub n_after: f64,
    /// How many times as long the function took for the same work.
    pub factor: f64,
    /// What the share may be off by for no fault of the profiler: no machine is equally
    /// fast at all times, so the same work has other shares in each run. The program's
    /// own clocks tell by how much.
    pub allowance: f64,
}

impl Causal {
    /// The share that the slowed function must have, by its share before.
    pub fn expected(&self) -> f64 {
        moved(self.before, self.factor)
    }

    /// Returns by how many standard errors the reported share is above the expected one,
    /// beyond what is allowed.
    ///
    /// Both reports are samples, and the error of the first moves the expectation: by
    /// the derivative `f / (1 - p + f p)^2` of the formula above.
    pub fn z(&self) -> f64 {
        let (p, f) = (self.before, self.factor);
        let variance = |share: f64, n: f64| {
            // Laplace's share is never 0 or 1, where the variance would vanish.
            let share = (share * n + 1.0) / (n + 2.0);
            share * (1.0 - share) / n.max(1.0)
        };
        let denominator = (1.0 - p + f * p).powi(2);
        let slope = f / denominator;
        let variance =
            variance(self.after, self.n_after) + slope * slope * variance(p, self.n_before);
        let error = self.after - self.expected();
        let beyond = (error.abs() - self.allowance).max(0.0).copysign(error);
        beyond / variance.sqrt()
    }

    /// Returns how often chance makes as great a difference.
    pub fn p_value(&self) -> f64 {
        let upper_tail = Normal::standard().sf(self.z().abs());
        2.0 * upper_tail
    }
}

/// The share of a function that takes `factor` times as long as when its share was `share`.
pub fn moved(share: f64, factor: f64) -> f64 {
    factor * share / (1.0 - share + factor * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_becomes_a_half() {
        assert!((moved(1.0 / 3.0, 2.0) - 0.5).abs() < 1e-12);
        assert!((moved(0.3, 1.0) - 0.3).abs() < 1e-12);
    }

    #[test]
    fn a_share_that_stays_is_wrong() {
        let causal = |after| Causal {
            before: 0.3,
            n_before: 5000.0,
            after,
            n_after: 5000.0,
            factor: 2.0,
            allowance: 0.0,
        };
        assert!(causal(moved(0.3, 2.0)).p_value() > 0.99);
        assert!(causal(0.3).p_value() < 1e-30);
        assert!(causal(0.43).p_value() < 0.05);
        let allowed = Causal {
            allowance: 0.04,
            ..causal(0.43)
        };
        assert!(allowed.p_value() > 0.99);
    }
}
