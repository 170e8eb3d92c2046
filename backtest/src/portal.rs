//! Where the engine asks what a held position is worth.
//!
//! The engine marks every held position at every tick through this trait. The
//! fast answer is [`MemoryPortal`]; the case study answers through an exchange's
//! bundle on disk instead, with the same prices and another cost.

use crate::Result;
use crate::instrument::PairId;
use crate::market::Market;
use crate::money::Price;
use crate::time::Timestamp;

/// A source of the last known price of a pair.
pub trait DataPortal {
    /// The close of the pair's bar that opened at `bar_open`, the last bar closed
    /// at the current tick.
    ///
    /// # Errors
    /// When the price cannot be had; the run stops with this error.
    fn spot_price(&mut self, pair: PairId, bar_open: Timestamp) -> Result<Price>;

    /// The market that all answers come from, where it is in memory.
    ///
    /// The engine then reads it itself while a strategy sleeps; a portal that has
    /// none is asked for every held pair at every tick.
    fn market(&self) -> Option<&Market> {
        None
    }
}

/// Answers from the market's columns in memory.
#[derive(Clone, Copy, Debug)]
pub struct MemoryPortal<'a> {
    market: &'a Market,
}

impl<'a> MemoryPortal<'a> {
    /// A portal on `market`.
    pub const fn new(market: &'a Market) -> Self {
        Self { market }
    }
}

impl DataPortal for MemoryPortal<'_> {
    #[inline]
    fn spot_price(&mut self, pair: PairId, bar_open: Timestamp) -> Result<Price> {
        let bars = self.market.bars(pair);
        let bar_idx = bars
            .index_of(bar_open)
            .expect("the engine stays within the range that the market was checked for");
        Ok(bars.closes()[bar_idx])
    }

    fn market(&self) -> Option<&Market> {
        Some(self.market)
    }
}
