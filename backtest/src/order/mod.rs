//! An order: what a strategy wants done, and what became of it.

mod amount;
mod kind;
mod request;
mod status;

pub use amount::Amount;
pub(crate) use amount::Basis;
pub use kind::{Kind, TimeInForce, Trail};
pub use request::OrderRequest;
pub use status::{Rejection, Status};

use crate::instrument::PairId;
use crate::money::{Price, Quantity};
use crate::time::Timestamp;

/// Which order of a run is meant; orders are numbered from 0 as they are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub(crate) usize);

impl OrderId {
    /// The order's place in the run, from 0.
    pub const fn index(self) -> usize {
        self.0
    }
}

/// An order with its fate so far.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Order {
    /// Its number.
    pub id: OrderId,
    /// What to trade.
    pub pair: PairId,
    /// How much was asked for.
    pub amount: Amount,
    /// At what price.
    pub kind: Kind,
    /// How long it may wait.
    pub time_in_force: TimeInForce,
    /// The tick at which it was placed.
    pub placed_at: Timestamp,
    /// What became of it.
    pub status: Status,
    /// When it ended, or `None` while it is open.
    pub ended_at: Option<Timestamp>,
    /// How much of it has been executed; negative for a sale.
    pub filled: Quantity,
    /// How much is still to be executed, once the order has its size.
    pub(crate) remaining: Option<Quantity>,
    /// Whether a bar has passed since it was placed.
    pub(crate) has_waited: bool,
    /// Whether the price of its stop has been seen.
    pub(crate) is_triggered: bool,
    /// The best price since a trailing stop was placed.
    pub(crate) best: Option<Price>,
    /// The first order of the group of which only one may be executed.
    pub(crate) group: Option<OrderId>,
    /// The order whose fills this one is to close again.
    pub(crate) parent: Option<OrderId>,
    /// Whether it still waits for its parent's first fill.
    pub(crate) is_waiting: bool,
    /// The price of that fill, until the end of its bar.
    pub(crate) called_up_at: Option<Price>,
}

impl Order {
    /// Whether the order is placed and neither executed nor withdrawn.
    pub const fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether the order is at work: open, and not waiting for a parent's fill.
    pub(crate) const fn is_working(&self) -> bool {
        self.is_open() && !self.is_waiting
    }

    /// Ends the order.
    pub(crate) fn end(&mut self, status: Status, at: Timestamp) {
        self.status = status;
        self.ended_at = Some(at);
    }
}
