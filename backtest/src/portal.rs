//! Where the engine asks what a held position is worth.
//!
//! The engine marks every held position at every tick through this trait. The
//! fast answer is [`MemoryPortal`]; the case study answers through an exchange's
//! bundle on disk instead, with the same prices and another cost.

use crate::Result;
use crate::bar::BarSeries;
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
///
/// Columns of many pairs lie so that the prices of one hour push each other out of the
/// processor's cache. Of a pair that is asked for hour by hour, the portal therefore reads
/// some hours ahead, and answers from what it has read.
#[derive(Clone, Debug)]
pub struct MemoryPortal<'a> {
    market: &'a Market,
    /// What has been read of each pair.
    read: Vec<Stretch>,
}

/// How many hours are read at once.
const N_AHEAD: usize = 64;

/// Closes of consecutive hours, told one after the other.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    closes: [Price; N_AHEAD],
    n_hours: usize,
    n_told: usize,
    /// The hour after the one that was told last.
    next: Timestamp,
}

impl Stretch {
    const NOTHING: Self = Self {
        closes: [Price::from_units(0); N_AHEAD],
        n_hours: 0,
        n_told: 0,
        next: Timestamp::from_seconds(0),
    };

    /// The close of the next hour, if it is the one that is asked for and has been read.
    #[inline]
    fn tell(&mut self, bar_open: Timestamp) -> Option<Price> {
        if bar_open != self.next {
            return None;
        }
        let close = *self.closes[..self.n_hours].get(self.n_told)?;
        self.n_told += 1;
        self.next = bar_open.plus_hours(1);
        Some(close)
    }

    /// Reads the close of an hour, and of those after it when the hour goes on where the
    /// stretch ends.
    #[inline(never)]
    fn read(&mut self, bars: &BarSeries, bar_open: Timestamp) -> Price {
        let bar_idx = bars
            .index_of(bar_open)
            .expect("the engine stays within the range that the market was checked for");
        let at_most = if bar_open == self.next { N_AHEAD } else { 1 };
        let ahead = &bars.closes()[bar_idx..];
        self.n_hours = ahead.len().min(at_most);
        self.closes[..self.n_hours].copy_from_slice(&ahead[..self.n_hours]);
        self.n_told = 1;
        self.next = bar_open.plus_hours(1);
        self.closes[0]
    }
}

impl<'a> MemoryPortal<'a> {
    /// A portal on `market`.
    pub fn new(market: &'a Market) -> Self {
        Self {
            market,
            read: vec![Stretch::NOTHING; market.n_pairs()],
        }
    }
}

impl DataPortal for MemoryPortal<'_> {
    #[inline]
    fn spot_price(&mut self, pair: PairId, bar_open: Timestamp) -> Result<Price> {
        let stretch = &mut self.read[pair.index()];
        let known = stretch.tell(bar_open);
        Ok(known.unwrap_or_else(|| stretch.read(self.market.bars(pair), bar_open)))
    }

    fn market(&self) -> Option<&Market> {
        Some(self.market)
    }
}
