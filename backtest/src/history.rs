//! What is known at a tick: views on the market that end there.
//!
//! Look-ahead is impossible by construction. [`History`] is cut at the current
//! tick before a strategy gets it, and nothing that a strategy is given leads back
//! to the market beyond.

use std::cmp::Ordering;

use crate::bar::{Bar, BarSeries};
use crate::bar_size::BarSize;
use crate::instrument::PairId;
use crate::market::Market;
use crate::money::Price;
use crate::time::{HourRange, Timestamp};

/// Consecutive bars of one pair, oldest first; to a strategy, the last one has just
/// closed.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    bars: &'a BarSeries,
    start: usize,
    end: usize,
}

impl<'a> History<'a> {
    /// The pair's bars of a range that the market has all of.
    pub(crate) fn of(market: &'a Market, pair: PairId, range: HourRange) -> Self {
        let bars = market.bars(pair);
        let start = bars.index_of(range.start());
        let start = start.expect("the market was checked for the range");
        Self {
            bars,
            start,
            end: start + range.n_hours(),
        }
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

/// One hour of the market, and what came before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hour<'a> {
    market: &'a Market,
    /// Each pair's bar at the first tick: series may begin at different times.
    first_bars: &'a [usize],
    tick: usize,
    open_time: Timestamp,
}

impl<'a> Hour<'a> {
    /// The hour at `tick` of a range that begins at `start` and at `first_bars`.
    #[inline]
    pub(crate) fn new(
        market: &'a Market,
        first_bars: &'a [usize],
        start: Timestamp,
        tick: usize,
    ) -> Self {
        let n_hours = i64::try_from(tick).expect("a range has fewer than i64::MAX hours");
        Self {
            market,
            first_bars,
            tick,
            open_time: start.plus_hours(n_hours),
        }
    }

    /// The bar of each pair at `start`, for [`Hour::new`].
    ///
    /// The market must have bars at `start`; [`Market::require`] checks it.
    pub(crate) fn first_bars(market: &Market, start: Timestamp) -> Vec<usize> {
        let first_bar = |pair| market.bars(pair).index_of(start);
        let first_bars = market.pairs().map(first_bar).collect::<Option<_>>();
        first_bars.expect("the market was checked for the range")
    }

    /// When the hour begins.
    #[inline]
    pub(crate) const fn open_time(&self) -> Timestamp {
        self.open_time
    }

    /// When the hour ends, which is when its bar is known.
    #[inline]
    pub(crate) const fn close_time(&self) -> Timestamp {
        self.open_time.plus_hours(1)
    }

    /// The market's pairs.
    #[inline]
    pub(crate) fn pairs(&self) -> impl ExactSizeIterator<Item = PairId> + use<> {
        self.market.pairs()
    }

    /// The first price of the pair's bar, be it traded or carried from before.
    #[inline]
    pub(crate) fn first_price(&self, pair: PairId) -> Price {
        let (bars, bar_idx) = self.bar(pair);
        bars.opens()[bar_idx]
    }

    /// The pair's last price of the hour.
    #[inline]
    pub(crate) fn close(&self, pair: PairId) -> Price {
        let (bars, bar_idx) = self.bar(pair);
        bars.closes()[bar_idx]
    }

    /// What a coin is worth in the account's currency at the first prices of the hour.
    #[inline]
    pub(crate) fn first_value(&self, pair: PairId) -> Price {
        self.value_at_first(pair, self.first_price(pair))
    }

    /// What a coin is worth in the account's currency at the last prices of the hour.
    #[inline]
    pub(crate) fn close_value(&self, pair: PairId) -> Price {
        self.value_at_close(pair, self.close(pair))
    }

    /// A price of the pair in the account's currency, at the first rate of the hour.
    #[inline]
    pub(crate) fn value_at_first(&self, pair: PairId, price: Price) -> Price {
        match self.market.rate_pair(pair) {
            Some(rate) => price.exchanged(self.first_price(rate)),
            None => price,
        }
    }

    /// A price of the pair in the account's currency, at the last rate of the hour.
    #[inline]
    pub(crate) fn value_at_close(&self, pair: PairId, price: Price) -> Price {
        match self.market.rate_pair(pair) {
            Some(rate) => price.exchanged(self.close(rate)),
            None => price,
        }
    }

    /// The pair's bar of this hour, or `None` when the hour is absent from the
    /// source and nothing can have been traded.
    #[inline]
    pub(crate) fn traded(&self, pair: PairId) -> Option<Bar> {
        let (bars, bar_idx) = self.bar(pair);
        (!bars.filled()[bar_idx]).then(|| bars.bar(bar_idx))
    }

    /// The pair's last `at_most` bars before this hour's.
    pub(crate) fn before(&self, pair: PairId, at_most: usize) -> History<'a> {
        let (bars, end) = self.bar(pair);
        History {
            bars,
            start: end.saturating_sub(at_most),
            end,
        }
    }

    /// The sum of the pair's last `n_bars` closes in [`Price`] units, exactly, or
    /// `None` until there are so many.
    #[inline]
    pub(crate) fn sum_of_closes(&self, pair: PairId, n_bars: usize) -> Option<i128> {
        let (bars, bar_idx) = self.bar(pair);
        let start = (bar_idx + 1).checked_sub(n_bars)?;
        let sums = bars.close_sums();
        Some(sums[bar_idx + 1] - sums[start])
    }

    /// The pair's last `n_bars` completed bars of a size, or `None` until there are so
    /// many.
    pub(crate) fn completed(&self, pair: PairId, size: BarSize, n_bars: usize) -> Option<Vec<Bar>> {
        let (bars, bar_idx) = self.bar(pair);
        size.completed(bars, bar_idx + 1, n_bars)
    }

    /// How the mean of the pair's last `fast` closes stands to that of the last `slow`
    /// ones, exactly, or `None` until there are so many.
    #[inline]
    pub(crate) fn compare_averages(
        &self,
        pair: PairId,
        fast: usize,
        slow: usize,
    ) -> Option<Ordering> {
        let (bars, bar_idx) = self.bar(pair);
        bars.known_sums().compare_averages(bar_idx, fast, slow)
    }

    /// The last `at_most` bars of the pair, or all when there are fewer.
    pub(crate) fn recent(&self, pair: PairId, at_most: usize) -> History<'a> {
        let (bars, bar_idx) = self.bar(pair);
        let end = bar_idx + 1;
        History {
            bars,
            start: end.saturating_sub(at_most),
            end,
        }
    }

    #[inline]
    fn bar(&self, pair: PairId) -> (&'a BarSeries, usize) {
        let bar_idx = self.first_bars[pair.index()] + self.tick;
        (self.market.bars(pair), bar_idx)
    }
}
