//! What a strategy can order at one tick.

use super::Context;
use crate::broker::{OrderBook, with_real_prices};
use crate::convention::Sizing;
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity, Ratio};
use crate::order::{Amount, Kind, OrderId, OrderRequest, Rejection, Status};

/// The largest weight that makes sense, and that exact equity can be multiplied by.
const MAX_WEIGHT: f64 = 100.0;

impl Context<'_> {
    /// Orders so much of the pair at the market, beside whatever else is on order;
    /// a negative quantity sells, an order for nothing is none, and one for more
    /// than about 1e18 coins is rejected.
    pub fn order(&mut self, pair: PairId, quantity: Quantity) -> Option<OrderId> {
        self.order_amount(pair, Amount::Quantity(quantity))
    }

    /// Orders coins for so much money at the market; a negative value sells.
    pub fn order_value(&mut self, pair: PairId, value: Cash) -> Option<OrderId> {
        self.order_amount(pair, Amount::Value(value))
    }

    /// Orders coins for this share of the equity at the market; a share that is no
    /// number, or beyond ±100, is a rejected order.
    pub fn order_percent(&mut self, pair: PairId, share: f64) -> Option<OrderId> {
        self.order_share(pair, share, Amount::Percent)
    }

    /// Orders what is missing to hold `target` of the pair, in place of what the
    /// pair has on order at the market; a target of more than about 1e18 coins is a
    /// rejected order.
    pub fn order_target(&mut self, pair: PairId, target: Quantity) -> Option<OrderId> {
        self.order_amount(pair, Amount::Target(target))
    }

    /// Orders what is missing to hold coins of this value, in place of what the
    /// pair has on order at the market.
    pub fn order_target_value(&mut self, pair: PairId, value: Cash) -> Option<OrderId> {
        self.order_amount(pair, Amount::TargetValue(value))
    }

    /// Orders what is missing to hold `weight` times the equity in the pair, in
    /// place of what the pair has on order at the market.
    ///
    /// A weight that is no number, or beyond ±100, is a rejected order.
    pub fn order_target_percent(&mut self, pair: PairId, weight: f64) -> Option<OrderId> {
        self.order_share(pair, weight, Amount::TargetPercent)
    }

    /// Places any order. One for nothing is placed and ends at once.
    pub fn place(&mut self, request: OrderRequest) -> OrderId {
        let (pair, now) = (request.pair, self.now());
        if let Amount::Target(target) = request.amount
            && !OrderBook::is_countable(target)
        {
            return self.reject(request);
        }
        if request.amount.is_target() && request.kind == Kind::Market {
            self.book.supersede(pair, now);
        }
        let sizes_on_fill = self.options.size == Sizing::OnFill;
        let basis = self.basis(pair);
        let size = request.amount.size(request.kind, sizes_on_fill, basis);
        let is_sale = size.is_some_and(Quantity::is_negative);
        let request = with_real_prices(request, is_sale, self.options.rules_of(pair));
        let id = self.book.place(request, size, now);
        if size == Some(Quantity::ZERO) && self.book.order(id).is_open() {
            self.book.order_mut(id).end(Status::Filled, now);
            self.book.forget_ended();
        }
        id
    }

    /// Places orders of which only one is executed: what one of them fills is taken
    /// off the others, and when it is done they are withdrawn.
    pub fn one_cancels_other(&mut self, requests: &[OrderRequest]) -> Vec<OrderId> {
        let ids: Vec<_> = requests
            .iter()
            .map(|request| self.place(*request))
            .collect();
        for id in &ids {
            self.book.order_mut(*id).group = ids.first().copied();
        }
        ids
    }

    /// Places an order together with the two that close it again, at a loss and at
    /// a gain, of which only one is executed: entry, stop and limit.
    ///
    /// The two wait for the entry's first fill, are for as much as it has got, and
    /// never do more than close the position. When one of them is done, the rest of an
    /// entry that was filled in parts is withdrawn.
    pub fn bracket(&mut self, entry: OrderRequest, stop: Price, limit: Price) -> [OrderId; 3] {
        let parent = self.place(entry);
        let nothing_yet = Amount::Quantity(Quantity::ZERO);
        let exit = OrderRequest::new(entry.pair, nothing_yet);
        let is_long = !self.wanted(parent).is_negative();
        let rules = self.options.rules_of(entry.pair);
        let now = self.now();
        let exits = [exit.stop(stop), exit.limit(limit)].map(|exit| {
            let exit = with_real_prices(exit, is_long, rules);
            self.book.place(exit, Some(Quantity::ZERO), now)
        });
        for id in exits {
            let order = self.book.order_mut(id);
            order.parent = Some(parent);
            order.group = Some(exits[0]);
            order.is_waiting = true;
        }
        self.book.forget_ended();
        [parent, exits[0], exits[1]]
    }

    /// Withdraws an order; `false` when it has ended already.
    pub fn cancel(&mut self, id: OrderId) -> bool {
        self.book.cancel(id, self.now())
    }

    fn wanted(&self, id: OrderId) -> Quantity {
        let order = self.book.order(id);
        let sized_now = || order.amount.quantity(self.basis(order.pair));
        order.remaining.unwrap_or_else(sized_now)
    }

    fn order_amount(&mut self, pair: PairId, amount: Amount) -> Option<OrderId> {
        if amount == Amount::Quantity(Quantity::ZERO) {
            return None;
        }
        let id = self.place(OrderRequest::new(pair, amount));
        if self.book.order(id).remaining == Some(Quantity::ZERO) {
            self.book.forget_if_nothing(id);
            return None;
        }
        Some(id)
    }

    fn order_share(
        &mut self,
        pair: PairId,
        share: f64,
        amount: impl Fn(Ratio) -> Amount,
    ) -> Option<OrderId> {
        let ratio = Ratio::from_f64(share).filter(|_| share.abs() <= MAX_WEIGHT);
        if let Some(ratio) = ratio {
            return self.order_amount(pair, amount(ratio));
        }
        let absurd = OrderRequest::new(pair, Amount::Quantity(Quantity::ZERO));
        Some(self.reject(absurd))
    }

    /// Writes down an order whose amount makes no sense.
    fn reject(&mut self, request: OrderRequest) -> OrderId {
        let now = self.now();
        let id = self.book.place(request, Some(Quantity::ZERO), now);
        self.book.reject(id, Rejection::Amount, now);
        self.book.forget_ended();
        id
    }
}
