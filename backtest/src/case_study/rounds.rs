//! Interleaved rounds of the four variants, and the savings they show.
//!
//! A shared machine drifts: its speed changes by more between minutes than
//! between variants, and other processes take their share of it. So the loop is
//! timed by the processor time it uses, the variants take turns, each round begins
//! with another one, and each saving is relative to the "before" of its own round.

use super::{Estimate, Variant, VariantRun};

/// The four variants, run once each in turn.
#[derive(Clone, Debug)]
pub struct Round {
    /// The runs, in the order of [`Variant::ALL`] whatever the order they ran in.
    pub runs: [VariantRun; 4],
}

impl Round {
    /// The order in which round `idx` (from 0) runs the variants, as positions in
    /// [`Variant::ALL`]: each begins one further on.
    pub fn order(idx: usize) -> [usize; 4] {
        std::array::from_fn(|turn| (turn + idx) % Variant::ALL.len())
    }

    /// What a variant saved against this round's "before", in per cent.
    fn saving(&self, variant_idx: usize) -> f64 {
        100.0 * (1.0 - self.runs[variant_idx].loop_seconds / self.runs[0].loop_seconds)
    }
}

/// What each fix, and both together, save of the simulation loop, in per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Savings {
    /// Lazy formatting alone.
    pub lazy: Estimate,
    /// The memo alone.
    pub cached: Estimate,
    /// Both.
    pub both: Estimate,
}

impl Savings {
    /// The medians over all rounds; the intervals are drawn from `seed`.
    ///
    /// # Panics
    /// When there is no round.
    pub fn of(rounds: &[Round], seed: u64) -> Self {
        let saving = |variant_idx| {
            let values: Vec<f64> = rounds
                .iter()
                .map(|round| round.saving(variant_idx))
                .collect();
            Estimate::of(&values, seed)
        };
        Self {
            lazy: saving(1),
            cached: saving(2),
            both: saving(3),
        }
    }
}

/// The seconds of each variant's simulation loop, in the order of [`Variant::ALL`].
pub(super) fn seconds(rounds: &[Round], seed: u64) -> [Estimate; 4] {
    std::array::from_fn(|variant_idx| {
        let values: Vec<f64> = rounds
            .iter()
            .map(|round| round.runs[variant_idx].loop_seconds)
            .collect();
        Estimate::of(&values, seed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(seconds: [f64; 4]) -> Round {
        Round {
            runs: seconds.map(|loop_seconds| VariantRun {
                prepare_seconds: 0.0,
                loop_seconds,
                wall_seconds: loop_seconds,
                n_lookups: 0,
                digest: 0,
                equity: Vec::new(),
                sampled: None,
            }),
        }
    }

    #[test]
    fn every_variant_takes_every_turn_equally_often() {
        for turn in 0..4 {
            let mut seen: Vec<_> = (0..4).map(|idx| Round::order(idx)[turn]).collect();
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 2, 3]);
        }
    }

    /// The machine slows down threefold between rounds; the savings do not see it.
    #[test]
    fn savings_are_relative_to_their_own_round() {
        let rounds = [
            round([10.0, 9.0, 8.0, 7.0]),
            round([30.0, 27.0, 24.0, 21.0]),
            round([20.0, 18.0, 16.0, 14.0]),
        ];
        let savings = Savings::of(&rounds, 1);
        for (estimate, expected) in [
            (savings.lazy, 10.0),
            (savings.cached, 20.0),
            (savings.both, 30.0),
        ] {
            assert!((estimate.median - expected).abs() < 1e-9);
            assert!((estimate.high - estimate.low).abs() < 1e-9);
        }
    }
}
