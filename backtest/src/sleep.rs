//! A strategy's sleep: until when it certainly has nothing to do.
//!
//! A strategy names the crossings that it waits for, and never learns when they
//! come: it is called again when one has. The engine alone looks ahead.

use std::ops::Range;

use crate::bar::BarSeries;
use crate::market::Market;
use crate::strategy::Crossing;

/// When the crossings that a strategy waits for come.
#[derive(Debug)]
pub(crate) struct Sleep<'a> {
    market: &'a Market,
    first_bars: &'a [usize],
    n_ticks: usize,
    /// The crossings that the strategy waits for after the tick; none to be called at
    /// the next one.
    pub(crate) until: Vec<Crossing>,
    /// For each pair, what was waited for last, and the tick at which it comes.
    known: Vec<Option<(Crossing, usize)>>,
}

impl<'a> Sleep<'a> {
    /// No sleep yet in a run of so many ticks.
    pub(crate) fn new(market: &'a Market, first_bars: &'a [usize], n_ticks: usize) -> Self {
        Self {
            market,
            first_bars,
            n_ticks,
            until: Vec::new(),
            known: vec![None; market.n_pairs()],
        }
    }

    /// How many ticks pass from `next` on before the first of the crossings comes.
    pub(crate) fn n_ticks_from(&mut self, next: usize) -> usize {
        if self.until.is_empty() {
            return 0;
        }
        let mut end = self.n_ticks;
        for idx in 0..self.until.len() {
            end = end.min(self.comes_at(self.until[idx], next));
        }
        end - next
    }

    /// The first tick from `next` on at which a crossing holds. It is looked for once,
    /// however often a strategy says that it still waits.
    fn comes_at(&mut self, crossing: Crossing, next: usize) -> usize {
        let place = crossing.pair.index();
        if let Some((known, at)) = self.known[place]
            && known == crossing
            && at >= next
        {
            return at;
        }
        let first_bar = self.first_bars[place];
        let bars = first_bar + next..first_bar + self.n_ticks;
        let found = first_crossing(self.market.bars(crossing.pair), crossing, bars);
        let at = found.map_or(self.n_ticks, |bar_idx| bar_idx - first_bar);
        self.known[place] = Some((crossing, at));
        at
    }
}

/// The first of some bars at which a crossing holds.
///
/// Most of the time of a sweep for values is in here, and as a function of its own it
/// has all registers.
#[inline(never)]
fn first_crossing(bars: &BarSeries, crossing: Crossing, within: Range<usize>) -> Option<usize> {
    let Crossing {
        fast, slow, above, ..
    } = crossing;
    // Before there is a whole window of each, there is nothing to compare.
    let first = within.start.max(fast.max(slow).checked_sub(1)?);
    let n_bars = within.end.checked_sub(first)?;
    let sums = bars.close_sums();
    let sums_to = |bar_idx: usize| &sums[bar_idx..][..n_bars];
    let all = sums_to(first + 1);
    let (before_fast, before_slow) = (sums_to(first + 1 - fast), sums_to(first + 1 - slow));
    // The averages stand to each other as each sum times the other's number of bars.
    let sign = if above { 1 } else { -1 };
    let factors = (sign * slow as i128, sign * fast as i128);
    let found = if bars.fits_64_bits(fast, slow) {
        #[expect(clippy::cast_possible_truncation, reason = "the products fit")]
        let factors = (factors.0 as i64, factors.1 as i64);
        // The sums themselves may wrap around: their differences are right all the same.
        #[expect(clippy::cast_possible_truncation, reason = "the differences fit")]
        let difference = |of: i128, and: i128| (of as i64).wrapping_sub(and as i64);
        (0..n_bars).find(|idx| {
            let fast = difference(all[*idx], before_fast[*idx]);
            let slow = difference(all[*idx], before_slow[*idx]);
            fast * factors.0 > slow * factors.1
        })
    } else {
        (0..n_bars).find(|idx| {
            let (fast, slow) = (all[*idx] - before_fast[*idx], all[*idx] - before_slow[*idx]);
            fast * factors.0 > slow * factors.1
        })
    };
    found.map(|idx| first + idx)
}
