//! The order book of one account: orders that have been placed and not yet ended.
//!
//! Every order ends in exactly one of four ways, and each way is counted: filled,
//! rejected, superseded by a later target for its pair, or unfilled when the run
//! is over.

use crate::instrument::PairId;
use crate::money::Quantity;
use crate::order::{Order, OrderId};
use crate::time::Timestamp;

/// More than anybody orders, about 1e18 coins; sums of such orders cannot overflow.
const MAX_UNITS: u128 = 1 << 100;

/// Open orders in the order in which they were placed.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderBook {
    /// Orders that wait for an open.
    pub(crate) open: Vec<Order>,
    /// Orders placed so far.
    pub(crate) n_orders: usize,
    /// Orders of which nothing could be executed.
    pub(crate) n_rejected: usize,
    /// Orders withdrawn because a later target took their place.
    pub(crate) n_superseded: usize,
}

impl OrderBook {
    /// Places an order; an order for nothing is none, and one for more than
    /// [`MAX_UNITS`] is rejected.
    pub(crate) fn place(&mut self, pair: PairId, quantity: Quantity, now: Timestamp) {
        if quantity.is_zero() {
            return;
        }
        if !Self::is_countable(quantity) {
            self.reject();
            return;
        }
        self.open.push(Order {
            id: OrderId(self.n_orders),
            pair,
            quantity,
            placed_at: now,
        });
        self.n_orders += 1;
    }

    /// Counts an order that makes no sense, such as one for a weight of NaN.
    pub(crate) fn reject(&mut self) {
        self.n_orders += 1;
        self.n_rejected += 1;
    }

    /// Whether a quantity is one that can be ordered.
    pub(crate) const fn is_countable(quantity: Quantity) -> bool {
        quantity.as_units().unsigned_abs() <= MAX_UNITS
    }

    /// Withdraws the pair's open orders.
    pub(crate) fn supersede(&mut self, pair: PairId) {
        let n_open = self.open.len();
        self.open.retain(|order| order.pair != pair);
        self.n_superseded += n_open - self.open.len();
    }

    /// How much of the pair is on order, sales counting against purchases.
    pub(crate) fn quantity(&self, pair: PairId) -> Quantity {
        let of_pair = self.open.iter().filter(|order| order.pair == pair);
        of_pair.map(|order| order.quantity).sum()
    }
}
