//! How much of an order the second engine executes, at what price, and whom it tells.

use backtest::{Account, Amount, Rejection, Status, TimeInForce};

use crate::account::{Exposed, most_bearable, next_price, tradable};
use crate::affordable::{most_affordable, most_value};
use crate::engine::{Moment, Naive, NaiveFill};
use crate::offer::Offered;
use crate::scenario::Wish;

impl Naive<'_> {
    /// Executes as much of an order as the bar and the account have.
    pub fn fill(&mut self, id: usize, offered: Offered, moment: Moment) {
        let is_maker = offered.is_maker;
        let price = if offered.slips {
            self.slipped(id, offered.price)
        } else {
            offered.price
        };
        let Wish {
            pair,
            amount,
            time_in_force,
            ..
        } = self.orders[id].wish;
        let rules = self.rules(pair);
        let mut wanted = self.wanted(id, price);
        let is_of_money = !matches!(amount, Amount::Quantity(_) | Amount::Target(_));
        if self.orders[id].left.is_none() && is_of_money && wanted > 0 {
            // The money is all that may be spent: what it buys with the commission.
            let value = most_value(price * wanted, |value| self.commission(value, is_maker));
            if value == 0 {
                self.drop_rest(id, Rejection::NoCash);
                return;
            }
            wanted = value / price;
        }
        if wanted == 0 {
            self.orders[id].status = Status::Filled;
            return;
        }
        let whole = tradable(wanted, &rules);
        if whole == 0 {
            self.drop_rest(id, Rejection::BelowMinimum);
            return;
        }
        let part = tradable(self.within_volume(pair, whole), &rules);
        let is_all_or_nothing = time_in_force == TimeInForce::FillOrKill;
        if is_all_or_nothing && part != whole {
            self.orders[id].status = Status::Rejected(Rejection::Unfillable);
            return;
        }
        if part == 0 {
            // The volume is used up: the rest waits.
            self.orders[id].left = Some(whole);
            return;
        }
        let (units, reason) = self.possible(id, part, price, is_maker);
        let units = tradable(units, &rules);
        if units == 0 {
            self.drop_rest(id, reason);
            return;
        }
        if is_all_or_nothing && units != whole {
            self.orders[id].status = Status::Rejected(Rejection::Unfillable);
            return;
        }
        let commission = self.commission(price * units, is_maker);
        let long_only = self.options.account == Account::LongOnly;
        if long_only && units < 0 && self.cash() - price * units < commission {
            self.drop_rest(id, Rejection::NoCash);
            return;
        }
        let stamp =
            i64::try_from(self.tick).expect("few hours") + i64::from(moment == Moment::Close);
        self.fills.push(NaiveFill {
            order: id,
            pair,
            stamp,
            price,
            units,
            commission,
            is_maker,
        });
        self.marks[pair] = price;
        if let Some(left) = &mut self.volume_left {
            left[pair] -= units.abs();
        }
        let order = &mut self.orders[id];
        order.filled += units;
        order.left = Some(whole - units);
        if units == whole {
            order.status = Status::Filled;
        } else if units != part {
            order.status = Status::Cut;
        }
        self.tell_others(
            id,
            units,
            (moment != Moment::Close).then_some(offered.price),
        );
    }

    /// A price after slippage: worse for the order, and one that exists.
    fn slipped(&self, id: usize, price: i128) -> i128 {
        let pair = self.orders[id].wish.pair;
        let wanted = self.wanted(id, price);
        let rows = &self.scenario.0[pair];
        let closes: Vec<_> = rows[..self.tick].iter().map(|row| row.close).collect();
        let distance = self.costs.slippage.distance(
            price,
            self.within_volume(pair, wanted),
            rows[self.tick].volume,
            &closes,
        );
        match distance {
            0 => price,
            _ if wanted < 0 => next_price((price - distance).max(1), false, &self.rules(pair)),
            _ => next_price(price + distance, true, &self.rules(pair)),
        }
    }

    /// The part of a trade that this bar's volume has room for.
    fn within_volume(&self, pair: usize, units: i128) -> i128 {
        let room = self.volume_left.as_ref().map(|left| left[pair]);
        units.signum() * room.map_or(units.abs(), |room| units.abs().min(room))
    }

    fn commission(&self, value: i128, is_maker: bool) -> i128 {
        let turnover = self
            .fills
            .iter()
            .map(|it| (it.price * it.units).abs())
            .sum();
        self.costs.commission.on(value.abs(), is_maker, turnover)
    }

    /// How much of a trade the account can pay for, deliver, or bear.
    fn possible(&self, id: usize, units: i128, price: i128, is_maker: bool) -> (i128, Rejection) {
        let commission = |value| self.commission(value, is_maker);
        let pair = self.orders[id].wish.pair;
        let held = self.held(pair);
        if self.orders[id].entry.is_some() {
            // An exit does no more than close the position.
            let is_closing = held.signum() == -units.signum();
            let closing = if is_closing {
                units.abs().min(held.abs())
            } else {
                0
            };
            return (units.signum() * closing, Rejection::NoCoins);
        }
        match self.options.account {
            Account::LongOnly if units < 0 => (-held.min(-units), Rejection::NoCoins),
            Account::LongOnly => (
                most_affordable(self.cash(), price, units, commission),
                Rejection::NoCash,
            ),
            Account::Margin(margin) => {
                let at = |other: usize| {
                    if other == pair {
                        price
                    } else {
                        self.marks[other]
                    }
                };
                let n_pairs = self.scenario.0.len();
                let value = |other: usize| at(other) * self.held(other);
                let exposed = Exposed {
                    equity: self.cash() + (0..n_pairs).map(value).sum::<i128>(),
                    elsewhere: (0..n_pairs)
                        .filter(|other| *other != pair)
                        .map(|other| value(other).abs())
                        .sum(),
                    held,
                    price,
                };
                (
                    most_bearable(&exposed, margin, units, commission),
                    Rejection::Margin,
                )
            }
        }
    }

    /// Calls up what waits for this fill, and takes it off those of the same group.
    fn tell_others(&mut self, id: usize, units: i128, price: Option<i128>) {
        let (group, is_done) = (self.orders[id].group, !self.orders[id].is_open());
        if let Some(entry) = self.orders[id].entry
            && is_done
            && self.orders[entry].is_open()
        {
            // The rest of the entry would not be closed again.
            self.orders[entry].status = Status::Cancelled;
        }
        for other in 0..self.orders.len() {
            let order = &mut self.orders[other];
            if !order.is_open() || other == id {
                continue;
            }
            if order.entry == Some(id) {
                order.asleep = false;
                order.first_price = price;
                order.left = order.left.map(|left| left - units);
            } else if group.is_some() && order.group == group {
                order.left = order.left.map(|left| left - units);
                let is_used_up = order
                    .left
                    .is_none_or(|left| left.signum() != units.signum());
                if is_done || is_used_up {
                    order.status = Status::Cancelled;
                }
            }
        }
    }

    /// Ends an order of which no more can be done.
    fn drop_rest(&mut self, id: usize, reason: Rejection) {
        let order = &mut self.orders[id];
        order.status = if order.filled == 0 {
            Status::Rejected(reason)
        } else {
            Status::Cut
        };
    }

    pub fn is_sale(&self, id: usize, moment: Moment) -> bool {
        self.wanted(id, self.price_at(self.orders[id].wish.pair, moment)) < 0
    }

    fn wanted(&self, id: usize, price: i128) -> i128 {
        let order = &self.orders[id];
        let equity = || {
            self.worth_with(|pair| {
                if pair == order.wish.pair {
                    price
                } else {
                    self.marks[pair]
                }
            })
        };
        order
            .left
            .unwrap_or_else(|| self.size(&order.wish, price, equity()))
    }
}
