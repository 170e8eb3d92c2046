//! What a workload is asked to do.

use super::Amount;

/// One run that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// How much is to be done.
    pub amount: Amount,
    /// Decides order and length of the phases where they are random.
    pub seed: u64,
    /// The function that is to be slower than it is.
    pub slow: Option<Slow>,
}

/// A slow-down by a known factor: the second kind of truth.
///
/// Clocks may mislead a workload as they mislead a profiler. That a function does twice
/// the work cannot be misread: where its share was `p`, it must become
/// `f p / (1 - p + f p)` (Mytkowicz et al., "Evaluating the Accuracy of Java Profilers",
/// PLDI 2010; Burchell and Marr, "Divining Profiler Accuracy", 2025). It takes a fixed
/// amount of work, so that all other functions do exactly what they did before.
#[derive(Debug, Clone, PartialEq)]
pub struct Slow {
    /// The last part of the function's name.
    pub function: String,
    /// How many times its units are done; fractions carry over to its next phase.
    pub factor: f64,
}

impl Task {
    /// Asks for a run with nothing slowed down.
    pub fn new(amount: Amount, seed: u64) -> Self {
        Self {
            amount,
            seed,
            slow: None,
        }
    }

    /// How many times a function's units are to be done.
    pub(super) fn factor(&self, path: &str) -> f64 {
        let slow = self.slow.as_ref();
        let slow = slow.filter(|slow| path.rsplit("::").next() == Some(&slow.function));
        slow.map_or(1.0, |slow| slow.factor)
    }
}
