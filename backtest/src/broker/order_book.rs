//! The order book of one account: all its orders, and which of them are open.
//!
//! Every order ends in exactly one way, and [`Status`] says in which.

use crate::instrument::PairId;
use crate::money::{Price, Quantity, Ratio};
use crate::order::{Amount, Kind, Order, OrderId, OrderRequest, Rejection, Status, Trail};
use crate::order::{Basis, TimeInForce};
use crate::rules::TradingRules;
use crate::time::Timestamp;

/// More than anybody orders, about 1e18 coins; sums of such orders cannot overflow.
const MAX_UNITS: u128 = 1 << 100;

/// All orders of a run in the order in which they were placed.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderBook {
    /// Every order so far; an order's number is its place.
    pub(crate) orders: Vec<Order>,
    /// The orders that have not ended, in the order of placing.
    pub(crate) open: Vec<OrderId>,
}

impl OrderBook {
    /// Places an order with its size, where it has one yet.
    pub(crate) fn place(
        &mut self,
        request: OrderRequest,
        size: Option<Quantity>,
        now: Timestamp,
    ) -> OrderId {
        let id = OrderId(self.orders.len());
        self.orders.push(Order {
            id,
            pair: request.pair,
            amount: request.amount,
            kind: request.kind,
            time_in_force: request.time_in_force,
            placed_at: now,
            status: Status::Open,
            ended_at: None,
            filled: Quantity::ZERO,
            remaining: size,
            has_waited: false,
            is_triggered: false,
            best: None,
            group: None,
            parent: None,
            is_waiting: false,
            called_up_at: None,
        });
        if size.is_some_and(|size| !Self::is_countable(size)) {
            self.reject(id, Rejection::Amount, now);
        } else if !has_sound_prices(request.kind) {
            self.reject(id, Rejection::Price, now);
        } else {
            self.open.push(id);
        }
        id
    }

    /// Ends an order of which nothing is executed.
    pub(crate) fn reject(&mut self, id: OrderId, reason: Rejection, now: Timestamp) {
        self.orders[id.index()].end(Status::Rejected(reason), now);
    }

    /// Whether a quantity is one that can be ordered.
    #[inline]
    pub(crate) const fn is_countable(quantity: Quantity) -> bool {
        quantity.as_units().unsigned_abs() <= MAX_UNITS
    }

    /// Takes the last order back, as if it had never been placed, when it is one
    /// for nothing.
    pub(crate) fn forget_if_nothing(&mut self, id: OrderId) {
        if self.order(id).status == Status::Filled {
            self.orders.truncate(id.index());
        }
    }

    /// The order of that number.
    #[inline]
    pub(crate) fn order(&self, id: OrderId) -> &Order {
        &self.orders[id.index()]
    }

    /// The order of that number, to be changed.
    #[inline]
    pub(crate) fn order_mut(&mut self, id: OrderId) -> &mut Order {
        &mut self.orders[id.index()]
    }

    /// The pair's open orders.
    #[inline]
    pub(crate) fn of_pair(&self, pair: PairId) -> impl Iterator<Item = &Order> {
        let open = self.open.iter().map(|id| &self.orders[id.index()]);
        open.filter(move |order| order.pair == pair && order.is_open())
    }

    /// Withdraws the pair's open market orders.
    pub(crate) fn supersede(&mut self, pair: PairId, now: Timestamp) {
        for id in &self.open {
            let order = &mut self.orders[id.index()];
            if order.pair == pair && order.kind == Kind::Market && order.is_open() {
                order.end(Status::Superseded, now);
            }
        }
        self.forget_ended();
    }

    /// Withdraws an order, and those that wait for its fill; `false` when it has ended
    /// already.
    pub(crate) fn cancel(&mut self, id: OrderId, now: Timestamp) -> bool {
        if !self.order(id).is_open() {
            return false;
        }
        self.order_mut(id).end(Status::Cancelled, now);
        self.forget_ended();
        true
    }

    /// Ends the orders whose date has come.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        for id in &self.open {
            let order = &mut self.orders[id.index()];
            if let TimeInForce::GoodTillDate(date) = order.time_in_force
                && date <= now
                && order.is_open()
            {
                order.end(Status::Expired, now);
            }
        }
    }

    /// Drops orders that have ended from those that are open, and with them the
    /// orders that wait for a fill that will not come.
    pub(crate) fn forget_ended(&mut self) {
        let orders = &mut self.orders;
        for id in &self.open {
            let order = &orders[id.index()];
            let parent = order.parent.filter(|_| order.is_waiting && order.is_open());
            let ended_at = parent.and_then(|parent| orders[parent.index()].ended_at);
            if let Some(at) = ended_at {
                orders[id.index()].end(Status::Cancelled, at);
            }
        }
        self.open.retain(|id| orders[id.index()].is_open());
    }

    /// How much of the pair is on order at the market, sales counting against
    /// purchases; amounts without a size yet are counted as the basis sizes them.
    pub(crate) fn quantity(&self, pair: PairId, basis: impl Fn() -> Basis) -> Quantity {
        let market = self
            .of_pair(pair)
            .filter(|order| order.kind == Kind::Market);
        market
            .map(|order| {
                order
                    .remaining
                    .unwrap_or_else(|| order.amount.quantity(basis()))
            })
            .sum()
    }
}

/// A request with prices that exist under the rules, rounded so that the order is
/// never better for its owner than the one that was asked for.
pub(crate) fn with_real_prices(
    mut request: OrderRequest,
    is_sale: bool,
    rules: &TradingRules,
) -> OrderRequest {
    let limit_at = |limit| rules.price(limit, is_sale);
    let stop_at = |stop| rules.price(stop, !is_sale);
    request.kind = match request.kind {
        Kind::Limit { limit } => Kind::Limit {
            limit: limit_at(limit),
        },
        Kind::Stop { stop } => Kind::Stop {
            stop: stop_at(stop),
        },
        Kind::StopLimit { stop, limit } => Kind::StopLimit {
            stop: stop_at(stop),
            limit: limit_at(limit),
        },
        other => other,
    };
    request
}

/// Whether all prices of a kind are above zero, and a trail below the whole.
fn has_sound_prices(kind: Kind) -> bool {
    let is_price = |price: Price| price.as_units() > 0;
    match kind {
        Kind::Market => true,
        Kind::Limit { limit: price } | Kind::Stop { stop: price } => is_price(price),
        Kind::StopLimit { stop, limit } => is_price(stop) && is_price(limit),
        Kind::TrailingStop { trail } => match trail {
            Trail::Distance(distance) => is_price(distance),
            Trail::Percent(share) => share > Ratio::default() && share < Ratio::ONE,
        },
    }
}

impl Amount {
    /// The size of an order as far as it is known when it is placed: of a market
    /// order for money, under sizing on fill, it is not.
    pub(crate) fn size(self, kind: Kind, sizes_on_fill: bool, basis: Basis) -> Option<Quantity> {
        let waits = sizes_on_fill && kind == Kind::Market && (self.is_money() || self.is_target());
        (!waits).then(|| self.quantity(basis))
    }
}
