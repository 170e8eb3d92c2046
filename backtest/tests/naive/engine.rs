//! The second engine: what happens in an hour, one thing after the other.

use backtest::{EngineOptions, FillConvention, IntraBar, Kind, Status, TimeInForce};

use crate::book::NaiveOrder;
use crate::costs::Costs;
use crate::offer::at_market;
use crate::row::{CENT, Row};
use crate::scenario::{Scenario, Script};

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
    pub costs: &'a Costs,
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
    pub marks: Vec<i128>,
    /// What of each pair's volume in this bar is left for orders, where that is limited.
    pub volume_left: Option<Vec<i128>>,
}

impl<'a> Naive<'a> {
    pub fn run(
        scenario: &'a Scenario,
        script: &Script,
        options: &'a EngineOptions,
        costs: &'a Costs,
    ) -> Self {
        let mut naive = Self {
            scenario,
            options,
            costs,
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
                self.fill(id, at_market(stop), Moment::Close);
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
            && let Some(offered) = self.offer(id, moment)
        {
            self.fill(id, offered, moment);
        }
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
}
