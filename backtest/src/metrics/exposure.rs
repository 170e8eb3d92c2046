//! Exposure: the share of the equity that is invested, averaged over all ticks.

/// The exposure so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RunningExposure {
    n: f64,
    sum: f64,
}

impl RunningExposure {
    /// Takes in what is invested of the equity at one tick.
    pub(super) fn update(&mut self, invested: f64, equity: f64) {
        self.n += 1.0;
        if equity > 0.0 {
            self.sum += invested / equity;
        }
    }

    /// The mean; zero before the first tick.
    pub(super) fn mean(&self) -> f64 {
        if self.n == 0.0 {
            0.0
        } else {
            self.sum / self.n
        }
    }
}
