//! How an order waits: for which prices, and for how long.

use backtest::order::{TimeInForce, Trail};
use backtest::{OrderRequest, Ratio, Timestamp};
use pyo3::prelude::*;

use crate::error;
use crate::trading::{fraction, price};

/// A style of order, as `backdraft.finance.execution` has them.
#[derive(Default, FromPyObject)]
pub struct Style {
    limit_price: Option<f64>,
    stop_price: Option<f64>,
    /// How far a trailing stop stays behind the best price: a sum, or a share of it.
    #[pyo3(default)]
    distance: Option<f64>,
    #[pyo3(default)]
    percent: Option<f64>,
}

/// What an order waits for, with what is said beside its style.
pub struct Terms<'py> {
    pub limit_price: Option<f64>,
    pub stop_price: Option<f64>,
    pub style: Option<Style>,
    pub time_in_force: Option<Bound<'py, PyAny>>,
}

impl Terms<'_> {
    /// Whether the order is one at the market that waits until it is executed.
    pub fn are_plain(&self) -> bool {
        let is_market = self.style.as_ref().is_none_or(Style::is_market);
        let has_prices = self.limit_price.is_some() || self.stop_price.is_some();
        is_market && !has_prices && self.time_in_force.is_none()
    }

    /// The request under these terms.
    pub fn apply(self, mut request: OrderRequest) -> PyResult<OrderRequest> {
        let style = self.style.unwrap_or_default();
        if let Some(limit) = self.limit_price.or(style.limit_price) {
            request = request.limit(price("limit_price", limit)?);
        }
        if let Some(stop) = self.stop_price.or(style.stop_price) {
            request = request.stop(price("stop_price", stop)?);
        }
        if let Some(trail) = style.trail()? {
            request = request.trailing_stop(trail);
        }
        match self.time_in_force {
            None => Ok(request),
            Some(time) => Ok(request.time_in_force(time_in_force(&time)?)),
        }
    }
}

impl Style {
    fn is_market(&self) -> bool {
        let prices = [self.limit_price, self.stop_price];
        let trails = [self.distance, self.percent];
        prices.iter().chain(&trails).all(Option::is_none)
    }

    fn trail(&self) -> PyResult<Option<Trail>> {
        if let Some(distance) = self.distance {
            return Ok(Some(Trail::Distance(price("distance", distance)?)));
        }
        let Some(percent) = self.percent else {
            return Ok(None);
        };
        let rule = "it has to be a share of the best price, above 0 and below 1";
        let share = fraction("percent", percent, rule)?;
        if share == Ratio::ONE {
            return Err(error::option("percent", percent, rule));
        }
        Ok(Some(Trail::Percent(share)))
    }
}

/// Reads `GTC`, `IOC`, `FOK`, or the moment until which an order is good, as `start` is.
fn time_in_force(time: &Bound<'_, PyAny>) -> PyResult<TimeInForce> {
    let inputs = time.py().import("backdraft._inputs")?;
    let text: String = inputs.call_method1("time_text", (time,))?.extract()?;
    match text.to_ascii_uppercase().as_str() {
        "GTC" => Ok(TimeInForce::GoodTillCancelled),
        "IOC" => Ok(TimeInForce::ImmediateOrCancel),
        "FOK" => Ok(TimeInForce::FillOrKill),
        _ => {
            let rule = "choose GTC, IOC, FOK, or the time until which the order is good";
            Timestamp::parse(&text)
                .map(TimeInForce::GoodTillDate)
                .ok_or_else(|| error::option("time_in_force", &text, rule))
        }
    }
}

/// The name of a time in force, with its moment if it has one.
pub fn name_of(time_in_force: TimeInForce) -> (&'static str, Option<i64>) {
    match time_in_force {
        TimeInForce::GoodTillCancelled => ("GTC", None),
        TimeInForce::ImmediateOrCancel => ("IOC", None),
        TimeInForce::FillOrKill => ("FOK", None),
        TimeInForce::GoodTillDate(until) => ("GTD", Some(until.as_seconds())),
    }
}
