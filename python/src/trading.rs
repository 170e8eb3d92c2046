//! How a run trades, as Python says it: conventions, costs, account and rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use backtest::commission::{FixedCommission, MakerTakerCommission, MinimumCommission};
use backtest::slippage::{FixedSlippage, PercentSlippage, VolatilitySlippage, VolumeShareSlippage};
use backtest::{
    Account, Cash, CommissionModel, EngineOptions, FillConvention, Margin, NoSlippage,
    PercentCommission, Price, Quantity, Ratio, Sizing, SlippageModel, TradingRules,
};
use pyo3::prelude::*;

use crate::listed::Listed;
use crate::{argument, error};

/// The attributes of the Python class of that name.
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
    /// The terms of a margin account, where it is one.
    account: Option<Terms>,
    /// The exchange's rules, by pair.
    rules: BTreeMap<String, Rules>,
}

/// What `backdraft.finance.account.Margin` has.
struct Terms {
    leverage: f64,
    maintenance: f64,
    borrow_rate: f64,
}

/// What `backdraft.finance.rules.TradingRules` has.
struct Rules {
    min_quantity: f64,
    quantity_step: Option<f64>,
    price_step: Option<f64>,
}

impl<'py> FromPyObject<'_, 'py> for Trading {
    type Error = PyErr;

    fn extract(trading: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let name = |option, names: &[&str]| {
            let rule = format!("choose one of {}", names.join(", "));
            argument::text(option, &trading.getattr(option)?, &rule)
        };
        let (commission, numbers): (String, Vec<Bound<'py, PyAny>>) =
            trading.getattr("commission")?.extract()?;
        let numbers = numbers
            .iter()
            .map(|given| argument::number("commission", given));
        let (slippage, amount): (String, Bound<'py, PyAny>) =
            trading.getattr("slippage")?.extract()?;
        let rules: BTreeMap<String, Bound<'py, PyAny>> = trading.getattr("rules")?.extract()?;
        let rules = rules
            .into_iter()
            .map(|(pair, rules)| Ok((pair, Rules::read(&rules)?)));
        Ok(Self {
            commission: (commission, numbers.collect::<PyResult<_>>()?),
            min_commission: number(&trading, "min_commission")?,
            slippage: (slippage, argument::number("slippage", &amount)?),
            fill: name("fill", FillConvention::NAMES)?,
            size: name("size", Sizing::NAMES)?,
            volume_limit: number_or_none(&trading, "volume_limit")?,
            account: argument::perhaps(&trading.getattr("account")?, Terms::read)?,
            rules: rules.collect::<PyResult<_>>()?,
        })
    }
}

fn number(object: &Bound<'_, PyAny>, field: &'static str) -> PyResult<f64> {
    argument::number(field, &object.getattr(field)?)
}

fn number_or_none(object: &Bound<'_, PyAny>, field: &'static str) -> PyResult<Option<f64>> {
    argument::perhaps(&object.getattr(field)?, |given| {
        argument::number(field, given)
    })
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
            account: None,
            rules: BTreeMap::new(),
        }
    }
}

impl Trading {
    /// The engine's options for this market, with this capital.
    pub fn options(&self, listed: &Listed, capital: f64) -> PyResult<EngineOptions> {
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
        if let Some(terms) = &self.account {
            options.account = Account::Margin(terms.margin()?);
        }
        options.rules = self.rules(listed)?;
        Ok(options)
    }

    /// The rules of every pair, in the market's order; none where there are none.
    fn rules(&self, listed: &Listed) -> PyResult<Vec<TradingRules>> {
        if self.rules.is_empty() {
            return Ok(Vec::new());
        }
        let mut rules = vec![TradingRules::default(); listed.market.n_pairs()];
        for (name, told) in &self.rules {
            rules[listed.find(name)?.index()] = told.rules()?;
        }
        Ok(rules)
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

impl Terms {
    fn read(margin: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self {
            leverage: number(margin, "leverage")?,
            maintenance: number(margin, "maintenance")?,
            borrow_rate: number(margin, "borrow_rate")?,
        })
    }

    fn margin(&self) -> PyResult<Margin> {
        let ratio = |option, number: f64, low: f64, high: f64, rule: &str| {
            let ratio = Ratio::from_f64(number).filter(|_| (low..=high).contains(&number));
            ratio.ok_or_else(|| error::option(option, number, rule))
        };
        let of_equity = "it is so many times the equity, from 1 to 1000";
        let of_exposure = "it is a share of the exposure, from 0 to 1";
        let of_value = "it is a share of what is borrowed a year, from 0 to 100 (10,000 %)";
        Ok(Margin {
            leverage: ratio("leverage", self.leverage, 1.0, 1_000.0, of_equity)?,
            maintenance: ratio("maintenance", self.maintenance, 0.0, 1.0, of_exposure)?,
            borrow_rate: ratio("borrow_rate", self.borrow_rate, 0.0, 100.0, of_value)?,
        })
    }
}

impl Rules {
    fn read(rules: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self {
            min_quantity: number(rules, "min_quantity")?,
            quantity_step: number_or_none(rules, "quantity_step")?,
            price_step: number_or_none(rules, "price_step")?,
        })
    }

    fn rules(&self) -> PyResult<TradingRules> {
        let is_amount = |coins: &Quantity| !coins.is_negative();
        let min_quantity = quantity("min_quantity", self.min_quantity)?;
        if !is_amount(&min_quantity) {
            let rule = "it has to be a number of coins of at least 0";
            return Err(error::option("min_quantity", self.min_quantity, rule));
        }
        let step = self.quantity_step.map(|step| {
            let rule = "it has to be a number of coins above 0";
            let is_step = |coins: &Quantity| is_amount(coins) && !coins.is_zero();
            let coins = Some(quantity("quantity_step", step)?).filter(is_step);
            coins.ok_or_else(|| error::option("quantity_step", step, rule))
        });
        let price_step = self.price_step.map(|step| price("price_step", step));
        Ok(TradingRules {
            min_quantity,
            quantity_step: step.transpose()?,
            price_step: price_step.transpose()?,
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

/// A number of coins.
pub fn quantity(option: &'static str, coins: f64) -> PyResult<Quantity> {
    // Twelve decimals, as the engine counts coins.
    let units = (coins * 1e12).round();
    if !units.is_finite() || units.abs() > 1e30 {
        let rule = "it has to be a number of coins, at most 1e18";
        return Err(error::option(option, coins, rule));
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
    Ok(Quantity::from_units(units as i128))
}

fn money(option: &'static str, number: f64) -> PyResult<Cash> {
    let rule = "it has to be a sum of money of at least 0";
    let cash = Cash::from_f64(number).filter(|cash| !cash.is_negative());
    cash.ok_or_else(|| error::option(option, number, rule))
}

/// A share above zero and at most one.
pub fn fraction(option: &'static str, number: f64, rule: &str) -> PyResult<Ratio> {
    let ratio = Ratio::from_f64(number).filter(|_| number > 0.0 && number <= 1.0);
    ratio.ok_or_else(|| error::option(option, number, rule))
}

fn choose(option: &'static str, value: &str, names: &[&str]) -> PyErr {
    error::option(option, value, format!("choose one of {}", names.join(", ")))
}
