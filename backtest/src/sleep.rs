//! A strategy's sleep: until when it certainly has nothing to do.
//!
//! A strategy names the crossings that it waits for, and never learns when they
//! come: it is called again when one has. The engine alone looks ahead.

use crate::market::Market;
use crate::strategy::Crossing;

/// What a strategy has said at a tick of the ticks to come.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    /// Whether it may be left alone until one of the crossings comes.
    sleeps: bool,
    /// The crossings that it waits for.
    until: Vec<Crossing>,
}

impl Wish {
    /// To sleep through everything.
    pub(crate) fn sleep(&mut self) {
        self.sleeps = true;
    }

    /// To be woken by a crossing, at the latest.
    #[inline]
    pub(crate) fn sleep_until(&mut self, crossing: Crossing) {
        self.sleeps = true;
        self.until.push(crossing);
    }
}

/// When the crossings that a strategy waits for come.
#[derive(Debug)]
pub(crate) struct Sleep<'a> {
    market: &'a Market,
    first_bars: &'a [usize],
    n_ticks: usize,
    wish: Wish,
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
            wish: Wish::default(),
            known: vec![None; market.n_pairs()],
        }
    }

    /// Wakes the strategy: what it wished before counts no more.
    #[inline]
    pub(crate) fn wake(&mut self) -> &mut Wish {
        self.wish.sleeps = false;
        self.wish.until.clear();
        &mut self.wish
    }

    /// How many ticks the strategy sleeps through from `next` on.
    pub(crate) fn n_ticks_from(&mut self, next: usize) -> usize {
        if !self.wish.sleeps {
            return 0;
        }
        let mut end = self.n_ticks;
        for idx in 0..self.wish.until.len() {
            end = end.min(self.comes_at(self.wish.until[idx], next));
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
