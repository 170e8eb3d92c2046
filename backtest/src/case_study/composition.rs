//! What the case study's back-test consists of: the one place where it is chosen.
//!
//! The two anti-patterns cost what they cost; what share of a run that is depends
//! on how much else the run does. Here "else" is the mean-reversion strategy,
//! which reads a window of hourly history for each of ten pairs at each tick, and
//! a back-test's accounting. The window's length was chosen once, by measurement,
//! so that the talk's proportions come out on bare Linux with a local file system;
//! `--calibrate` chooses it again for another machine.

use crate::strategy::mean_reversion::Parameters;
use crate::time::{HourRange, Timestamp};

/// The workload of the case study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Composition {
    /// The hours simulated.
    pub range: HourRange,
    /// How many pairs are held, all the time.
    pub n_pairs: usize,
    /// The seed of the market.
    pub seed: u64,
    /// Hours of history that the strategy reads for each pair at each tick, or
    /// `None` for the strategy that buys all pairs and then does nothing.
    pub window: Option<usize>,
}

impl Composition {
    /// Ten pairs over the talk's two years, with the strategy's own window.
    pub fn talk() -> Self {
        let month = |text| Timestamp::parse(text).expect("a month");
        Self {
            range: HourRange::new(month("2016-01"), month("2018-01")).expect("two years"),
            n_pairs: 10,
            seed: bench_fixtures::market::DEFAULT_SEED,
            window: Some(Parameters::default().window),
        }
    }

    /// The same market with a strategy that buys once and then does nothing.
    #[must_use]
    pub const fn doing_nothing(self) -> Self {
        Self {
            window: None,
            ..self
        }
    }
}
