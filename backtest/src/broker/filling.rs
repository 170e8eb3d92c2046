//! Filling an order: what a fill brings about, and who has to be told.

use super::deal::{Deal, Verdict};
use super::matching::{Execution, Moment};
use super::scene::Scene;
use super::{Broker, OrderBook};
use crate::hour::{Hour, Traded};
use crate::money::{Price, Quantity};
use crate::order::{OrderId, Rejection, Status};
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
        match self.decide(id, execution, bar, scene)? {
            Verdict::Nothing => self.book.order_mut(id).end(Status::Filled, now),
            Verdict::Wait(size) => self.book.order_mut(id).remaining = Some(size),
            Verdict::Refuse(reason) => self.end_rest(id, reason, now),
            Verdict::Deal(deal) => {
                self.apply(&deal, scene)?;
                // What is called up by a close begins with the next bar.
                let price = (scene.moment != Moment::Close).then_some(execution.price);
                self.tell_relatives(id, deal.fill.quantity, price, now);
            }
        }
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

    /// Writes a fill down, in the order and the account too.
    fn apply(&mut self, deal: &Deal, scene: &mut Scene<'_, '_>) -> Result<()> {
        let Deal {
            fill, value, rest, ..
        } = *deal;
        scene.portfolio.apply(&fill);
        self.commission_paid += fill.commission;
        self.turnover += value;
        if self.turnover.as_units() >> 126 != 0 {
            return Err(Error::TooRich { at: fill.time });
        }
        if let Some(left) = self.volume_left.get_mut(fill.pair.index()) {
            *left -= fill.quantity.abs();
        }
        let order = self.book.order_mut(fill.order);
        order.filled += fill.quantity;
        order.remaining = Some(rest);
        if rest.is_zero() {
            order.end(Status::Filled, fill.time);
        } else if deal.is_cut {
            order.end(Status::Cut, fill.time);
        }
        self.fills.push(fill);
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
