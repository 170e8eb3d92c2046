//! What the two strategies of moving averages ask for, from their definitions.

use std::cmp::Ordering;

use backtest::Sizing;

use crate::engine::Naive;
use crate::support::Action;

/// Two averages of closes, of so many hours each.
#[derive(Clone, Copy)]
pub struct Averages {
    pub fast: usize,
    pub slow: usize,
}

impl Averages {
    /// Buys above and sells below.
    pub fn cross(self, naive: &Naive<'_>, pair: usize, tick: usize) -> Option<Action> {
        let order = self.compared(naive, pair, naive.scenario.n_warm_up + tick)?;
        let waiting = naive.open.iter().filter(|o| o.action.pair() == pair);
        let close = naive.price(pair, tick, |row| row.close);
        let waiting: i128 = waiting
            .map(|o| naive.size(o, close, naive.equity_at(tick)))
            .sum();
        let will_hold = naive.held(pair) + waiting;
        if order == Ordering::Greater && will_hold == 0 {
            let allocation = match naive.rules.1 {
                Sizing::OnFill => 1.0,
                Sizing::OnDecision => 0.99,
            };
            let n_pairs = naive.scenario.pairs.len();
            return Some(Action::Weight(pair, allocation / n_pairs as f64));
        }
        (order == Ordering::Less && will_hold != 0).then_some(Action::Target(pair, 0))
    }

    /// Holds a share of the equity above, which may drift by so many thousandths.
    pub fn weigh(self, naive: &Naive<'_>, pair: usize, tick: usize, drift: i128) -> Option<Action> {
        let now = naive.scenario.n_warm_up + tick;
        let is_rising = |now| self.compared(naive, pair, now) == Some(Ordering::Greater);
        // The first tick has nothing to cross from.
        let has_crossed = is_rising(now) != (tick > 0 && is_rising(now - 1));
        let weight = if is_rising(now) {
            0.98 / naive.scenario.pairs.len() as f64
        } else {
            0.0
        };
        #[expect(clippy::cast_possible_truncation, reason = "weights are below 1")]
        let ratio = (weight * 1e12).round() as i128;
        // Shares of the equity are rounded down, as money always is.
        let equity = naive.equity_at(tick);
        let wanted = (equity * ratio).div_euclid(10_i128.pow(12));
        let value = naive.held(pair) * naive.price(pair, tick, |row| row.close);
        (has_crossed || (value - wanted).abs() > (equity * drift).div_euclid(1_000))
            .then_some(Action::Weight(pair, weight))
    }

    /// How the fast average of a pair stands to the slow one, once there are both.
    fn compared(self, naive: &Naive<'_>, pair: usize, now: usize) -> Option<Ordering> {
        let rows = &naive.scenario.pairs[pair];
        if now + 1 < self.slow {
            return None;
        }
        // Sums over whole cents times the other window: averages without a division.
        let sum = |n: usize| {
            rows[now + 1 - n..=now]
                .iter()
                .map(|row| i128::from(row.close))
                .sum::<i128>()
        };
        let (fast, slow) = (sum(self.fast), sum(self.slow));
        Some((fast * self.slow as i128).cmp(&(slow * self.fast as i128)))
    }
}
