//! The hours of a run, one by one: what can be known in each of them.

use std::cmp::Ordering;
use std::ops::Range;

use crate::Result;
use crate::bar::{Bar, BarSeries};
use crate::bar_size::BarSize;
use crate::history::History;
use crate::instrument::PairId;
use crate::market::Market;
use crate::money::Price;
use crate::standing::Standing;
use crate::time::{HourRange, Timestamp};

/// All hours of a run.
#[derive(Debug)]
pub(crate) struct Hours<'a> {
    pub(crate) market: &'a Market,
    start: Timestamp,
    pub(crate) n_ticks: usize,
    /// Each pair's bar at the first tick: series may begin at different times.
    first_bars: Vec<usize>,
    /// How the averages of each pair stand that were compared last.
    standings: Vec<Standing>,
}

impl<'a> Hours<'a> {
    /// The hours of a range.
    ///
    /// # Errors
    /// When the market does not have all of it.
    pub(crate) fn new(market: &'a Market, range: HourRange) -> Result<Self> {
        market.require(range)?;
        let first_bar = |pair| market.bars(pair).index_of(range.start());
        let first_bars = market.pairs().map(first_bar).collect::<Option<_>>();
        Ok(Self {
            market,
            start: range.start(),
            n_ticks: range.n_hours(),
            first_bars: first_bars.expect("the market was just checked for the range"),
            standings: vec![Standing::new(); market.n_pairs()],
        })
    }

    /// The hour of a tick.
    #[inline]
    pub(crate) fn at(&self, tick: usize) -> Hour<'_> {
        let n_hours = i64::try_from(tick).expect("a range has fewer than i64::MAX hours");
        Hour {
            run: self,
            tick,
            open_time: self.start.plus_hours(n_hours),
        }
    }

    /// The pair's bars from a tick on.
    pub(crate) fn bars_from(&self, pair: PairId, tick: usize) -> Range<usize> {
        let first_bar = self.first_bars[pair.index()];
        first_bar + tick..first_bar + self.n_ticks
    }
}

/// One hour of the market, and what came before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hour<'a> {
    run: &'a Hours<'a>,
    tick: usize,
    open_time: Timestamp,
}

impl<'a> Hour<'a> {
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
        self.run.market.pairs()
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
        match self.run.market.rate_pair(pair) {
            Some(rate) => price.exchanged(self.first_price(rate)),
            None => price,
        }
    }

    /// A price of the pair in the account's currency, at the last rate of the hour.
    #[inline]
    pub(crate) fn value_at_close(&self, pair: PairId, price: Price) -> Price {
        match self.run.market.rate_pair(pair) {
            Some(rate) => price.exchanged(self.close(rate)),
            None => price,
        }
    }

    /// The pair's bar of this hour, or `None` when the hour is absent from the
    /// source and nothing can have been traded.
    #[inline]
    pub(crate) fn traded(&self, pair: PairId) -> Option<Traded<'a>> {
        let (bars, bar_idx) = self.bar(pair);
        (!bars.filled()[bar_idx]).then_some(Traded {
            bars,
            bar_idx,
            first: None,
        })
    }

    /// The pair's last `at_most` bars before this hour's.
    pub(crate) fn before(&self, pair: PairId, at_most: usize) -> History<'a> {
        let (bars, end) = self.bar(pair);
        History::new(bars, end.saturating_sub(at_most)..end)
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
        let known = self.run.standings[pair.index()].known(self.tick, fast, slow);
        known.or_else(|| self.look_up_averages(pair, fast, slow))
    }

    /// The same where nothing is known yet; apart, so that what is known costs little.
    #[inline(never)]
    fn look_up_averages(&self, pair: PairId, fast: usize, slow: usize) -> Option<Ordering> {
        let sums = self.run.market.bars(pair).known_sums();
        let bars = self.run.bars_from(pair, self.tick);
        self.run.standings[pair.index()].look_up(sums, bars, self.tick, fast, slow)
    }

    /// The last `at_most` bars of the pair, or all when there are fewer.
    pub(crate) fn recent(&self, pair: PairId, at_most: usize) -> History<'a> {
        let (bars, bar_idx) = self.bar(pair);
        let end = bar_idx + 1;
        History::new(bars, end.saturating_sub(at_most)..end)
    }

    #[inline]
    fn bar(&self, pair: PairId) -> (&'a BarSeries, usize) {
        let bar_idx = self.run.first_bars[pair.index()] + self.tick;
        (self.run.market.bars(pair), bar_idx)
    }
}

/// A bar in which something was traded, each column of it read when it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traded<'a> {
    bars: &'a BarSeries,
    bar_idx: usize,
    /// The price that it begins with instead of its own.
    first: Option<Price>,
}

impl Traded<'_> {
    /// The same bar from this price on, if there is one.
    pub(crate) const fn from(self, first: Option<Price>) -> Self {
        Self { first, ..self }
    }

    #[inline]
    pub(crate) fn open(&self) -> Price {
        let open = || self.bars.opens()[self.bar_idx];
        self.first.unwrap_or_else(open)
    }

    pub(crate) fn high(&self) -> Price {
        self.bars.highs()[self.bar_idx]
    }

    pub(crate) fn low(&self) -> Price {
        self.bars.lows()[self.bar_idx]
    }

    pub(crate) fn close(&self) -> Price {
        self.bars.closes()[self.bar_idx]
    }

    pub(crate) fn volume(&self) -> f64 {
        self.bars.volumes()[self.bar_idx]
    }
}
