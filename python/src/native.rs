//! Runs of the strategies that are written in Rust.

use std::sync::Arc;

use backtest::exchange::{ExchangeName, ExchangeOptions, ExchangePortal, FolderCheck, Logging};
use backtest::strategy::by_name;
use backtest::{MemoryPortal, run};
use pyo3::prelude::*;

use crate::argument;
use crate::market::Market;
use crate::outcome::Outcome;
use crate::trading::Trading;
use crate::{error, time};

/// Runs a strategy by name, such as `sma-cross:fast=24,slow=72`.
///
/// With `logging` or `folder_check`, prices are looked up through the case study's data
/// path.
#[pyfunction]
#[pyo3(signature = (
    market, strategy, capital, start=None, end=None, trading=None, logging=None, folder_check=None, exchange=None,
))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the command line's options"
)]
pub fn run_native(
    py: Python<'_>,
    market: &Market,
    strategy: &str,
    capital: &Bound<'_, PyAny>,
    start: Option<&str>,
    end: Option<&str>,
    trading: Option<Trading>,
    logging: Option<Bound<'_, PyAny>>,
    folder_check: Option<Bound<'_, PyAny>>,
    exchange: Option<Bound<'_, PyAny>>,
) -> PyResult<Outcome> {
    let listed = Arc::clone(&market.0);
    let range = time::range(&listed, start, end)?;
    let capital = argument::number("capital_base", capital)?;
    let options = trading.unwrap_or_default().options(&listed, capital)?;
    let path = data_path(logging, folder_check, exchange)?;
    let outcome = py.detach(|| {
        let market = &listed.market;
        let mut strategy = by_name(strategy)?;
        market.require(range)?;
        match path {
            None => {
                let mut portal = MemoryPortal::new(market);
                run(market, range, &mut portal, &mut *strategy, &options)
            }
            Some(path) => {
                let mut portal = ExchangePortal::prepare(market, path)?;
                run(market, range, &mut portal, &mut *strategy, &options)
            }
        }
    });
    let outcome = outcome.map_err(error::engine)?;
    let name = strategy.to_owned();
    Ok(Outcome::new(listed, name, options, outcome))
}

fn data_path(
    logging: Option<Bound<'_, PyAny>>,
    folder_check: Option<Bound<'_, PyAny>>,
    exchange: Option<Bound<'_, PyAny>>,
) -> PyResult<Option<ExchangeOptions>> {
    if logging.is_none() && folder_check.is_none() && exchange.is_none() {
        return Ok(None);
    }
    let logging = choose(
        "logging",
        logging,
        ("lazy", Logging::Lazy),
        ("eager", Logging::Eager),
    )?;
    let folder_check = choose(
        "folder_check",
        folder_check,
        ("once", FolderCheck::Once),
        ("every-call", FolderCheck::EveryCall),
    )?;
    let exchange = exchange.map(|exchange| {
        let rule = "it has to be the name of an exchange, such as poloniex";
        let name = argument::text("exchange", &exchange, rule)?;
        ExchangeName::parse(&name).map_err(error::engine)
    });
    Ok(Some(ExchangeOptions {
        exchange: exchange.transpose()?.unwrap_or_default(),
        ..ExchangeOptions::new(logging, folder_check)
    }))
}

/// The one of two that an argument names, and the first without one.
fn choose<T>(
    argument: &'static str,
    given: Option<Bound<'_, PyAny>>,
    first: (&str, T),
    second: (&str, T),
) -> PyResult<T> {
    let Some(given) = given else {
        return Ok(first.1);
    };
    let rule = format!("choose {} or {}", first.0, second.0);
    match argument::text(argument, &given, &rule)? {
        name if name == first.0 => Ok(first.1),
        name if name == second.0 => Ok(second.1),
        name => Err(error::option(argument, name, rule)),
    }
}
