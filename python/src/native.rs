//! Runs of the strategies that are written in Rust.

use std::sync::Arc;

use backtest::exchange::{ExchangeName, ExchangeOptions, ExchangePortal, FolderCheck, Logging};
use backtest::strategy::by_name;
use backtest::{MemoryPortal, run};
use pyo3::prelude::*;

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
    market, strategy, start=None, end=None, capital=100_000.0, trading=None,
    logging=None, folder_check=None, exchange=None,
))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the command line's options"
)]
pub fn run_native(
    py: Python<'_>,
    market: &Market,
    strategy: &str,
    start: Option<&str>,
    end: Option<&str>,
    capital: f64,
    trading: Option<Trading>,
    logging: Option<&str>,
    folder_check: Option<&str>,
    exchange: Option<&str>,
) -> PyResult<Outcome> {
    let listed = Arc::clone(&market.0);
    let range = time::range(&listed, start, end)?;
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
    logging: Option<&str>,
    folder_check: Option<&str>,
    exchange: Option<&str>,
) -> PyResult<Option<ExchangeOptions>> {
    if logging.is_none() && folder_check.is_none() && exchange.is_none() {
        return Ok(None);
    }
    let logging = match logging.unwrap_or("lazy") {
        "eager" => Logging::Eager,
        "lazy" => Logging::Lazy,
        other => return Err(error::option("logging", other, "choose eager or lazy")),
    };
    let folder_check = match folder_check.unwrap_or("once") {
        "every-call" => FolderCheck::EveryCall,
        "once" => FolderCheck::Once,
        other => {
            return Err(error::option(
                "folder_check",
                other,
                "choose every-call or once",
            ));
        }
    };
    let exchange = exchange.map(ExchangeName::parse).transpose();
    Ok(Some(ExchangeOptions {
        exchange: exchange.map_err(error::engine)?.unwrap_or_default(),
        ..ExchangeOptions::new(logging, folder_check)
    }))
}
