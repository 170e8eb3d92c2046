//! A strategy as a value: its name and its parameters, before it is built.
//!
//! It is what is typed after `--strategy`, what a sweep varies, and what can be sent
//! to another machine.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{BuyAndHold, Idle, MeanReversion, SmaCross, SmaWeights, Strategy};
use super::{buy_and_hold, idle, mean_reversion, sma_cross, sma_weights};
use crate::{Error, Result};

/// The names of the crate's own strategies, in the order in which they are listed.
pub const NAMES: [&str; 5] = [
    idle::NAME,
    buy_and_hold::NAME,
    sma_cross::NAME,
    sma_weights::NAME,
    mean_reversion::NAME,
];

/// A strategy's name and those of its parameters that are not at their defaults,
/// such as `sma-cross:fast=24,slow=72`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrategySpec {
    /// Which strategy.
    pub name: String,
    /// Parameters by name.
    pub parameters: BTreeMap<String, f64>,
}

/// The strategy of that name, with its default parameters.
///
/// # Errors
/// [`Error::Option`] with the known names when there is no such strategy.
pub fn by_name(name: &str) -> Result<Box<dyn Strategy + Send>> {
    StrategySpec::parse(name)?.build()
}

impl StrategySpec {
    /// Reads `NAME` or `NAME:PARAMETER=NUMBER,...`.
    ///
    /// # Errors
    /// [`Error::Option`] when a parameter is not written like that, or stands twice.
    /// Whether the strategy knows it is found out by [`StrategySpec::build`].
    pub fn parse(text: &str) -> Result<Self> {
        let (name, list) = text.split_once(':').unwrap_or((text, ""));
        let mut parameters = BTreeMap::new();
        for item in list.split(',').filter(|_| text.contains(':')) {
            let parsed = item.split_once('=').and_then(|(key, value)| {
                let value: f64 = value.trim().parse().ok()?;
                value.is_finite().then(|| (key.trim().to_owned(), value))
            });
            let Some((key, value)) = parsed else {
                return Err(refuse(text, "write parameters as NAME:fast=24,slow=72"));
            };
            if parameters.insert(key.clone(), value).is_some() {
                return Err(refuse(text, format!("the parameter {key} stands twice")));
            }
        }
        Ok(Self {
            name: name.trim().to_owned(),
            parameters,
        })
    }

    /// The same strategy with one parameter set.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: f64) -> Self {
        self.parameters.insert(parameter.to_owned(), value);
        self
    }

    /// The strategy itself.
    ///
    /// # Errors
    /// [`Error::Option`] when there is no strategy of that name, when it has no such
    /// parameter, or when a value breaks one of its rules.
    pub fn build(&self) -> Result<Box<dyn Strategy + Send>> {
        let mut given = Given {
            spec: self,
            left: self.parameters.clone(),
            known: Vec::new(),
        };
        let strategy: Box<dyn Strategy + Send> = match self.name.as_str() {
            idle::NAME => Box::new(Idle),
            buy_and_hold::NAME => Box::new(BuyAndHold::new(given.number("allocation", 0.99))?),
            sma_cross::NAME => {
                let (fast, slow) = (given.whole("fast", 24)?, given.whole("slow", 72)?);
                Box::new(SmaCross::new(fast, slow, given.number("allocation", 0.99))?)
            }
            sma_weights::NAME => {
                let (fast, slow) = (given.whole("fast", 24)?, given.whole("slow", 72)?);
                let allocation = given.number("allocation", 0.98);
                let drift = given.number("drift", 0.01);
                Box::new(SmaWeights::new(fast, slow, allocation, drift)?)
            }
            mean_reversion::NAME => Box::new(MeanReversion::new(given.mean_reversion()?)),
            _ => {
                let rule = format!("choose one of {}", NAMES.join(", "));
                return Err(refuse(&self.name, rule));
            }
        };
        given.finish()?;
        Ok(strategy)
    }
}

impl fmt::Display for StrategySpec {
    /// Writes what [`StrategySpec::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        let mut separator = ':';
        for (key, value) in &self.parameters {
            write!(f, "{separator}{key}={value}")?;
            separator = ',';
        }
        Ok(())
    }
}

/// The parameters that were given, as they are asked for one by one.
struct Given<'a> {
    spec: &'a StrategySpec,
    left: BTreeMap<String, f64>,
    known: Vec<&'static str>,
}

impl Given<'_> {
    fn number(&mut self, name: &'static str, default: f64) -> f64 {
        self.known.push(name);
        self.left.remove(name).unwrap_or(default)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number within bounds by then"
    )]
    fn whole(&mut self, name: &'static str, default: usize) -> Result<usize> {
        let value = self.number(name, default as f64);
        if value.fract() == 0.0 && (0.0..=1e9).contains(&value) {
            Ok(value as usize)
        } else {
            Err(refuse(
                self.spec,
                format!("{name} is a whole number, 0 or more"),
            ))
        }
    }

    fn mean_reversion(&mut self) -> Result<mean_reversion::Parameters> {
        let default = mean_reversion::Parameters::default();
        let parameters = mean_reversion::Parameters {
            window: self.whole("window", default.window)?,
            min_bars: self.whole("min_bars", default.min_bars)?,
            period: self.whole("period", default.period)?,
            z_gain: self.number("z_gain", default.z_gain),
            half_lives: self.number("half_lives", default.half_lives),
            strength_gain: self.number("strength_gain", default.strength_gain),
            allocation: self.number("allocation", default.allocation),
            band: self.number("band", default.band),
        };
        let rule = if parameters.period == 0 || parameters.min_bars <= parameters.period {
            "period is at least 1, and min_bars is more than it"
        } else if parameters.window < parameters.min_bars {
            "window is at least min_bars"
        } else if !(parameters.allocation > 0.0 && parameters.allocation <= 1.0) {
            "allocation is above 0 and at most 1"
        } else if parameters.half_lives <= 0.0 || parameters.band < 0.0 {
            "half_lives is above 0, and band is not negative"
        } else {
            return Ok(parameters);
        };
        Err(refuse(self.spec, rule))
    }

    /// What nobody asked for is a typing mistake.
    fn finish(self) -> Result<()> {
        let Some(unknown) = self.left.keys().next() else {
            return Ok(());
        };
        let rule = if self.known.is_empty() {
            format!("{} has no parameters", self.spec.name)
        } else {
            format!(
                "{} has no {unknown}, but {}",
                self.spec.name,
                self.known.join(", ")
            )
        };
        Err(refuse(self.spec, rule))
    }
}

fn refuse(value: impl fmt::Display, rule: impl Into<String>) -> Error {
    Error::Option {
        option: "--strategy",
        value: value.to_string().escape_debug().to_string(),
        rule: rule.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_name_leads_to_its_strategy() {
        for name in NAMES {
            assert_eq!(by_name(name).expect("a listed name").name(), name);
        }
    }

    #[test]
    fn a_spec_reads_back() {
        for text in [
            "idle",
            "sma-cross:fast=24,slow=72",
            "sma-cross:allocation=0.5",
        ] {
            let spec = StrategySpec::parse(text).expect("a spec");
            assert_eq!(spec.to_string(), text);
            assert!(spec.build().is_ok());
        }
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let error = by_name(text).err().expect("no such strategy");
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn what_is_no_strategy_says_why() {
        refused(
            "momentum",
            "`momentum` is not a valid --strategy: choose one of idle, buy-and-hold, \
             sma-cross, sma-weights, mean-reversion",
        );
        refused(
            "sma-cross:fats=24",
            "`sma-cross:fats=24` is not a valid --strategy: sma-cross has no fats, but \
             fast, slow, allocation",
        );
        refused(
            "idle:x=1",
            "`idle:x=1` is not a valid --strategy: idle has no parameters",
        );
        refused(
            "sma-cross:fast=1,fast=2",
            "`sma-cross:fast=1,fast=2` is not a valid --strategy: the parameter fast stands twice",
        );
        refused(
            "sma-cross:fast",
            "`sma-cross:fast` is not a valid --strategy: write parameters as NAME:fast=24,slow=72",
        );
        refused(
            "sma-cross:fast=2.5",
            "`sma-cross:fast=2.5` is not a valid --strategy: fast is a whole number, 0 or more",
        );
        refused(
            "sma-cross:fast=72,slow=24",
            "`sma-cross:fast=72,slow=24,allocation=0.99` is not a valid --strategy: fast is at \
             least 1 hour and less than slow",
        );
    }
}
