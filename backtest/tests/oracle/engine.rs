//! The second engine: market orders, and nothing kept but the fills.

use backtest::{FillConvention, Sizing};

use crate::affordable::{most_affordable, most_value};
use crate::support::{Action, CENT, Row, Scenario};
use crate::{CAPITAL, Rules};

/// The commission on a trade of this value.
fn commission(value: i128) -> i128 {
    value.abs() / 1_000
}

impl Action {
    pub fn pair(self) -> usize {
        match self {
            Self::Order(pair, _) | Self::Target(pair, _) | Self::Weight(pair, _) => pair,
        }
    }
}

/// The second engine, in units of [`backtest::Price`], quantity and cash.
pub struct Naive<'a> {
    pub scenario: &'a Scenario,
    pub rules: Rules,
    pub open: Vec<NaiveOrder>,
    pub fills: Vec<NaiveFill>,
    pub equity: Vec<i128>,
    pub n_orders: usize,
    pub n_cut: usize,
    pub n_rejected: usize,
    pub n_superseded: usize,
}

#[derive(Clone, Copy)]
pub struct NaiveOrder {
    pub id: usize,
    pub action: Action,
    /// How much, once that is settled.
    pub units: Option<i128>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NaiveFill {
    pub order: usize,
    pub pair: usize,
    pub tick: usize,
    pub price: i128,
    pub units: i128,
    pub commission: i128,
}

impl<'a> Naive<'a> {
    pub fn run(
        scenario: &'a Scenario,
        rules: Rules,
        decide: impl Fn(&Self, usize) -> Vec<Action>,
    ) -> Self {
        let mut naive = Self {
            scenario,
            rules,
            open: vec![],
            fills: vec![],
            equity: vec![],
            n_orders: 0,
            n_cut: 0,
            n_rejected: 0,
            n_superseded: 0,
        };
        for tick in 0..scenario.n_ticks() {
            match rules.0 {
                FillConvention::NextOpen => naive.execute(tick, tick, |row| row.open),
                // What could not be traded in its own hour waits for the next close.
                FillConvention::NextClose | FillConvention::Close => {
                    naive.execute(tick, tick + 1, |row| row.close);
                }
            }
            for action in decide(&naive, tick) {
                naive.place(action, tick);
            }
            if rules.0 == FillConvention::Close {
                naive.execute(tick, tick + 1, |row| row.close);
            }
            let equity = naive.equity_at(tick);
            naive.equity.push(equity);
        }
        naive
    }

    pub fn price(&self, pair: usize, tick: usize, of: impl Fn(&Row) -> i64) -> i128 {
        i128::from(of(&self.scenario.pairs[pair][self.scenario.n_warm_up + tick]) * CENT)
    }

    pub fn cash(&self) -> i128 {
        let flow = |fill: &NaiveFill| fill.price * fill.units + fill.commission;
        CAPITAL - self.fills.iter().map(flow).sum::<i128>()
    }

    pub fn held(&self, pair: usize) -> i128 {
        let fills = self.fills.iter().filter(|fill| fill.pair == pair);
        fills.map(|fill| fill.units).sum()
    }

    pub fn equity_at(&self, tick: usize) -> i128 {
        self.equity_with(|pair| self.price(pair, tick, |row| row.close))
    }

    pub fn equity_with(&self, price: impl Fn(usize) -> i128) -> i128 {
        let value = |pair| match self.held(pair) {
            0 => 0,
            held => held * price(pair),
        };
        self.cash() + (0..self.scenario.pairs.len()).map(value).sum::<i128>()
    }

    /// How much an order is for, at a price and with an account of this worth.
    pub fn size(&self, order: &NaiveOrder, price: i128, equity: i128) -> i128 {
        order.units.unwrap_or_else(|| match order.action {
            Action::Order(_, units) => units,
            Action::Target(pair, target) => target - self.held(pair),
            Action::Weight(pair, weight) => {
                #[expect(clippy::cast_possible_truncation, reason = "weights are near 1")]
                let parts = (weight * 1e12).round() as i128;
                let value = (equity * parts).div_euclid(1_000_000_000_000);
                value / price - self.held(pair)
            }
        })
    }

    pub fn place(&mut self, action: Action, tick: usize) {
        let pair = action.pair();
        let mut order = NaiveOrder {
            id: self.n_orders,
            action,
            units: None,
        };
        let is_plain = matches!(action, Action::Order(..));
        if self.rules.1 == Sizing::OnDecision || is_plain {
            let close = self.price(pair, tick, |row| row.close);
            order.units = Some(self.size(&order, close, self.equity_at(tick)));
        }
        if !is_plain {
            let n_open = self.open.len();
            self.open.retain(|order| order.action.pair() != pair);
            self.n_superseded += n_open - self.open.len();
        }
        if order.units != Some(0) {
            self.open.push(order);
            self.n_orders += 1;
        }
    }

    pub fn execute(&mut self, tick: usize, stamp: usize, of: impl Fn(&Row) -> i64) {
        let absent = |pair: usize| self.scenario.pairs[pair][self.scenario.n_warm_up + tick].absent;
        let (waiting, mut due): (Vec<_>, Vec<_>) =
            self.open.iter().partition(|o| absent(o.action.pair()));
        self.open = waiting;
        for sales in [true, false] {
            let mut rest = vec![];
            for order in due {
                let pair = order.action.pair();
                let price = self.price(pair, tick, &of);
                // All that is held is worth what it costs at this moment.
                let equity = self.equity_with(|pair| self.price(pair, tick, &of));
                let units = self.size(&order, price, equity);
                if (units < 0) != sales {
                    rest.push(order);
                    continue;
                }
                self.fill(&order, units, price, stamp);
            }
            due = rest;
        }
        // What others have cost can turn a small purchase into a sale, which has to
        // wait, as sales come first.
        self.open.extend(due);
        self.open.sort_by_key(|order| order.id);
    }

    pub fn fill(&mut self, order: &NaiveOrder, units: i128, price: i128, stamp: usize) {
        let pair = order.action.pair();
        let units =
            if order.units.is_none() && matches!(order.action, Action::Weight(..)) && units > 0 {
                // The money is all that may be spent: what it buys with the commission.
                let value = most_value(price * units, commission);
                value / price
            } else {
                units
            };
        if units == 0 {
            return;
        }
        let done = if units < 0 {
            -self.held(pair).min(-units)
        } else {
            most_affordable(self.cash(), price, units, commission)
        };
        if done == 0 {
            self.n_rejected += 1;
            return;
        }
        self.n_cut += usize::from(done != units);
        self.fills.push(NaiveFill {
            order: order.id,
            pair,
            tick: stamp,
            price,
            units: done,
            commission: commission(price * done),
        });
    }
}
