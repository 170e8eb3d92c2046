//! The portfolio: cash, and a position in every pair of the market.
//!
//! Only fills move money between the two and only commissions take it away, so
//! `equity = cash + value of the positions` holds to the last digit at any moment.

use crate::Result;
use crate::account::Margin;
use crate::fill::Fill;
use crate::hour::Hour;
use crate::instrument::PairId;
use crate::ledger::Ledger;
use crate::market::Market;
use crate::money::{Cash, Price, Quantity};
use crate::portal::DataPortal;
use crate::position::{Position, countable, is_certainly_countable, worth};
use crate::time::Timestamp;

/// Cash plus all positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portfolio {
    cash: Cash,
    positions: Vec<Position>,
}

impl Portfolio {
    /// A portfolio of cash alone, in a market of `n_pairs`.
    pub fn new(cash: Cash, n_pairs: usize) -> Self {
        Self {
            cash,
            positions: vec![Position::default(); n_pairs],
        }
    }

    /// The money that is not invested; negative only on margin.
    #[inline]
    pub const fn cash(&self) -> Cash {
        self.cash
    }

    /// The position in a pair, flat when nothing is held.
    #[inline]
    pub fn position(&self, pair: PairId) -> Position {
        self.positions[pair.index()]
    }

    /// How much of a pair is held.
    #[inline]
    pub fn quantity(&self, pair: PairId) -> Quantity {
        self.positions[pair.index()].quantity
    }

    /// Every pair's position in the market's order, flat ones included.
    #[inline]
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// The positions that are not flat, in the market's order.
    #[inline]
    pub(crate) fn held(&self) -> impl Iterator<Item = (PairId, &Position)> {
        let positions = self.positions.iter().enumerate();
        let held = positions.filter(|(_, position)| !position.is_flat());
        held.map(|(idx, position)| (PairId(idx), position))
    }

    /// Cash plus the value of all positions at their last prices, exactly.
    #[inline]
    pub fn equity(&self) -> Cash {
        self.cash + self.positions.iter().map(Position::value).sum()
    }

    /// The equity if the pair's price were this.
    pub(crate) fn equity_at(&self, pair: PairId, price: Price) -> Cash {
        let position = self.position(pair);
        self.equity() - position.value() + price * position.quantity
    }

    /// The value of all positions, short ones counted like long ones.
    pub fn exposure(&self) -> Cash {
        self.positions.iter().map(|p| p.value().abs()).sum()
    }

    /// The exposure in all pairs but one.
    pub(crate) fn exposure_without(&self, pair: PairId) -> Cash {
        self.exposure() - self.position(pair).value().abs()
    }

    /// Pays for what has been borrowed for an hour, and returns how much that is.
    pub(crate) fn pay_for_borrowing(&mut self, margin: &Margin) -> Cash {
        let values = self.positions.iter().map(|p| -p.value());
        let short = values.filter(|value| *value > Cash::ZERO).sum();
        let debt = (-self.cash).max(Cash::ZERO);
        let cost = margin.hourly_cost(short, debt);
        self.cash -= cost;
        cost
    }

    /// Asks the portal for the last price of every held position, in pair order, and
    /// returns the equity at these prices.
    ///
    /// # Errors
    /// When the portal has no answer, or the equity cannot be counted exactly.
    #[inline]
    pub(crate) fn mark<P: DataPortal + ?Sized>(
        &mut self,
        portal: &mut P,
        hour: &Hour<'_>,
    ) -> Result<Cash> {
        let bar_open = hour.open_time();
        let mut equity = self.cash;
        for (idx, position) in self.positions.iter_mut().enumerate() {
            if !position.is_flat() {
                let price = portal.spot_price(PairId(idx), bar_open)?;
                position.price = hour.value_at_close(PairId(idx), price);
                equity += worth(position.price, position.quantity, bar_open)?;
            }
        }
        countable(equity, bar_open)
    }

    /// Marks what is held at the closes of `n_hours` from `start` on, all at once, as
    /// nothing is traded in them. `false` when that has to be done hour by hour after
    /// all, because an equity may be too large to be counted, or a price has to be
    /// exchanged.
    pub(crate) fn pass(
        &mut self,
        n_hours: usize,
        start: Timestamp,
        prices: &Market,
        ledger: &mut impl Ledger,
    ) -> bool {
        let closes = |pair| {
            let bars = prices.bars(pair);
            let first = bars.index_of(start).expect("checked for the range");
            &bars.closes()[first..first + n_hours]
        };
        let is_exchanged = |(pair, _)| prices.rate_pair(pair).is_some();
        if self.held().any(is_exchanged) {
            return false;
        }
        let values = self.held().map(|(pair, position)| {
            let quantity = position.quantity.as_units().unsigned_abs();
            quantity.checked_mul(u128::from(prices.bars(pair).known_sums().largest()))
        });
        let cash = self.cash.as_units().unsigned_abs();
        if !is_certainly_countable(values.chain([Some(cash)])) {
            return false;
        }
        ledger.quiet_hours(self, n_hours, closes);
        for (idx, position) in self.positions.iter_mut().enumerate() {
            if !position.is_flat() {
                position.price = closes(PairId(idx))[n_hours - 1];
            }
        }
        true
    }

    /// Marks the pair's position at a price.
    #[inline]
    pub(crate) fn set_price(&mut self, pair: PairId, price: Price) {
        self.positions[pair.index()].price = price;
    }

    /// Takes over what a fill changed.
    pub(crate) fn apply(&mut self, fill: &Fill) {
        let position = &mut self.positions[fill.pair.index()];
        position.quantity += fill.quantity;
        position.price = fill.settled;
        self.cash += fill.cash_flow();
    }
}
