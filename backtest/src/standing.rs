//! How two averages of a pair stand to each other, looked up some hours ahead.
//!
//! A strategy that compares the same averages of many pairs at every tick reads sums
//! that lie far apart, and waits for memory most of the time. Once it has asked twice in
//! a row, the answers for the hours to come are looked up together. It gets each at its
//! own tick, and what nobody asks for is at most as much as has been asked for.

use std::cell::Cell;
use std::cmp::Ordering;
use std::ops::Range;

use crate::close_sums::CloseSums;

/// How many bars are looked up at once in the end.
const MOST_AHEAD: usize = 256;

/// The comparison of a pair's averages that was looked up last.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    fast: Cell<usize>,
    slow: Cell<usize>,
    order: Cell<Ordering>,
    /// The first tick at which it is not known any more.
    end: Cell<usize>,
    /// How many bars were looked up.
    n_bars: Cell<usize>,
}

impl Standing {
    /// Nothing has been looked up.
    pub(crate) const fn new() -> Self {
        Self {
            fast: Cell::new(0),
            slow: Cell::new(0),
            order: Cell::new(Ordering::Equal),
            end: Cell::new(0),
            n_bars: Cell::new(0),
        }
    }

    /// How the mean of the `fast` closes up to a tick stands to that of the `slow` ones,
    /// if that has been looked up. Ticks never go back.
    #[inline]
    pub(crate) fn known(&self, tick: usize, fast: usize, slow: usize) -> Option<Ordering> {
        let is_known = tick < self.end.get() && self.is_of(fast, slow);
        is_known.then(|| self.order.get())
    }

    /// Looks it up at a tick, which is the first of these bars, and from then on for
    /// twice as many bars as the last time if all of these were asked for. `None` until
    /// there are so many closes.
    pub(crate) fn look_up(
        &self,
        sums: &CloseSums,
        bars: Range<usize>,
        tick: usize,
        fast: usize,
        slow: usize,
    ) -> Option<Ordering> {
        let order = sums.compare_averages(bars.start, fast, slow)?;
        let goes_on = tick == self.end.get() && self.is_of(fast, slow);
        let (mut n_bars, mut n_known) = (1, 1);
        if goes_on {
            n_bars = (2 * self.n_bars.get()).min(MOST_AHEAD);
            let ahead = bars.start + 1..bars.end.min(bars.start + n_bars);
            let change = sums.first_change(ahead.clone(), (fast, slow), order);
            n_known = change.unwrap_or(ahead.end) - bars.start;
        }
        self.fast.set(fast);
        self.slow.set(slow);
        self.order.set(order);
        self.end.set(tick + n_known);
        self.n_bars.set(n_bars);
        Some(order)
    }

    fn is_of(&self, fast: usize, slow: usize) -> bool {
        self.fast.get() == fast && self.slow.get() == slow
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Price;

    proptest! {
        #[test]
        fn what_is_looked_up_ahead_is_what_is_found_at_the_tick(
            // So few prices that averages often tie.
            units in prop::collection::vec(1..4_i64, 1..400),
            first_bar in 0..50_usize,
            // Mostly hour after hour, now and then later, and seldom of other averages.
            steps in prop::collection::vec((prop_oneof![9 => Just(1), 1 => 2..9_usize], 0..20), 400),
        ) {
            let closes: Vec<_> = units.iter().copied().map(Price::from_units).collect();
            let sums = CloseSums::new(&closes);
            let standing = Standing::new();
            let mut tick = 0;
            for (step, choice) in steps {
                let bar = first_bar + tick;
                if bar >= closes.len() {
                    break;
                }
                let (fast, slow) = if choice == 0 { (1, 4) } else { (2, 5) };
                let known = standing.known(tick, fast, slow);
                let found = known.or_else(|| {
                    standing.look_up(&sums, bar..closes.len(), tick, fast, slow)
                });
                prop_assert_eq!(found, sums.compare_averages(bar, fast, slow));
                tick += step;
            }
        }
    }
}
