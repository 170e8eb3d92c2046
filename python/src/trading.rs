//! How a run trades, as Python says it: conventions and costs.

use std::sync::Arc;

use backtest::commission::{FixedCommission, MakerTakerCommission, MinimumCommission};
use backtest::slippage::{FixedSlippage, PercentSlippage, VolatilitySlippage, VolumeShareSlippage};
use backtest::{
    Cash, CommissionModel, EngineOptions, FillConvention, NoSlippage, PercentCommission, Price,
    Ratio, Sizing, SlippageModel,
};
use pyo3::prelude::*;

use crate::error;

/// The attributes of the Python class of that name.
#[derive(FromPyObject)]
pub struct Trading {
    /// A model and its numbers.
    commission: (String, Vec<f64>),
    /// The least that a trade costs.
    min_commission: f64,
    /// A model and its number.
    slippage: (String, f64),
    fill: String,
    size: String,
    volume_limit: Option<f64>,
}

impl Default for Trading {
    fn default() -> Self {
        Self {
            commission: ("percent".to_owned(), vec![0.001]),
            min_commission: 0.0,
            slippage: ("none".to_owned(), 0.0),
            fill: FillConvention::default().name().to_owned(),
            size: Sizing::default().name().to_owned(),
            volume_limit: None,
        }
    }
}

impl Trading {
    /// The engine's options with this capital.
    pub fn options(&self, capital: f64) -> PyResult<EngineOptions> {
        let mut options = EngineOptions::default();
        options.capital = self::capital(capital)?;
        options.fill = FillConvention::parse(&self.fill)
            .ok_or_else(|| choose("fill", &self.fill, FillConvention::NAMES))?;
        options.size =
            Sizing::parse(&self.size).ok_or_else(|| choose("size", &self.size, Sizing::NAMES))?;
        options.commission = self.commission()?;
        options.slippage = self.slippage()?;
        let limit = self.volume_limit.map(|limit| {
            let rule = "it has to be a share of the bar's volume, above 0 and at most 1";
            fraction("volume_limit", limit, rule)
        });
        options.volume_limit = limit.transpose()?;
        Ok(options)
    }

    fn commission(&self) -> PyResult<Arc<dyn CommissionModel>> {
        let rate = |rate: f64| {
            let rule = "a commission is at least 0 and below 1 (100 %)";
            let ratio = Ratio::from_f64(rate).filter(|_| (0.0..1.0).contains(&rate));
            ratio.ok_or_else(|| error::option("commission", rate, rule))
        };
        let (name, numbers) = &self.commission;
        let model: Box<dyn CommissionModel> = match (name.as_str(), numbers.as_slice()) {
            ("percent", [share]) => Box::new(PercentCommission::new(rate(*share)?)),
            ("maker-taker", [maker, taker]) => Box::new(MakerTakerCommission {
                maker: rate(*maker)?,
                taker: rate(*taker)?,
            }),
            ("fixed", [each]) => Box::new(FixedCommission {
                each: money("commission", *each)?,
            }),
            _ => {
                let rule = "choose percent, maker-taker or fixed, with its numbers";
                return Err(error::option("commission", name, rule));
            }
        };
        let least = money("commission", self.min_commission)?;
        Ok(if least > Cash::ZERO {
            Arc::new(MinimumCommission {
                inner: model,
                least,
            })
        } else {
            Arc::from(model)
        })
    }

    fn slippage(&self) -> PyResult<Arc<dyn SlippageModel>> {
        let (name, number) = (self.slippage.0.as_str(), self.slippage.1);
        let rule = "it has to be a number of at least 0";
        let is_amount = number.is_finite() && number >= 0.0;
        if !is_amount {
            return Err(error::option("slippage", number, rule));
        }
        Ok(match name {
            "none" => Arc::new(NoSlippage),
            _ if number == 0.0 => Arc::new(NoSlippage),
            "fixed" => Arc::new(FixedSlippage {
                distance: price("slippage", number)?,
            }),
            "percent" => Arc::new(PercentSlippage {
                share: fraction("slippage", number, "it has to be a share of the price")?,
            }),
            "volume-share" => Arc::new(VolumeShareSlippage { impact: number }),
            "volatility" => Arc::new(VolatilitySlippage { deviations: number }),
            _ => {
                let names = ["none", "fixed", "percent", "volume-share", "volatility"];
                return Err(choose("slippage", name, &names));
            }
        })
    }
}

/// The capital as money.
pub fn capital(capital: f64) -> PyResult<Cash> {
    let rule = "a run needs capital above zero, and at most 1e12";
    Cash::from_f64(capital)
        .filter(|capital| *capital > Cash::ZERO)
        .ok_or_else(|| error::option("capital_base", capital, rule))
}

/// A price, exactly as its decimals say.
pub fn price(option: &'static str, number: f64) -> PyResult<Price> {
    Price::parse(&number.to_string())
        .map_err(|problem| error::option(option, number, format!("a price {problem}")))
}

fn money(option: &'static str, number: f64) -> PyResult<Cash> {
    let rule = "it has to be a sum of money of at least 0";
    let cash = Cash::from_f64(number).filter(|cash| !cash.is_negative());
    cash.ok_or_else(|| error::option(option, number, rule))
}

fn fraction(option: &'static str, number: f64, rule: &str) -> PyResult<Ratio> {
    let ratio = Ratio::from_f64(number).filter(|_| number > 0.0 && number <= 1.0);
    ratio.ok_or_else(|| error::option(option, number, rule))
}

fn choose(option: &'static str, value: &str, names: &[&str]) -> PyErr {
    error::option(option, value, format!("choose one of {}", names.join(", ")))
}
