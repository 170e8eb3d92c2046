//! A history: a view on the bars of a pair that ends somewhere.
//!
//! Look-ahead is impossible by construction. A history is cut at the current tick
//! before a strategy gets it, and nothing that a strategy is given leads back to the
//! market beyond.

use std::ops::Range;

use crate::bar::BarSeries;
use crate::instrument::PairId;
use crate::market::Market;
use crate::money::Price;
use crate::time::HourRange;

/// Consecutive bars of one pair, oldest first; to a strategy, the last one has just
/// closed.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    bars: &'a BarSeries,
    start: usize,
    end: usize,
}

impl<'a> History<'a> {
    /// These of a pair's bars.
    pub(crate) fn new(bars: &'a BarSeries, within: Range<usize>) -> Self {
        Self {
            bars,
            start: within.start,
            end: within.end,
        }
    }

    /// The pair's bars of a range that the market has all of.
    pub(crate) fn of(market: &'a Market, pair: PairId, range: HourRange) -> Self {
        let bars = market.bars(pair);
        let start = bars.index_of(range.start());
        let start = start.expect("the market was checked for the range");
        Self::new(bars, start..start + range.n_hours())
    }

    /// How many bars there are.
    pub const fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether there is no bar.
    pub const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Opening prices.
    pub fn opens(&self) -> &'a [Price] {
        &self.bars.opens()[self.start..self.end]
    }

    /// Highest prices.
    pub fn highs(&self) -> &'a [Price] {
        &self.bars.highs()[self.start..self.end]
    }

    /// Lowest prices.
    pub fn lows(&self) -> &'a [Price] {
        &self.bars.lows()[self.start..self.end]
    }

    /// Closing prices.
    pub fn closes(&self) -> &'a [Price] {
        &self.bars.closes()[self.start..self.end]
    }

    /// Volumes in the base currency.
    pub fn volumes(&self) -> &'a [f64] {
        &self.bars.volumes()[self.start..self.end]
    }

    /// Which bars stand for absent hours.
    pub fn filled(&self) -> &'a [bool] {
        &self.bars.filled()[self.start..self.end]
    }
}
