//! How an order waits: for which prices, and for how long.

use backtest::order::{TimeInForce, Trail};
use backtest::{OrderRequest, Price, Ratio, Timestamp};
use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::argument;
use crate::error;
use crate::trading::{fraction, price};

/// What an order waits for, and for how long.
#[derive(Default)]
pub struct Terms<'py> {
    limit: Option<Price>,
    stop: Option<Price>,
    trail: Option<Trail>,
    time_in_force: Option<Bound<'py, PyAny>>,
}

impl<'py> Terms<'py> {
    /// The terms that arguments and a style of `backdraft.finance.execution` make; an
    /// argument counts more than the style.
    pub fn new(
        limit_price: Option<Bound<'py, PyAny>>,
        stop_price: Option<Bound<'py, PyAny>>,
        style: Option<Bound<'py, PyAny>>,
        time_in_force: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let mut terms = match style {
            None => Self::default(),
            Some(style) => Self::of_style(&style)?,
        };
        if let Some(limit) = limit_price {
            terms.limit = Some(price_of("limit_price", &limit)?);
        }
        if let Some(stop) = stop_price {
            terms.stop = Some(price_of("stop_price", &stop)?);
        }
        terms.time_in_force = time_in_force;
        Ok(terms)
    }

    fn of_style(style: &Bound<'py, PyAny>) -> PyResult<Self> {
        // Every style has both, and a class is none.
        let prices = ["limit_price", "stop_price"].map(|name| style.getattr(name));
        let ([Ok(limit), Ok(stop)], false) = (prices, style.is_instance_of::<PyType>()) else {
            let rule = "use one of backdraft.finance.execution, such as LimitOrder(410.0)";
            return Err(argument::wrong("style", style, rule));
        };
        let distance = style.getattr_opt("distance")?;
        let percent = style.getattr_opt("percent")?;
        let trail = match (distance.filter(is_some), percent.filter(is_some)) {
            (Some(distance), _) => Some(Trail::Distance(price_of("distance", &distance)?)),
            (None, Some(percent)) => Some(Trail::Percent(share_of_price(&percent)?)),
            (None, None) => None,
        };
        Ok(Self {
            limit: argument::perhaps(&limit, |limit| price_of("limit_price", limit))?,
            stop: argument::perhaps(&stop, |stop| price_of("stop_price", stop))?,
            trail,
            time_in_force: None,
        })
    }

    /// Whether the order is one at the market that waits until it is executed.
    pub const fn are_plain(&self) -> bool {
        self.limit.is_none()
            && self.stop.is_none()
            && self.trail.is_none()
            && self.time_in_force.is_none()
    }

    /// The request under these terms.
    pub fn apply(self, mut request: OrderRequest) -> PyResult<OrderRequest> {
        if let Some(limit) = self.limit {
            request = request.limit(limit);
        }
        if let Some(stop) = self.stop {
            request = request.stop(stop);
        }
        if let Some(trail) = self.trail {
            request = request.trailing_stop(trail);
        }
        match self.time_in_force {
            None => Ok(request),
            Some(time) => Ok(request.time_in_force(time_in_force(&time)?)),
        }
    }
}

fn is_some(given: &Bound<'_, PyAny>) -> bool {
    !given.is_none()
}

fn price_of(argument: &'static str, given: &Bound<'_, PyAny>) -> PyResult<Price> {
    price(argument, argument::number(argument, given)?)
}

fn share_of_price(percent: &Bound<'_, PyAny>) -> PyResult<Ratio> {
    let rule = "it has to be a share of the best price, above 0 and below 1";
    let percent = argument::number("percent", percent)?;
    let share = fraction("percent", percent, rule)?;
    if share == Ratio::ONE {
        return Err(error::option("percent", percent, rule));
    }
    Ok(share)
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
