//! Orders, and what a strategy does with them.

use backtest::{Amount, Kind, Price, Sizing, Status, TimeInForce};

use crate::account::{hundredths, next_price, times};
use crate::engine::Naive;
use crate::scenario::{Step, Wish};

/// An order and all that has happened to it.
#[derive(Clone, Debug)]
pub struct NaiveOrder {
    pub wish: Wish,
    pub status: Status,
    pub placed: usize,
    /// How much is still to be done, once that is settled.
    pub left: Option<i128>,
    pub filled: i128,
    /// The first order of those of which only one is executed.
    pub group: Option<usize>,
    /// The entry that this order closes again.
    pub entry: Option<usize>,
    /// Whether the entry has no fill yet.
    pub asleep: bool,
    /// The price at which it was called up, in the bar in which it was.
    pub first_price: Option<i128>,
    /// Whether it has been at work for a bar.
    pub has_waited: bool,
    /// Whether the price of its stop has been seen.
    pub is_reached: bool,
    /// The best price that is known to have come before now.
    pub best: Option<i128>,
}

impl NaiveOrder {
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    pub fn is_working(&self) -> bool {
        self.is_open() && !self.asleep
    }
}

impl Naive<'_> {
    /// Does one step of the strategy after the close of an hour.
    pub fn obey(&mut self, step: &Step) {
        match step {
            Step::Place(wish) => {
                let id = self.place(*wish);
                self.ids.push(id);
            }
            Step::OneCancelsOther(wishes) => {
                let ids: Vec<_> = wishes.iter().map(|wish| self.place(*wish)).collect();
                for id in &ids {
                    self.orders[*id].group = Some(ids[0]);
                }
                self.ids.extend(ids);
            }
            Step::Bracket(wish, at_loss, at_gain) => self.bracket(*wish, [*at_loss, *at_gain]),
            Step::Cancel(which) => {
                if !self.ids.is_empty() {
                    let id = *which.get(&self.ids);
                    if self.orders[id].is_open() {
                        self.orders[id].status = Status::Cancelled;
                    }
                }
            }
        }
        self.drop_orphans();
    }

    fn place(&mut self, mut wish: Wish) -> usize {
        let is_market = wish.kind == Kind::Market;
        let is_target = matches!(
            wish.amount,
            Amount::Target(_) | Amount::TargetValue(_) | Amount::TargetPercent(_)
        );
        if is_market && is_target {
            // A target takes the place of what is on order at the market.
            for order in &mut self.orders {
                let same = order.wish.pair == wish.pair && order.wish.kind == Kind::Market;
                if order.is_open() && same {
                    order.status = Status::Superseded;
                }
            }
            self.drop_orphans();
        }
        let is_plain = matches!(wish.amount, Amount::Quantity(_));
        let now = self.options.size == Sizing::OnDecision || !is_market || is_plain;
        let close = self.close(wish.pair);
        let left = now.then(|| self.size(&wish, close, self.last_equity));
        wish.kind = self.with_prices_that_exist(&wish, left.is_some_and(|left| left < 0));
        self.push(wish, left)
    }

    fn push(&mut self, wish: Wish, left: Option<i128>) -> usize {
        let status = if left == Some(0) {
            // An order for nothing ends at once.
            Status::Filled
        } else {
            Status::Open
        };
        self.orders.push(NaiveOrder {
            wish,
            status,
            placed: self.tick,
            left,
            filled: 0,
            group: None,
            entry: None,
            asleep: false,
            first_price: None,
            has_waited: false,
            is_reached: false,
            best: None,
        });
        self.orders.len() - 1
    }

    /// Orders a position of a liquidated account closed.
    pub fn close_position(&mut self, wish: Wish, units: i128) {
        self.push(wish, Some(units));
    }

    fn bracket(&mut self, wish: Wish, [stop, limit]: [Price; 2]) {
        let entry = self.place(wish);
        self.ids.push(entry);
        let close = self.close(wish.pair);
        let units = self.orders[entry].left;
        let units = units.unwrap_or_else(|| self.size(&wish, close, self.last_equity));
        let stop_at = self.orders.len();
        for kind in [Kind::Stop { stop }, Kind::Limit { limit }] {
            let mut exit = Wish {
                kind,
                time_in_force: TimeInForce::GoodTillCancelled,
                ..wish
            };
            exit.kind = self.with_prices_that_exist(&exit, units >= 0);
            let id = self.push(exit, None);
            self.ids.push(id);
            let order = &mut self.orders[id];
            order.left = Some(0);
            (order.entry, order.asleep) = (Some(entry), true);
            order.group = Some(stop_at);
        }
    }

    /// Prices are rounded against the trader: a purchase is limited to less and stopped
    /// later, that is higher; a sale the other way round.
    fn with_prices_that_exist(&self, wish: &Wish, is_sale: bool) -> Kind {
        let rules = self.rules(wish.pair);
        let round = |price: Price, up| {
            let units = next_price(i128::from(price.as_units()), up, &rules);
            Price::from_units(i64::try_from(units).expect("a small price"))
        };
        match wish.kind {
            Kind::Limit { limit } => Kind::Limit {
                limit: round(limit, is_sale),
            },
            Kind::Stop { stop } => Kind::Stop {
                stop: round(stop, !is_sale),
            },
            Kind::StopLimit { stop, limit } => Kind::StopLimit {
                stop: round(stop, !is_sale),
                limit: round(limit, is_sale),
            },
            other => other,
        }
    }

    /// How many coins an amount is, at this price and for an account of this worth.
    pub fn size(&self, wish: &Wish, price: i128, equity: i128) -> i128 {
        let held = self.held(wish.pair);
        match wish.amount {
            Amount::Quantity(coins) => coins.as_units(),
            Amount::Value(money) => money.as_units() / price,
            Amount::Percent(share) => times(equity, hundredths(share)) / price,
            Amount::Target(coins) => coins.as_units() - held,
            Amount::TargetValue(money) => money.as_units() / price - held,
            Amount::TargetPercent(share) => times(equity, hundredths(share)) / price - held,
        }
    }

    /// Withdraws exits whose entry has ended without a fill.
    pub fn drop_orphans(&mut self) {
        for id in 0..self.orders.len() {
            let order = &self.orders[id];
            let is_orphan = order
                .entry
                .is_some_and(|entry| !self.orders[entry].is_open());
            if order.is_open() && order.asleep && is_orphan {
                self.orders[id].status = Status::Cancelled;
            }
        }
    }

    /// Ends the orders whose date has come when a bar opens.
    pub fn expire(&mut self) {
        for order in &mut self.orders {
            if let TimeInForce::GoodTillDate(date) = order.wish.time_in_force {
                let open = backtest::Timestamp::from_seconds(0);
                let open = open.plus_hours(i64::try_from(self.tick).expect("few hours"));
                if order.is_open() && date <= open {
                    order.status = Status::Expired;
                }
            }
        }
    }
}
