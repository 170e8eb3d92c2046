//! A crossing of averages: what a strategy that watches two of them waits for.

use crate::instrument::PairId;

/// That a pair's fast average of closes stands strictly above the slow one, or below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// Whose averages.
    pub pair: PairId,
    /// How many hours the fast average has, at least one.
    pub fast: usize,
    /// How many hours the slow average has, at least one.
    pub slow: usize,
    /// Whether the fast average has to be above the slow one, or else below.
    pub above: bool,
}
