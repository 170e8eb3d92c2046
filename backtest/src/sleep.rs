//! A strategy's sleep: until when it certainly has nothing to do.
//!
//! A strategy names the crossings that it waits for, and never learns when they
//! come: it is called again when one has. The engine alone looks ahead.

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
        let Crossing {
            pair,
            fast,
            slow,
            above,
        } = crossing;
        let sums = self.market.bars(pair).known_sums();
        let found = sums.first_crossing(bars, (fast, slow), above);
        let at = found.map_or(self.n_ticks, |bar_idx| bar_idx - first_bar);
        self.known[place] = Some((crossing, at));
        at
    }
}
