//! Exposure: the share of the equity that is invested, averaged over all ticks.

/// The exposure so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunningExposure {
    sum: f64,
}

impl RunningExposure {
    /// Takes in what is invested of the equity at one tick.
    pub(super) fn update(&mut self, invested: f64, equity: f64) {
        if equity > 0.0 {
            self.sum += invested / equity;
        }
    }

    /// The mean over `n` ticks, at least one.
    pub(super) fn mean(self, n: f64) -> f64 {
        self.sum / n
    }
}
