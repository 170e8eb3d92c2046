//! Filling an order: at what price, how much of it, and who has to be told.

use super::capacity::{Proposal, executable};
use super::matching::{Execution, Moment};
use super::scene::Scene;
use super::{Broker, OrderBook};
use crate::account::Account;
use crate::commission::{Liquidity, Trade};
use crate::fill::Fill;
use crate::hour::{Hour, Traded};
use crate::instrument::PairId;
use crate::money::{Cash, Price, Quantity};
use crate::order::{OrderId, Rejection, Status, TimeInForce};
use crate::position::worth;
use crate::slippage::{Offer, VolatilitySlippage, slipped};
use crate::time::Timestamp;
use crate::{Error, Result};

impl Broker<'_> {
    /// Executes as much of one order as the bar and the account have.
    pub(super) fn fill(
        &mut self,
        id: OrderId,
        execution: Execution,
        bar: &Traded<'_>,
        scene: &mut Scene<'_, '_>,
    ) -> Result<()> {
        let now = scene.time();
        let order = self.book.order(id);
        let (pair, chart_price) = (order.pair, self.price(id, execution, bar, scene));
        let price = scene.settled(pair, chart_price);
        let rules = self.options.rules_of(pair);
        let sized_now = order.remaining.is_none();
        let wanted = Self::wanted(order, || price, scene.portfolio);
        let wanted = if sized_now && order.amount.is_money() && wanted > Quantity::ZERO {
            // The amount is all that may be spent, commission included.
            let trade = self.trade_of(Cash::ZERO, execution.liquidity);
            let value = self.options.commission.affordable(price * wanted, trade);
            if value == Cash::ZERO {
                self.end_rest(id, Rejection::NoCash, now);
                return Ok(());
            }
            value / price
        } else {
            wanted
        };
        if !OrderBook::is_countable(wanted) {
            self.book.reject(id, Rejection::Amount, now);
            return Ok(());
        }
        if wanted.is_zero() {
            self.book.order_mut(id).end(Status::Filled, now);
            return Ok(());
        }
        let whole = rules.quantity(wanted);
        if whole.is_zero() {
            self.end_rest(id, Rejection::BelowMinimum, now);
            return Ok(());
        }
        let offered = rules.quantity(self.within_volume(pair, whole));
        let is_all_or_nothing = self.book.order(id).time_in_force == TimeInForce::FillOrKill;
        if is_all_or_nothing && offered != whole {
            self.book.reject(id, Rejection::Unfillable, now);
            return Ok(());
        }
        if offered.is_zero() {
            self.book.order_mut(id).remaining = Some(whole);
            return Ok(());
        }
        let proposal = Proposal {
            pair,
            quantity: offered,
            price,
            trade: self.trade_of(worth(price, offered.abs(), now)?, execution.liquidity),
            only_reduces: self.book.order(id).parent.is_some(),
        };
        let commission = &*self.options.commission;
        let (bearable, reason) =
            executable(&proposal, self.options.account, commission, scene.portfolio);
        let quantity = rules.quantity(bearable);
        if quantity.is_zero() {
            self.end_rest(id, reason, now);
            return Ok(());
        }
        if is_all_or_nothing && quantity != whole {
            self.book.reject(id, Rejection::Unfillable, now);
            return Ok(());
        }
        if self.options.account == Account::LongOnly && quantity.is_negative() {
            // A commission with a minimum can be more than the sale and the cash are.
            let value = worth(price, quantity.abs(), now)?;
            let commission = self.options.commission.on(proposal.trade.of(value));
            if scene.portfolio.cash() + value < commission {
                self.end_rest(id, Rejection::NoCash, now);
                return Ok(());
            }
        }
        let executed = Proposal {
            quantity,
            ..proposal
        };
        self.apply(id, &executed, chart_price, scene)?;
        let order = self.book.order_mut(id);
        let rest = whole - quantity;
        order.remaining = Some(rest);
        if rest.is_zero() {
            order.end(Status::Filled, now);
        } else if quantity != offered {
            order.end(Status::Cut, now);
        }
        // What is called up by a close begins with the next bar.
        let price = (scene.moment != Moment::Close).then_some(execution.price);
        self.tell_relatives(id, quantity, price, now);
        Ok(())
    }

    /// Ends an order of which no more can be executed: cut when some of it was.
    fn end_rest(&mut self, id: OrderId, reason: Rejection, now: Timestamp) {
        if self.book.order(id).filled.is_zero() {
            self.book.reject(id, reason, now);
        } else {
            self.book.order_mut(id).end(Status::Cut, now);
        }
    }

    /// Writes a fill down, in the account too.
    fn apply(
        &mut self,
        id: OrderId,
        executed: &Proposal,
        chart_price: Price,
        scene: &mut Scene<'_, '_>,
    ) -> Result<()> {
        let Proposal {
            pair,
            quantity,
            price: settled,
            trade,
            ..
        } = *executed;
        let value = worth(settled, quantity.abs(), scene.time())?;
        let fill = Fill {
            order: id,
            pair,
            time: scene.time(),
            at_close: scene.moment == Moment::Close,
            price: chart_price,
            settled,
            quantity,
            commission: self.options.commission.on(trade.of(value)),
            liquidity: trade.liquidity,
        };
        scene.portfolio.apply(&fill);
        self.commission_paid += fill.commission;
        self.turnover += value;
        if self.turnover.as_units() >> 126 != 0 {
            return Err(Error::TooRich { at: scene.time() });
        }
        self.fills.push(fill);
        self.book.order_mut(id).filled += quantity;
        if let Some(left) = self.volume_left.get_mut(pair.index()) {
            *left -= quantity.abs();
        }
        Ok(())
    }

    /// Passes a fill on: to the orders that are to close it again, and to those of
    /// the same group, of which only so much is left.
    fn tell_relatives(
        &mut self,
        id: OrderId,
        quantity: Quantity,
        price: Option<Price>,
        now: Timestamp,
    ) {
        let (group, entry, is_done) = {
            let order = self.book.order(id);
            (order.group, order.parent, !order.is_open())
        };
        if let Some(entry) = entry.filter(|entry| is_done && self.book.order(*entry).is_open()) {
            // What it would still buy, nothing would close again.
            self.book.order_mut(entry).end(Status::Cancelled, now);
        }
        let OrderBook { orders, open } = &mut self.book;
        for other in open.iter().copied() {
            let order = &mut orders[other.index()];
            if order.parent == Some(id) && order.is_open() {
                order.is_waiting = false;
                order.called_up_at = price;
                let to_close = order.remaining.unwrap_or_default() - quantity;
                order.remaining = Some(to_close);
            } else if group.is_some() && order.group == group && other != id && order.is_open() {
                let rest = order.remaining.map(|rest| rest - quantity);
                let is_same_side = |rest: Quantity| {
                    !rest.is_zero() && rest.is_negative() == quantity.is_negative()
                };
                order.remaining = rest;
                if is_done || !rest.is_some_and(is_same_side) {
                    order.end(Status::Cancelled, now);
                }
            }
        }
    }

    /// The price that an order gets: as on the chart, after slippage and rounding
    /// against the trader where the order takes what is offered.
    fn price(
        &self,
        id: OrderId,
        execution: Execution,
        bar: &Traded<'_>,
        scene: &Scene<'_, '_>,
    ) -> Price {
        if !execution.slips {
            return execution.price;
        }
        let order = self.book.order(id);
        let settled = || scene.settled(order.pair, execution.price);
        let wanted = Self::wanted(order, settled, scene.portfolio);
        let is_sale = wanted.is_negative();
        let offer = Offer {
            price: execution.price,
            quantity: self.within_volume(order.pair, wanted),
            volume: bar.volume(),
            history: scene
                .hour
                .before(order.pair, VolatilitySlippage::N_BARS + 1),
        };
        let price = slipped(&*self.options.slippage, &offer, is_sale);
        if price == execution.price {
            return price;
        }
        self.options.rules_of(order.pair).price(price, !is_sale)
    }

    fn trade_of(&self, value: Cash, liquidity: Liquidity) -> Trade {
        Trade {
            value,
            liquidity,
            turnover: self.turnover,
        }
    }

    /// How much of a quantity the bar's volume has left for it.
    fn within_volume(&self, pair: PairId, quantity: Quantity) -> Quantity {
        match self.volume_left.get(pair.index()) {
            Some(left) if quantity.is_negative() => quantity.max(-*left),
            Some(left) => quantity.min(*left),
            None => quantity,
        }
    }

    /// At the beginning of a bar, what its volume has for the account's orders.
    pub(super) fn limit_volume(&mut self, hour: &Hour<'_>) {
        let Some(share) = self.options.volume_limit else {
            return;
        };
        if self.volume_of.replace(hour.open_time()) == Some(hour.open_time()) {
            return;
        }
        let left = hour.pairs().map(|pair| {
            let volume = hour.traded(pair).map_or(0.0, |bar| bar.volume());
            Quantity::from_f64(volume * share.as_f64()).unwrap_or(Quantity::from_units(i128::MAX))
        });
        self.volume_left = left.collect();
    }
}
