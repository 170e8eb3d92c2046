//! The orders that wait: what they are, and withdrawing them.

use backtest::order::{Amount, Kind};
use backtest::{Context, Order, OrderId, Price, Quantity};
use pyo3::prelude::*;

use crate::order::name_of;
use crate::{style, tick};

/// An open order: its name, the place of its pair, its kind, coins asked for and filled,
/// its limit and stop, the unix seconds of placing, its time in force, and the unix seconds
/// until which it is good.
type OpenOrder = (
    String,
    usize,
    &'static str,
    f64,
    f64,
    (Option<f64>, Option<f64>),
    i64,
    (&'static str, Option<i64>),
);

/// Withdraws an open order; one that has ended is left as it is.
#[pyfunction]
pub fn cancel_order(id: &str) -> PyResult<()> {
    tick::with(|context| {
        let ids = open_ids(context);
        if let Some(id) = ids.into_iter().find(|open| name_of(*open) == id) {
            context.cancel(id);
        }
    })
}

/// All open orders, in the order of placing.
#[pyfunction]
pub fn open_orders() -> PyResult<Vec<OpenOrder>> {
    tick::with(|context| {
        let ids = open_ids(context).into_iter();
        let fields = ids.map(|id| {
            let order = context.get_order(id);
            let price = |price: Price| Some(price.as_f64());
            let (limit, stop) = match order.kind {
                Kind::Limit { limit } => (price(limit), None),
                Kind::Stop { stop } => (None, price(stop)),
                Kind::StopLimit { stop, limit } => (price(limit), price(stop)),
                Kind::Market | Kind::TrailingStop { .. } => (None, None),
            };
            let coins = coins(context, order).as_f64();
            let (pair, filled) = (order.pair.index(), order.filled.as_f64());
            let placed_at = order.placed_at.as_seconds();
            let time_in_force = style::name_of(order.time_in_force);
            let (name, kind) = (name_of(id), order.kind.name());
            let prices = (limit, stop);
            (
                name,
                pair,
                kind,
                coins,
                filled,
                prices,
                placed_at,
                time_in_force,
            )
        });
        fields.collect()
    })
}

fn open_ids(context: &Context<'_>) -> Vec<OrderId> {
    let pairs = context.pairs();
    let mut ids: Vec<_> = pairs
        .flat_map(|pair| context.open_orders(pair).map(|order| order.id))
        .collect();
    ids.sort_unstable();
    ids
}

/// How many coins an order was for, at the last close where it is for money.
fn coins(context: &Context<'_>, order: &Order) -> Quantity {
    let pair = order.pair;
    let (close, equity) = (context.value(pair), context.equity());
    let held = context.portfolio().quantity(pair) - order.filled;
    match order.amount {
        Amount::Quantity(quantity) => quantity,
        Amount::Value(value) => value / close,
        Amount::Percent(share) => equity * share / close,
        Amount::Target(target) => target - held,
        Amount::TargetValue(value) => value / close - held,
        Amount::TargetPercent(share) => equity * share / close - held,
    }
}
