//! At which price the second engine executes an order.

use backtest::{FillConvention, IntraBar, Kind, Trail};

use crate::account::{hundredths, next_price};
use crate::engine::{Moment, Naive};
use crate::row::{CENT, Row};

/// A price at which an order can be executed.
#[derive(Clone, Copy)]
pub struct Offered {
    pub price: i128,
    pub is_maker: bool,
    /// Whether slippage makes the price worse: that of what is executed at any price.
    pub slips: bool,
}

/// A price that is taken whatever it is.
pub fn at_market(price: i128) -> Offered {
    Offered {
        price,
        is_maker: false,
        slips: true,
    }
}

fn within_limit(price: i128, is_maker: bool) -> Offered {
    Offered {
        price,
        is_maker,
        slips: false,
    }
}

impl Naive<'_> {
    /// What an order is offered at a moment of the bar.
    pub fn offer(&mut self, id: usize, moment: Moment) -> Option<Offered> {
        let row = self.traded(self.orders[id].wish.pair)?;
        let is_sale = self.is_sale(id, moment);
        let units = |cents: i64| i128::from(cents * CENT);
        let first = self.orders[id].first_price.unwrap_or(units(row.open));
        let (best, worst) = if is_sale {
            (row.high, row.low)
        } else {
            (row.low, row.high)
        };
        let (best, worst) = (units(best), units(worst));
        let is_within = |price, limit| {
            if is_sale {
                price >= limit
            } else {
                price <= limit
            }
        };
        let has_reached = |price, stop| {
            if is_sale {
                price <= stop
            } else {
                price >= stop
            }
        };
        let limited = |limit: i128, has_waited: bool| {
            if is_within(first, limit) {
                Some(within_limit(first, has_waited))
            } else if moment == Moment::Inside && is_within(best, limit) {
                Some(within_limit(limit, true))
            } else {
                None
            }
        };
        let stopped = |stop: i128| {
            if has_reached(first, stop) {
                Some(first)
            } else if moment == Moment::Inside && has_reached(worst, stop) {
                Some(stop)
            } else {
                None
            }
        };
        let kind = self.orders[id].wish.kind;
        if kind == Kind::Market {
            let at_open = self.options.fill == FillConvention::NextOpen;
            return match moment {
                Moment::Open if at_open => Some(at_market(first)),
                Moment::Close if !at_open => Some(at_market(units(row.close))),
                _ => None,
            };
        }
        if moment == Moment::Close {
            return None;
        }
        match kind {
            Kind::Market => None,
            Kind::Limit { limit } => limited(limit.as_units().into(), self.orders[id].has_waited),
            // What was reached before is at the market now.
            Kind::Stop { .. } | Kind::TrailingStop { .. } if self.orders[id].is_reached => {
                Some(at_market(first))
            }
            Kind::Stop { .. } | Kind::TrailingStop { .. } => {
                let stop = match kind {
                    Kind::Stop { stop } => stop.as_units().into(),
                    _ => self.trailing_stop(id, is_sale)?,
                };
                let price = stopped(stop)?;
                self.orders[id].is_reached = true;
                Some(at_market(price))
            }
            Kind::StopLimit { stop, limit } => {
                let limit = limit.as_units().into();
                if self.orders[id].is_reached {
                    return limited(limit, true);
                }
                let reached = stopped(stop.as_units().into())?;
                self.orders[id].is_reached = true;
                if is_within(reached, limit) {
                    return Some(within_limit(reached, false));
                }
                // Whether the price came back to the limit after the stop, a bar does
                // not tell.
                let comes_back = moment == Moment::Inside
                    && self.options.intra_bar == IntraBar::Optimistic
                    && is_within(best, limit);
                comes_back.then_some(within_limit(limit, true))
            }
        }
    }

    /// Lets a trailing stop follow a price of the bar.
    pub fn follow(&mut self, id: usize, of: impl Fn(&Row, bool) -> i64) {
        let Some(row) = self.traded(self.orders[id].wish.pair) else {
            return;
        };
        let is_sale = self.is_sale(id, Moment::Open);
        let price = i128::from(of(&row, is_sale) * CENT);
        let order = &mut self.orders[id];
        let best = order.best.unwrap_or(price);
        order.best = Some(if is_sale {
            best.max(price)
        } else {
            best.min(price)
        });
    }

    pub fn trailing_stop(&self, id: usize, is_sale: bool) -> Option<i128> {
        let order = &self.orders[id];
        let Kind::TrailingStop { trail } = order.wish.kind else {
            return None;
        };
        let best = order.best?;
        let distance = match trail {
            Trail::Distance(distance) => i128::from(distance.as_units()),
            // Rounded up.
            Trail::Percent(share) => (best * hundredths(share) + 99) / 100,
        };
        let stop = if is_sale {
            best - distance
        } else {
            best + distance
        };
        Some(next_price(
            stop.max(1),
            !is_sale,
            &self.rules(order.wish.pair),
        ))
    }
}
