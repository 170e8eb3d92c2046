//! The result in columns: what is written as CSV and Parquet, and given to Python.

use crate::market::Market;
use crate::order::Status;
use crate::outcome::Outcome;
use crate::round_trip::{RoundTrip, round_trips};
use crate::time::Timestamp;

/// A column of a table. Times are seconds since 1970 in UTC, money and coins are
/// floats.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Moments; `None` for what has not happened.
    Time(Vec<Option<Timestamp>>),
    /// Numbers; `None` for what is undefined.
    Number(Vec<Option<f64>>),
    /// Whole numbers.
    Count(Vec<i64>),
    /// Words.
    Text(Vec<String>),
}

/// A table: columns of one length, each with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// What it is a table of, in one word, which names its file.
    pub name: &'static str,
    /// The columns, in their order.
    pub columns: Vec<(&'static str, Column)>,
}

impl Frame {
    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| match column {
            Column::Time(values) => values.len(),
            Column::Number(values) => values.len(),
            Column::Count(values) => values.len(),
            Column::Text(values) => values.len(),
        })
    }

    /// The table as comma-separated values with a header; what is undefined is empty.
    ///
    /// # Panics
    /// Never: memory takes every write.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names = self.columns.iter().map(|(name, _)| *name);
        writer
            .write_record(names)
            .expect("memory takes every write");
        for row in 0..self.n_rows() {
            let cells = self.columns.iter().map(|(_, column)| cell(column, row));
            writer
                .write_record(cells)
                .expect("memory takes every write");
        }
        writer.into_inner().expect("memory takes every write")
    }
}

fn cell(column: &Column, row: usize) -> String {
    match column {
        Column::Time(values) => values[row].map_or_else(String::new, |time| time.to_string()),
        Column::Number(values) => values[row].map_or_else(String::new, |number| number.to_string()),
        Column::Count(values) => values[row].to_string(),
        Column::Text(values) => values[row].clone(),
    }
}

/// The equity at each tick: time (of the close), equity, cash is not kept.
pub fn equity(outcome: &Outcome) -> Frame {
    let time = |tick: usize| {
        let hours = i64::try_from(tick).expect("a tick of the run") + 1;
        Some(outcome.range.start().plus_hours(hours))
    };
    Frame {
        name: "equity",
        columns: vec![
            ("time", Column::Time((0..outcome.ticks).map(time).collect())),
            (
                "equity",
                Column::Number(outcome.equity.iter().map(|e| Some(e.as_f64())).collect()),
            ),
        ],
    }
}

/// Everything executed, in the order of execution.
pub fn fills(outcome: &Outcome, market: &Market) -> Frame {
    let fills = &outcome.fills;
    let number =
        |of: &dyn Fn(usize) -> f64| Column::Number((0..fills.len()).map(|i| Some(of(i))).collect());
    let text = |of: &dyn Fn(usize) -> String| Column::Text((0..fills.len()).map(of).collect());
    Frame {
        name: "fills",
        columns: vec![
            (
                "time",
                Column::Time(fills.iter().map(|fill| Some(fill.time)).collect()),
            ),
            (
                "order",
                Column::Count(fills.iter().map(|fill| count(fill.order.index())).collect()),
            ),
            ("pair", text(&|i| market.symbol(fills[i].pair).to_string())),
            (
                "side",
                text(&|i| side(fills[i].quantity.is_negative()).to_owned()),
            ),
            ("quantity", number(&|i| fills[i].quantity.abs().as_f64())),
            ("price", number(&|i| fills[i].price.as_f64())),
            ("settled_price", number(&|i| fills[i].settled.as_f64())),
            ("value", number(&|i| fills[i].value().abs().as_f64())),
            ("commission", number(&|i| fills[i].commission.as_f64())),
            (
                "liquidity",
                text(&|i| format!("{:?}", fills[i].liquidity).to_lowercase()),
            ),
        ],
    }
}

/// Every order with its fate, in the order of placing.
pub fn orders(outcome: &Outcome, market: &Market) -> Frame {
    let orders = &outcome.orders;
    let text = |of: &dyn Fn(usize) -> String| Column::Text((0..orders.len()).map(of).collect());
    let reason = |status: Status| status.rejection().map_or(String::new(), |r| r.to_string());
    Frame {
        name: "orders",
        columns: vec![
            (
                "order",
                Column::Count((0..orders.len()).map(count).collect()),
            ),
            (
                "placed",
                Column::Time(orders.iter().map(|o| Some(o.placed_at)).collect()),
            ),
            (
                "ended",
                Column::Time(orders.iter().map(|o| o.ended_at).collect()),
            ),
            ("pair", text(&|i| market.symbol(orders[i].pair).to_string())),
            ("kind", text(&|i| orders[i].kind.name().to_owned())),
            ("amount", text(&|i| orders[i].amount.to_string())),
            (
                "filled",
                Column::Number(orders.iter().map(|o| Some(o.filled.as_f64())).collect()),
            ),
            ("status", text(&|i| orders[i].status.name().to_owned())),
            ("reason", text(&|i| reason(orders[i].status))),
        ],
    }
}

/// The round trips, in the order of their entries.
pub fn trades(outcome: &Outcome, market: &Market) -> Frame {
    let trips = round_trips(&outcome.fills, market.n_pairs());
    let number =
        |of: &dyn Fn(&RoundTrip) -> Option<f64>| Column::Number(trips.iter().map(of).collect());
    let closed = |trip: &RoundTrip, value: f64| trip.exited_at.map(|_| value);
    Frame {
        name: "trades",
        columns: vec![
            (
                "pair",
                Column::Text(
                    trips
                        .iter()
                        .map(|t| market.symbol(t.pair).to_string())
                        .collect(),
                ),
            ),
            (
                "side",
                Column::Text(
                    trips
                        .iter()
                        .map(|t| direction(t.is_long).to_owned())
                        .collect(),
                ),
            ),
            (
                "entered",
                Column::Time(trips.iter().map(|t| Some(t.entered_at)).collect()),
            ),
            (
                "exited",
                Column::Time(trips.iter().map(|t| t.exited_at).collect()),
            ),
            ("quantity", number(&|t| Some(t.quantity.as_f64()))),
            ("entry_price", number(&|t| Some(t.entry_price()))),
            ("exit_price", number(&|t| t.exit_price())),
            ("commission", number(&|t| Some(t.commission.as_f64()))),
            ("profit", number(&|t| closed(t, t.profit().as_f64()))),
            ("return", number(&|t| closed(t, t.return_()))),
        ],
    }
}

/// What is held at the end.
pub fn positions(outcome: &Outcome, market: &Market) -> Frame {
    let held = || {
        market
            .pairs()
            .filter(|pair| !outcome.portfolio.position(*pair).is_flat())
    };
    let number = |of: &dyn Fn(crate::position::Position) -> f64| {
        Column::Number(
            held()
                .map(|pair| Some(of(outcome.portfolio.position(pair))))
                .collect(),
        )
    };
    Frame {
        name: "positions",
        columns: vec![
            (
                "pair",
                Column::Text(held().map(|pair| market.symbol(pair).to_string()).collect()),
            ),
            ("quantity", number(&|position| position.quantity.as_f64())),
            ("price", number(&|position| position.price.as_f64())),
            ("value", number(&|position| position.value().as_f64())),
        ],
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).expect("fewer than i64::MAX")
}

const fn side(is_sale: bool) -> &'static str {
    if is_sale { "sell" } else { "buy" }
}

const fn direction(is_long: bool) -> &'static str {
    if is_long { "long" } else { "short" }
}
