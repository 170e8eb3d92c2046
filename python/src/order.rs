//! Orders: what a strategy wants done.
//!
//! Every way to order ends in [`place`], where the kind of order is chosen by the prices
//! that are given.

use backtest::order::{Amount, Kind};
use backtest::{Cash, Context, Order, OrderId, OrderRequest, Price, Quantity, Ratio};
use pyo3::prelude::*;

use crate::asset::Asset;
use crate::error;
use crate::tick;
use crate::trading::price;

/// A style of order, as `backdraft.finance.execution` has them.
#[derive(FromPyObject)]
pub struct Style {
    limit_price: Option<f64>,
    stop_price: Option<f64>,
}

/// Prices to wait for: a limit, a stop, and a style that says both.
type Prices = (Option<f64>, Option<f64>, Option<Style>);

/// Places an order in the running tick and returns its name, or `None` when there is
/// nothing to order.
fn place(asset: &Asset, amount: Amount, prices: Prices) -> PyResult<Option<String>> {
    let pair = asset.pair;
    let mut request = OrderRequest::new(pair, amount);
    let (limit, stop, style) = prices;
    let (style_limit, style_stop) =
        style.map_or((None, None), |it| (it.limit_price, it.stop_price));
    let (limit, stop) = (limit.or(style_limit), stop.or(style_stop));
    let is_waiting = limit.is_some() || stop.is_some();
    if let Some(limit) = limit {
        request = request.limit(price("limit_price", limit)?);
    }
    if let Some(stop) = stop {
        request = request.stop(price("stop_price", stop)?);
    }
    let placed = tick::with(|context| {
        (pair.index() < context.pairs().len()).then(|| match amount {
            _ if is_waiting => Some(context.place(request)),
            Amount::Quantity(quantity) => context.order(pair, quantity),
            Amount::Value(value) => context.order_value(pair, value),
            Amount::Percent(share) => context.order_percent(pair, share.as_f64()),
            Amount::Target(quantity) => context.order_target(pair, quantity),
            Amount::TargetValue(value) => context.order_target_value(pair, value),
            Amount::TargetPercent(share) => context.order_target_percent(pair, share.as_f64()),
        })
    })?;
    let id = placed.ok_or_else(|| {
        error::engine(backtest::Error::UnknownPair {
            symbol: asset.name.clone(),
            known: "others: this asset is of another market".to_owned(),
        })
    })?;
    Ok(id.map(name_of))
}

/// An order's number as text, as zipline has it.
pub fn name_of(id: OrderId) -> String {
    format!("order-{}", id.index())
}

fn quantity(amount: f64) -> PyResult<Quantity> {
    // Twelve decimals, as the engine counts coins.
    let units = (amount * 1e12).round();
    if !units.is_finite() || units.abs() > 1e30 {
        let rule = "it has to be a number of coins, at most 1e18";
        return Err(error::option("amount", amount, rule));
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
    Ok(Quantity::from_units(units as i128))
}

fn cash(value: f64) -> PyResult<Cash> {
    let rule = "it has to be a sum of money, at most 1e12";
    Cash::from_f64(value).ok_or_else(|| error::option("value", value, rule))
}

fn share(percent: f64) -> PyResult<Ratio> {
    let rule = "it has to be a share of the portfolio's value such as 0.5, from -100 to 100";
    let ratio = Ratio::from_f64(percent).filter(|_| percent.abs() <= 100.0);
    ratio.ok_or_else(|| error::option("percent", percent, rule))
}

/// Orders so many coins; a negative amount sells.
#[pyfunction]
#[pyo3(signature = (asset, amount, limit_price=None, stop_price=None, style=None))]
pub fn order(
    asset: &Asset,
    amount: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::Quantity(quantity(amount)?),
        (limit_price, stop_price, style),
    )
}

/// Orders coins for so much money.
#[pyfunction]
#[pyo3(signature = (asset, value, limit_price=None, stop_price=None, style=None))]
pub fn order_value(
    asset: &Asset,
    value: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::Value(cash(value)?),
        (limit_price, stop_price, style),
    )
}

/// Orders coins for such a share of the portfolio's value.
#[pyfunction]
#[pyo3(signature = (asset, percent, limit_price=None, stop_price=None, style=None))]
pub fn order_percent(
    asset: &Asset,
    percent: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::Percent(share(percent)?),
        (limit_price, stop_price, style),
    )
}

/// Orders what is missing to hold `target` coins.
#[pyfunction]
#[pyo3(signature = (asset, target, limit_price=None, stop_price=None, style=None))]
pub fn order_target(
    asset: &Asset,
    target: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::Target(quantity(target)?),
        (limit_price, stop_price, style),
    )
}

/// Orders what is missing to hold coins of this value.
#[pyfunction]
#[pyo3(signature = (asset, target, limit_price=None, stop_price=None, style=None))]
pub fn order_target_value(
    asset: &Asset,
    target: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::TargetValue(cash(target)?),
        (limit_price, stop_price, style),
    )
}

/// Orders what is missing to hold such a share of the portfolio's value.
#[pyfunction]
#[pyo3(signature = (asset, target, limit_price=None, stop_price=None, style=None))]
pub fn order_target_percent(
    asset: &Asset,
    target: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::TargetPercent(share(target)?),
        (limit_price, stop_price, style),
    )
}

/// An open order: its name, the place of its pair, coins asked for and filled, its limit
/// and stop, and the unix seconds of placing.
type OpenOrder = (String, usize, f64, f64, Option<f64>, Option<f64>, i64);

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
            (name_of(id), pair, coins, filled, limit, stop, placed_at)
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
