//! Exposure: the share of the equity that is invested, averaged over all ticks.

use crate::money::Cash;

/// The exposure so far. It is the one metric that is kept from tick to tick, since
/// nothing else needs to know what was invested when.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MeanExposure {
    sum: f64,
}

impl MeanExposure {
    /// Takes in one tick: what is invested of its equity, and that as a float in the same unit.
    #[inline]
    pub(crate) fn update(&mut self, invested: Cash, equity: f64) {
        if invested != Cash::ZERO && equity > 0.0 {
            self.sum += invested.in_units() / equity;
        }
    }

    /// The mean over `n` ticks, at least one.
    pub(super) fn mean(self, n: f64) -> f64 {
        self.sum / n
    }
}
