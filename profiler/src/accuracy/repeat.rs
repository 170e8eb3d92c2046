//! What one run of a subject reported, beside the truth of that run.

/// One run: each function's true and reported share.
///
/// Shares are of the observations that have one of the functions on their stack, and
/// add up to one on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    /// The functions, in the same order in every repeat.
    pub functions: Vec<FunctionRepeat>,
    /// How many independent observations the reported shares are made of.
    pub n: f64,
}

/// One function in one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunctionRepeat {
    /// Its true share, from 0 to 1.
    pub truth: f64,
    /// What the true share may be off by, from 0 to 1: the cost of reading clocks.
    pub uncertainty: f64,
    /// The share that the subject reported, from 0 to 1.
    pub reported: f64,
}

impl FunctionRepeat {
    /// Returns by how much the report is too high.
    pub fn error(&self) -> f64 {
        self.reported - self.truth
    }

    /// Returns the error in standard errors of `n` observations, the binomial one and
    /// that of the truth together. An exact report is 0 even where both are 0.
    pub fn z(&self, n: f64) -> f64 {
        let variance =
            self.truth * (1.0 - self.truth) / n.max(1.0) + self.uncertainty * self.uncertainty;
        let error = self.error();
        if error == 0.0 {
            0.0
        } else {
            error / variance.sqrt().max(f64::MIN_POSITIVE)
        }
    }
}

impl Repeat {
    /// Adds up repeats, each counting by its observations.
    ///
    /// `None` where there is no observation at all, or the functions differ in number.
    pub fn pooled(repeats: &[Self]) -> Option<Self> {
        let n: f64 = repeats.iter().map(|repeat| repeat.n).sum();
        let n_functions = repeats.first()?.functions.len();
        if n <= 0.0 || repeats.iter().any(|r| r.functions.len() != n_functions) {
            return None;
        }
        let mean = |of: &dyn Fn(&Self) -> f64| {
            let sum: f64 = repeats.iter().map(|repeat| repeat.n * of(repeat)).sum();
            sum / n
        };
        let functions = (0..n_functions).map(|at| FunctionRepeat {
            truth: mean(&|repeat| repeat.functions[at].truth),
            uncertainty: mean(&|repeat| repeat.functions[at].uncertainty),
            reported: mean(&|repeat| repeat.functions[at].reported),
        });
        Some(Self {
            functions: functions.collect(),
            n,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_counts_by_observations() {
        let repeat = |n, reported| Repeat {
            functions: vec![FunctionRepeat {
                truth: 0.5,
                uncertainty: 0.0,
                reported,
            }],
            n,
        };
        let pooled = Repeat::pooled(&[repeat(100.0, 0.4), repeat(300.0, 0.6)]).expect("observed");
        assert!((pooled.functions[0].reported - 0.55).abs() < 1e-12);
        assert!((pooled.n - 400.0).abs() < 1e-12);
        // sqrt(0.25 / 400) is 2.5 points, so 5 points are two standard errors.
        assert!((pooled.functions[0].z(pooled.n) - 2.0).abs() < 1e-9);
        assert_eq!(Repeat::pooled(&[repeat(0.0, 0.4)]), None);
        assert_eq!(Repeat::pooled(&[]), None);
    }
}
