//! Orders: what a strategy wants done.
//!
//! Every way to order one asset ends in [`place`], where the kind of order is chosen by
//! what it waits for.

use backtest::order::Amount;
use backtest::{Cash, Context, OrderId, OrderRequest, Ratio};
use pyo3::prelude::*;

use crate::asset::Asset;
use crate::style::{Style, Terms};
use crate::trading::{price, quantity};
use crate::{error, tick};

/// Places an order in the running tick and returns its name, or `None` when there is
/// nothing to order.
fn place(asset: &Asset, amount: Amount, terms: Terms<'_>) -> PyResult<Option<String>> {
    let pair = asset.pair;
    let are_plain = terms.are_plain();
    let request = terms.apply(OrderRequest::new(pair, amount))?;
    let placed = in_market(asset, |context| match amount {
        _ if !are_plain => Some(context.place(request)),
        Amount::Quantity(quantity) => context.order(pair, quantity),
        Amount::Value(value) => context.order_value(pair, value),
        Amount::Percent(share) => context.order_percent(pair, share.as_f64()),
        Amount::Target(quantity) => context.order_target(pair, quantity),
        Amount::TargetValue(value) => context.order_target_value(pair, value),
        Amount::TargetPercent(share) => context.order_target_percent(pair, share.as_f64()),
    })?;
    Ok(placed.map(name_of))
}

/// Asks the running tick, if the asset is one of its market.
fn in_market<R>(asset: &Asset, ask: impl FnOnce(&mut Context<'_>) -> R) -> PyResult<R> {
    let place = asset.pair.index();
    let answer = tick::with(|context| (place < context.pairs().len()).then(|| ask(context)))?;
    answer.ok_or_else(|| {
        error::engine(backtest::Error::UnknownPair {
            symbol: asset.name.clone(),
            known: "others: this asset is of another market".to_owned(),
        })
    })
}

/// An order's number as text, as zipline has it.
pub fn name_of(id: OrderId) -> String {
    format!("order-{}", id.index())
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
#[pyo3(signature = (
    asset, amount, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order(
    asset: &Asset,
    amount: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
    time_in_force: Option<Bound<'_, PyAny>>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::Quantity(quantity("amount", amount)?),
        Terms {
            limit_price,
            stop_price,
            style,
            time_in_force,
        },
    )
}

/// Orders coins for so much money.
#[pyfunction]
#[pyo3(signature = (
    asset, value, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_value(
    asset: &Asset,
    value: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
    time_in_force: Option<Bound<'_, PyAny>>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::Value(cash(value)?),
        Terms {
            limit_price,
            stop_price,
            style,
            time_in_force,
        },
    )
}

/// Orders coins for such a share of the portfolio's value.
#[pyfunction]
#[pyo3(signature = (
    asset, percent, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_percent(
    asset: &Asset,
    percent: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
    time_in_force: Option<Bound<'_, PyAny>>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::Percent(share(percent)?),
        Terms {
            limit_price,
            stop_price,
            style,
            time_in_force,
        },
    )
}

/// Orders what is missing to hold `target` coins.
#[pyfunction]
#[pyo3(signature = (
    asset, target, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_target(
    asset: &Asset,
    target: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
    time_in_force: Option<Bound<'_, PyAny>>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::Target(quantity("amount", target)?),
        Terms {
            limit_price,
            stop_price,
            style,
            time_in_force,
        },
    )
}

/// Orders what is missing to hold coins of this value.
#[pyfunction]
#[pyo3(signature = (
    asset, target, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_target_value(
    asset: &Asset,
    target: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
    time_in_force: Option<Bound<'_, PyAny>>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::TargetValue(cash(target)?),
        Terms {
            limit_price,
            stop_price,
            style,
            time_in_force,
        },
    )
}

/// Orders what is missing to hold such a share of the portfolio's value.
#[pyfunction]
#[pyo3(signature = (
    asset, target, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_target_percent(
    asset: &Asset,
    target: f64,
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    style: Option<Style>,
    time_in_force: Option<Bound<'_, PyAny>>,
) -> PyResult<Option<String>> {
    place(
        asset,
        Amount::TargetPercent(share(target)?),
        Terms {
            limit_price,
            stop_price,
            style,
            time_in_force,
        },
    )
}

/// One of several orders that are placed together, as `backdraft.finance.execution` has
/// them.
#[derive(FromPyObject)]
pub struct Request<'py> {
    asset: PyRef<'py, Asset>,
    amount: f64,
    style: Option<Style>,
    time_in_force: Option<Bound<'py, PyAny>>,
}

/// Places orders of which only one is executed, and returns their names.
#[pyfunction]
#[pyo3(signature = (*orders))]
pub fn order_one_cancels_other(orders: Vec<Request<'_>>) -> PyResult<Vec<String>> {
    let Some(first) = orders.first() else {
        return Ok(Vec::new());
    };
    let asset = first.asset.clone();
    let mut requests = Vec::with_capacity(orders.len());
    for order in orders {
        if *order.asset != asset {
            let rule = "orders of which one cancels the others are of one asset";
            return Err(error::option("asset", &order.asset.name, rule));
        }
        let amount = Amount::Quantity(quantity("amount", order.amount)?);
        let terms = Terms {
            limit_price: None,
            stop_price: None,
            style: order.style,
            time_in_force: order.time_in_force,
        };
        requests.push(terms.apply(OrderRequest::new(asset.pair, amount))?);
    }
    let ids = in_market(&asset, |context| context.one_cancels_other(&requests))?;
    Ok(ids.into_iter().map(name_of).collect())
}

/// Orders so many coins, and what closes them again: a stop at a loss and a limit at a
/// gain, of which only one is executed.
#[pyfunction]
#[pyo3(signature = (
    asset, amount, stop_price, limit_price, style=None, time_in_force=None,
))]
pub fn order_bracket(
    asset: &Asset,
    amount: f64,
    stop_price: f64,
    limit_price: f64,
    style: Option<Style>,
    time_in_force: Option<Bound<'_, PyAny>>,
) -> PyResult<(String, String, String)> {
    let entry = Terms {
        limit_price: None,
        stop_price: None,
        style,
        time_in_force,
    };
    let amount = Amount::Quantity(quantity("amount", amount)?);
    let entry = entry.apply(OrderRequest::new(asset.pair, amount))?;
    let (stop, limit) = (
        price("stop_price", stop_price)?,
        price("limit_price", limit_price)?,
    );
    let ids = in_market(asset, |context| context.bracket(entry, stop, limit))?;
    Ok(ids.map(name_of).into())
}
