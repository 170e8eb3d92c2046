//! How far a whole report is from the truth, and how far chance alone would bring it.

use super::Repeat;

/// A total-variation distance beside its floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// Half the sum of all absolute errors: the part of the report that is in the wrong
    /// place, from 0 to 1.
    pub value: f64,
    /// What an ideal sampler with as many observations has on average: each error is
    /// nearly normal, and `E|X| = sigma sqrt(2 / pi)`.
    pub floor: f64,
}

impl Distance {
    /// Measures one repeat.
    pub fn of(repeat: &Repeat) -> Self {
        let half_sum = |term: &dyn Fn(&super::FunctionRepeat) -> f64| {
            0.5 * repeat.functions.iter().map(term).sum::<f64>()
        };
        Self {
            value: half_sum(&|function| function.error().abs()),
            floor: half_sum(&|function| {
                let variance = function.truth * (1.0 - function.truth) / repeat.n.max(1.0);
                (variance * 2.0 / std::f64::consts::PI).sqrt()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::FunctionRepeat;

    #[test]
    fn what_is_misplaced_counts_once() {
        let function = |truth, reported| FunctionRepeat {
            truth,
            uncertainty: 0.0,
            reported,
        };
        let repeat = Repeat {
            functions: vec![function(0.5, 0.6), function(0.5, 0.4)],
            n: 100.0,
        };
        let distance = Distance::of(&repeat);
        assert!((distance.value - 0.1).abs() < 1e-12);
        // sqrt(0.25 / 100) = 0.05, times sqrt(2 / pi) = 0.7979.
        assert!((distance.floor - 0.05 * 0.797_884_560_8).abs() < 1e-9);
    }
}
