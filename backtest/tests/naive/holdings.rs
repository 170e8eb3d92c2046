//! What the second engine has and owes, counted from the fills.

use backtest::{Account, Amount, Kind, Quantity, Status, TimeInForce, TradingRules};

use crate::account::{hundredths, times};
use crate::engine::{Moment, Naive, NaiveFill};
use crate::row::{CENT, Row};
use crate::scenario::Wish;

impl Naive<'_> {
    /// Pays for what is borrowed, and closes an account whose margin is used up.
    pub fn settle(&mut self) {
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
                    amount: Amount::Target(Quantity::ZERO),
                    kind: Kind::Market,
                    time_in_force: TimeInForce::GoodTillCancelled,
                };
                self.close_position(wish, -held);
            }
        }
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

    pub fn price_at(&self, pair: usize, moment: Moment) -> i128 {
        let row = self.scenario.0[pair][self.tick];
        let cents = if moment == Moment::Close {
            row.close
        } else {
            row.open
        };
        i128::from(cents * CENT)
    }

    /// Marks every pair at this moment's price.
    pub fn see_prices(&mut self, moment: Moment) {
        let pairs = 0..self.scenario.0.len();
        self.marks = pairs.map(|pair| self.price_at(pair, moment)).collect();
    }

    pub fn worth(&self) -> i128 {
        self.worth_with(|pair| self.marks[pair])
    }

    pub fn worth_with(&self, price: impl Fn(usize) -> i128) -> i128 {
        let pairs = 0..self.scenario.0.len();
        self.cash()
            + pairs
                .map(|pair| self.held(pair) * price(pair))
                .sum::<i128>()
    }
}
