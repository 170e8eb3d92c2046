//! Orders: what a strategy wants done.
//!
//! Every way to order one asset ends in [`place`], where the kind of order is chosen by
//! what it waits for.

use backtest::order::Amount;
use backtest::{Cash, Context, OrderId, OrderRequest, Quantity, Ratio};
use pyo3::prelude::*;

use crate::argument::{self, AnAsset};
use crate::asset::Asset;
use crate::style::Terms;
use crate::trading::{price, quantity};
use crate::{error, tick};

/// An argument that may be left out.
type Given<'py> = Option<Bound<'py, PyAny>>;

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

fn cash(argument: &'static str, value: &Bound<'_, PyAny>) -> PyResult<Cash> {
    let rule = "it has to be a sum of money, at most 1e12";
    let value = argument::number(argument, value)?;
    Cash::from_f64(value).ok_or_else(|| error::option(argument, value, rule))
}

fn coins(argument: &'static str, coins: &Bound<'_, PyAny>) -> PyResult<Quantity> {
    quantity(argument, argument::number(argument, coins)?)
}

fn share(argument: &'static str, percent: &Bound<'_, PyAny>) -> PyResult<Ratio> {
    let rule = "it has to be a share of the portfolio's value such as 0.5, from -100 to 100";
    let percent = argument::number(argument, percent)?;
    let ratio = Ratio::from_f64(percent).filter(|_| percent.abs() <= 100.0);
    ratio.ok_or_else(|| error::option(argument, percent, rule))
}

/// Orders so many coins; a negative amount sells.
#[pyfunction]
#[pyo3(signature = (
    asset, amount, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order<'py>(
    asset: AnAsset<'py>,
    amount: Bound<'py, PyAny>,
    limit_price: Given<'py>,
    stop_price: Given<'py>,
    style: Given<'py>,
    time_in_force: Given<'py>,
) -> PyResult<Option<String>> {
    let amount = Amount::Quantity(coins("amount", &amount)?);
    let terms = Terms::new(limit_price, stop_price, style, time_in_force)?;
    place(asset.get(), amount, terms)
}

/// Orders coins for so much money.
#[pyfunction]
#[pyo3(signature = (
    asset, value, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_value<'py>(
    asset: AnAsset<'py>,
    value: Bound<'py, PyAny>,
    limit_price: Given<'py>,
    stop_price: Given<'py>,
    style: Given<'py>,
    time_in_force: Given<'py>,
) -> PyResult<Option<String>> {
    let amount = Amount::Value(cash("value", &value)?);
    let terms = Terms::new(limit_price, stop_price, style, time_in_force)?;
    place(asset.get(), amount, terms)
}

/// Orders coins for such a share of the portfolio's value.
#[pyfunction]
#[pyo3(signature = (
    asset, percent, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_percent<'py>(
    asset: AnAsset<'py>,
    percent: Bound<'py, PyAny>,
    limit_price: Given<'py>,
    stop_price: Given<'py>,
    style: Given<'py>,
    time_in_force: Given<'py>,
) -> PyResult<Option<String>> {
    let amount = Amount::Percent(share("percent", &percent)?);
    let terms = Terms::new(limit_price, stop_price, style, time_in_force)?;
    place(asset.get(), amount, terms)
}

/// Orders what is missing to hold `target` coins.
#[pyfunction]
#[pyo3(signature = (
    asset, target, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_target<'py>(
    asset: AnAsset<'py>,
    target: Bound<'py, PyAny>,
    limit_price: Given<'py>,
    stop_price: Given<'py>,
    style: Given<'py>,
    time_in_force: Given<'py>,
) -> PyResult<Option<String>> {
    let amount = Amount::Target(coins("target", &target)?);
    let terms = Terms::new(limit_price, stop_price, style, time_in_force)?;
    place(asset.get(), amount, terms)
}

/// Orders what is missing to hold coins of this value.
#[pyfunction]
#[pyo3(signature = (
    asset, target, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_target_value<'py>(
    asset: AnAsset<'py>,
    target: Bound<'py, PyAny>,
    limit_price: Given<'py>,
    stop_price: Given<'py>,
    style: Given<'py>,
    time_in_force: Given<'py>,
) -> PyResult<Option<String>> {
    let amount = Amount::TargetValue(cash("target", &target)?);
    let terms = Terms::new(limit_price, stop_price, style, time_in_force)?;
    place(asset.get(), amount, terms)
}

/// Orders what is missing to hold such a share of the portfolio's value.
#[pyfunction]
#[pyo3(signature = (
    asset, target, limit_price=None, stop_price=None, style=None, time_in_force=None,
))]
pub fn order_target_percent<'py>(
    asset: AnAsset<'py>,
    target: Bound<'py, PyAny>,
    limit_price: Given<'py>,
    stop_price: Given<'py>,
    style: Given<'py>,
    time_in_force: Given<'py>,
) -> PyResult<Option<String>> {
    let amount = Amount::TargetPercent(share("target", &target)?);
    let terms = Terms::new(limit_price, stop_price, style, time_in_force)?;
    place(asset.get(), amount, terms)
}

/// One of several orders that are placed together, as `backdraft.finance.execution` has
/// them.
struct Request<'py> {
    asset: AnAsset<'py>,
    amount: Quantity,
    terms: Terms<'py>,
}

impl<'py> Request<'py> {
    fn read(given: &Bound<'py, PyAny>) -> PyResult<Self> {
        let rule = "use backdraft.finance.execution.Request";
        let fields = ["asset", "amount", "style", "time_in_force"].map(|name| given.getattr(name));
        let [Ok(asset), Ok(amount), Ok(style), Ok(time_in_force)] = fields else {
            return Err(argument::wrong("order", given, rule));
        };
        Ok(Self {
            asset: asset.extract()?,
            amount: coins("amount", &amount)?,
            terms: Terms::new(None, None, Some(style), Some(time_in_force))?,
        })
    }
}

/// Places orders of which only one is executed, and returns their names.
#[pyfunction]
#[pyo3(signature = (*orders))]
pub fn order_one_cancels_other(orders: Vec<Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    let orders = orders.iter().map(Request::read);
    let orders = orders.collect::<PyResult<Vec<_>>>()?;
    let Some(first) = orders.first() else {
        return Ok(Vec::new());
    };
    let asset = first.asset.get().clone();
    let mut requests = Vec::with_capacity(orders.len());
    for order in orders {
        if *order.asset.get() != asset {
            let rule = "orders of which one cancels the others are of one asset";
            return Err(error::option("asset", &order.asset.get().name, rule));
        }
        let amount = Amount::Quantity(order.amount);
        requests.push(order.terms.apply(OrderRequest::new(asset.pair, amount))?);
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
pub fn order_bracket<'py>(
    asset: AnAsset<'py>,
    amount: Bound<'py, PyAny>,
    stop_price: Bound<'py, PyAny>,
    limit_price: Bound<'py, PyAny>,
    style: Given<'py>,
    time_in_force: Given<'py>,
) -> PyResult<(String, String, String)> {
    let asset = asset.get();
    let amount = Amount::Quantity(coins("amount", &amount)?);
    let entry = Terms::new(None, None, style, time_in_force)?;
    let entry = entry.apply(OrderRequest::new(asset.pair, amount))?;
    let price = |argument, given| price(argument, argument::number(argument, given)?);
    let (stop, limit) = (
        price("stop_price", &stop_price)?,
        price("limit_price", &limit_price)?,
    );
    let ids = in_market(asset, |context| context.bracket(entry, stop, limit))?;
    Ok(ids.map(name_of).into())
}
