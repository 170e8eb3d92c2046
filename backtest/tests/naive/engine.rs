//! The second engine: what happens in an hour, one thing after the other.

use backtest::{
    Account, EngineOptions, FillConvention, IntraBar, Kind, Rejection, Status, TimeInForce,
    TradingRules,
};

use crate::account::{
    Exposed, commission, hundredths, most_affordable, most_bearable, most_value, times, tradable,
};
use crate::book::NaiveOrder;
use crate::scenario::{CENT, Row, Scenario, Script, Wish};

/// The three moments of a bar, of which the middle one is long.
#[derive(Clone, Copy, PartialEq)]
pub enum Moment {
    Open,
    Inside,
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NaiveFill {
    pub order: usize,
    pub pair: usize,
    /// The hour at whose beginning it is written down.
    pub stamp: i64,
    pub price: i128,
    pub units: i128,
    pub commission: i128,
    pub is_maker: bool,
}

/// Everything, in units of price, quantity and cash.
pub struct Naive<'a> {
    pub scenario: &'a Scenario,
    pub options: &'a EngineOptions,
    pub tick: usize,
    pub orders: Vec<NaiveOrder>,
    /// The orders that the strategy placed, which it can withdraw.
    pub ids: Vec<usize>,
    pub fills: Vec<NaiveFill>,
    pub equity: Vec<i128>,
    pub last_equity: i128,
    pub borrowing_cost: i128,
    pub liquidations: Vec<i64>,
    /// The price at which each pair was last seen or traded.
    marks: Vec<i128>,
    /// What of each pair's volume in this bar is left for orders, where that is limited.
    volume_left: Option<Vec<i128>>,
}

impl<'a> Naive<'a> {
    pub fn run(scenario: &'a Scenario, script: &Script, options: &'a EngineOptions) -> Self {
        let mut naive = Self {
            scenario,
            options,
            tick: 0,
            orders: vec![],
            ids: vec![],
            fills: vec![],
            equity: vec![],
            last_equity: 0,
            borrowing_cost: 0,
            liquidations: vec![],
            marks: vec![0; scenario.0.len()],
            volume_left: None,
        };
        for (tick, steps) in script.iter().enumerate() {
            naive.tick = tick;
            naive.begin_bar();
            naive.at_the_open();
            naive.inside();
            naive.at_the_close();
            naive.end_bar(|_| true);
            naive.settle();
            for step in steps {
                naive.obey(step);
            }
            if options.fill == FillConvention::Close {
                // The close waits for what was decided on it.
                let is_new =
                    |order: &NaiveOrder| order.placed == tick && order.wish.kind == Kind::Market;
                naive.execute(Moment::Close, is_new);
                naive.end_bar(is_new);
                naive.see_prices(Moment::Close);
                naive.last_equity = naive.worth();
            }
            let equity = naive.last_equity;
            naive.equity.push(equity);
        }
        naive
    }

    fn begin_bar(&mut self) {
        self.expire();
        self.drop_orphans();
        let rows = self.scenario.0.iter().map(|rows| &rows[self.tick]);
        self.volume_left = self.options.volume_limit.map(|share| {
            let left = |row: &Row| f64::from(row.volume) * share.as_f64() * 1e12;
            #[expect(clippy::cast_possible_truncation, reason = "volumes are small")]
            rows.map(|row| left(row).round() as i128).collect()
        });
    }

    fn at_the_open(&mut self) {
        self.see_prices(Moment::Open);
        for order in 0..self.orders.len() {
            self.follow(order, |row, _| row.open);
        }
        self.execute(Moment::Open, |_| true);
    }

    /// First what the view of the bar puts first, then the rest, then what was called up
    /// in here and is believed to have come after.
    fn inside(&mut self) {
        let is_stop = |order: &NaiveOrder| match order.wish.kind {
            Kind::Stop { .. } | Kind::TrailingStop { .. } => true,
            Kind::StopLimit { .. } => !order.is_reached,
            Kind::Market | Kind::Limit { .. } => false,
        };
        let before: Vec<_> = self.orders.clone();
        let stops_first = self.options.intra_bar == IntraBar::Pessimistic;
        for (asleep, stops) in [
            (false, stops_first),
            (false, !stops_first),
            (true, stops_first),
        ] {
            for (id, order) in before.iter().enumerate() {
                if order.asleep == asleep && is_stop(order) == stops {
                    self.try_order(id, Moment::Inside);
                }
            }
        }
    }

    fn at_the_close(&mut self) {
        self.see_prices(Moment::Close);
        for id in 0..self.orders.len() {
            if let Some(stop) = self.passed_by_the_close(id) {
                self.fill(id, stop, false, Moment::Close);
            }
        }
        self.execute(Moment::Close, |_| true);
    }

    /// The stop of a trailing order that lies between the bar's best price and its close.
    fn passed_by_the_close(&mut self, id: usize) -> Option<i128> {
        self.follow(id, |row, is_sale| if is_sale { row.high } else { row.low });
        let row = self.traded(self.orders[id].wish.pair)?;
        let Kind::TrailingStop { .. } = self.orders[id].wish.kind else {
            return None;
        };
        let is_sale = self.is_sale(id, Moment::Close);
        let stop = self.trailing_stop(id, is_sale)?;
        let close = i128::from(row.close * CENT);
        let is_beyond = if is_sale {
            close <= stop
        } else {
            close >= stop
        };
        let order = &mut self.orders[id];
        let is_passed = order.is_working() && !order.is_reached && is_beyond;
        order.is_reached |= is_passed;
        is_passed.then_some(stop)
    }

    /// Sales, then purchases, each in the order of placing.
    fn execute(&mut self, moment: Moment, is_chosen: impl Fn(&NaiveOrder) -> bool) {
        for sales in [true, false] {
            let chosen: Vec<_> = (0..self.orders.len())
                .filter(|id| self.orders[*id].is_working() && is_chosen(&self.orders[*id]))
                .collect();
            for id in chosen {
                if self.is_sale(id, moment) == sales {
                    self.try_order(id, moment);
                }
            }
        }
    }

    fn try_order(&mut self, id: usize, moment: Moment) {
        if self.orders[id].is_working()
            && let Some((price, is_maker)) = self.offer(id, moment)
        {
            self.fill(id, price, is_maker, moment);
        }
    }

    /// Executes as much of an order as the bar and the account have.
    fn fill(&mut self, id: usize, price: i128, is_maker: bool, moment: Moment) {
        let Wish {
            pair,
            amount,
            time_in_force,
            ..
        } = self.orders[id].wish;
        let rules = self.rules(pair);
        let mut wanted = self.wanted(id, price);
        let is_of_money = !matches!(
            amount,
            backtest::Amount::Quantity(_) | backtest::Amount::Target(_)
        );
        if self.orders[id].left.is_none() && is_of_money && wanted > 0 {
            // The money is all that may be spent: what it buys with the commission.
            wanted = most_value(price * wanted) / price;
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
        let of_volume = self
            .volume_left
            .as_ref()
            .map_or(whole.abs(), |left| left[pair]);
        let offered = tradable(whole.signum() * whole.abs().min(of_volume), &rules);
        let is_all_or_nothing = time_in_force == TimeInForce::FillOrKill;
        if is_all_or_nothing && offered != whole {
            self.orders[id].status = Status::Rejected(Rejection::Unfillable);
            return;
        }
        if offered == 0 {
            // The volume is used up: the rest waits.
            self.orders[id].left = Some(whole);
            return;
        }
        let (units, reason) = self.possible(id, offered, price);
        let units = tradable(units, &rules);
        if units == 0 {
            self.drop_rest(id, reason);
            return;
        }
        if is_all_or_nothing && units != whole {
            self.orders[id].status = Status::Rejected(Rejection::Unfillable);
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
            commission: commission(price * units),
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
        } else if units != offered {
            order.status = Status::Cut;
        }
        self.tell_others(id, units, (moment != Moment::Close).then_some(price));
    }

    /// How much of a trade the account can pay for, deliver, or bear.
    fn possible(&self, id: usize, units: i128, price: i128) -> (i128, Rejection) {
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
                most_affordable(self.cash(), price, units),
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
                (most_bearable(&exposed, margin, units), Rejection::Margin)
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

    /// What lives for one bar only is over.
    fn end_bar(&mut self, is_chosen: impl Fn(&NaiveOrder) -> bool) {
        for id in 0..self.orders.len() {
            if self.traded(self.orders[id].wish.pair).is_none() {
                continue;
            }
            let order = &mut self.orders[id];
            if order.is_working() && is_chosen(order) {
                order.has_waited = true;
                order.first_price = None;
                let is_over = matches!(
                    order.wish.time_in_force,
                    TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill
                );
                if is_over {
                    order.status = Status::Expired;
                }
            }
        }
        self.drop_orphans();
    }

    /// Pays for what is borrowed, and closes an account whose margin is used up.
    fn settle(&mut self) {
        self.see_prices(Moment::Close);
        self.last_equity = self.worth();
        let Account::Margin(margin) = self.options.account else {
            return;
        };
        let n_pairs = self.scenario.0.len();
        let values: Vec<_> = (0..n_pairs)
            .map(|pair| self.held(pair) * self.close(pair))
            .collect();
        let short: i128 = values
            .iter()
            .filter(|value| **value < 0)
            .map(|value| -value)
            .sum();
        let debt = (-self.cash()).max(0);
        let cost = times(short + debt, hundredths(margin.borrow_rate)) / 8_766;
        self.borrowing_cost += cost;
        self.last_equity -= cost;
        let exposure: i128 = values.iter().map(|value| value.abs()).sum();
        if exposure == 0 || self.last_equity >= times(exposure, hundredths(margin.maintenance)) {
            return;
        }
        self.liquidations
            .push(i64::try_from(self.tick).expect("few hours") + 1);
        for order in &mut self.orders {
            if order.is_open() {
                order.status = Status::Cancelled;
            }
        }
        for pair in 0..n_pairs {
            let held = self.held(pair);
            if held != 0 {
                let wish = Wish {
                    pair,
                    amount: backtest::Amount::Target(backtest::Quantity::ZERO),
                    kind: Kind::Market,
                    time_in_force: TimeInForce::GoodTillCancelled,
                };
                self.close_position(wish, -held);
            }
        }
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

    /// The pair's row, unless its hour is absent.
    pub fn traded(&self, pair: usize) -> Option<Row> {
        let row = self.scenario.0[pair][self.tick];
        (!row.absent).then_some(row)
    }

    pub fn rules(&self, pair: usize) -> TradingRules {
        self.options.rules.get(pair).copied().unwrap_or_default()
    }

    pub fn cash(&self) -> i128 {
        let spent = |fill: &NaiveFill| fill.price * fill.units + fill.commission;
        let spent: i128 = self.fills.iter().map(spent).sum();
        self.options.capital.as_units() - spent - self.borrowing_cost
    }

    pub fn held(&self, pair: usize) -> i128 {
        let fills = self.fills.iter().filter(|fill| fill.pair == pair);
        fills.map(|fill| fill.units).sum()
    }

    pub fn close(&self, pair: usize) -> i128 {
        self.price_at(pair, Moment::Close)
    }

    fn price_at(&self, pair: usize, moment: Moment) -> i128 {
        let row = self.scenario.0[pair][self.tick];
        let cents = if moment == Moment::Close {
            row.close
        } else {
            row.open
        };
        i128::from(cents * CENT)
    }

    /// Marks every pair at this moment's price.
    fn see_prices(&mut self, moment: Moment) {
        let pairs = 0..self.scenario.0.len();
        self.marks = pairs.map(|pair| self.price_at(pair, moment)).collect();
    }

    fn worth(&self) -> i128 {
        self.worth_with(|pair| self.marks[pair])
    }

    fn worth_with(&self, price: impl Fn(usize) -> i128) -> i128 {
        let pairs = 0..self.scenario.0.len();
        self.cash()
            + pairs
                .map(|pair| self.held(pair) * price(pair))
                .sum::<i128>()
    }
}
