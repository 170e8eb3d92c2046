//! A strategy's sleep: until when it certainly has nothing to do.
//!
//! A strategy names the crossings that it waits for, and never learns when they
//! come: it is called again when one has. The engine alone looks ahead.

use crate::hour::Hours;
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
    hours: &'a Hours<'a>,
    wish: Wish,
    /// For each pair, what was waited for last, and the tick at which it comes.
    known: Vec<Option<(Crossing, usize)>>,
}

impl<'a> Sleep<'a> {
    /// No sleep yet in a run of these hours.
    pub(crate) fn new(hours: &'a Hours<'a>) -> Self {
        Self {
            hours,
            wish: Wish::default(),
            known: vec![None; hours.market.n_pairs()],
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
        let mut end = self.hours.n_ticks;
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
        let Crossing {
            pair,
            fast,
            slow,
            above,
        } = crossing;
        let bars = self.hours.bars_from(pair, next);
        let sums = self.hours.market.bars(pair).known_sums();
        let found = sums.first_crossing(bars.clone(), (fast, slow), above);
        let at = next + found.unwrap_or(bars.end) - bars.start;
        self.known[place] = Some((crossing, at));
        at
    }
}
