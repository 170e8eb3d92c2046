//! An order: what a strategy wants done, and what became of it.
//!
//! An order never sees the bar that its strategy saw when it was placed (but for market
//! orders under the fill convention `close`). Every later bar is read as three moments:
//!
//! 1. **The open.** There is one price, and every order that it satisfies is executed at
//!    it: what jumped over a limit or a stop is not executed at a price that nobody was
//!    offered. Sales come before purchases, each in the order of placing.
//! 2. **Inside.** Limits and stops that the bar traded are executed at their own price,
//!    in the order of placing: stops before limits, or limits before stops, as
//!    [`IntraBar`](crate::IntraBar) says. A stop-limit is a stop until its stop is
//!    reached and a limit from then on; reached inside a bar, its limit is believed to
//!    be traded after it in the same bar only by the optimistic view. What a fill inside
//!    the bar calls up begins at that fill's price, and may be executed in the same bar
//!    only if it is of the kind that comes first.
//! 3. **The close.** Trailing stops that lie between the bar's best price and its close
//!    were passed on the way and are executed at the stop. Then market orders are, if
//!    the convention fills them at closes: sales before purchases again. What is called
//!    up here begins with the next bar.
//!
//! A trailing stop follows the prices that are known to have come before: the opens of
//! its bars, this one's among them, and the extremes of those that are over. It begins
//! with the first open after it was placed.

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
    #[inline]
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
    #[inline]
    pub const fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether the order is at work: open, and not waiting for a parent's fill.
    #[inline]
    pub(crate) const fn is_working(&self) -> bool {
        self.is_open() && !self.is_waiting
    }

    /// Whether the order limits a loss rather than takes a gain. A stop-limit does
    /// until its stop is reached, and is a limit order from then on.
    pub(crate) const fn is_stop(&self) -> bool {
        match self.kind {
            Kind::Market | Kind::Limit { .. } => false,
            Kind::StopLimit { .. } => !self.is_triggered,
            Kind::Stop { .. } | Kind::TrailingStop { .. } => true,
        }
    }

    /// Ends the order.
    pub(crate) fn end(&mut self, status: Status, at: Timestamp) {
        self.status = status;
        self.ended_at = Some(at);
    }
}
