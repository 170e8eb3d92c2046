//! What a run trades on: the engine's market, with the names that the data gave its pairs.

use backtest::data::LoadReport;
use backtest::{Market, PairId, Symbol};
use pyo3::prelude::*;
use pyo3::types::PyInt;

use crate::asset::Asset;
use crate::{argument, error};

/// What a run trades on, shared by all that look at it.
pub struct Listed {
    pub market: Market,
    /// Each pair as the data names it.
    pub names: Vec<String>,
    /// Whether there is one bar a day rather than one an hour.
    pub is_daily: bool,
    /// The seed of the embedded market.
    pub seed: Option<u64>,
    /// What was found in files.
    pub files: Vec<LoadReport>,
}

impl Listed {
    pub const fn new(market: Market, names: Vec<String>) -> Self {
        Self {
            market,
            names,
            is_daily: false,
            seed: None,
            files: Vec::new(),
        }
    }

    /// With the engine's own names of the pairs.
    pub fn named(market: Market) -> Self {
        let names = market.pairs().map(|pair| market.symbol(pair).file_stem());
        let names = names.collect();
        Self::new(market, names)
    }

    /// The same prices of fewer pairs, or in another order.
    pub fn select(&self, pairs: &Pairs) -> PyResult<Self> {
        let market = match pairs {
            Pairs::First(n_pairs) => self.market.clone().first(*n_pairs),
            Pairs::Named(names) => {
                let found = names.iter().map(|name| self.find(name));
                let symbols = found.map(|pair| Ok(self.market.symbol(pair?).clone()));
                self.market
                    .clone()
                    .select(&symbols.collect::<PyResult<Vec<_>>>()?)
            }
        };
        let market = market.map_err(error::engine)?;
        let names = market.pairs().map(|pair| {
            let symbol = market.symbol(pair);
            let mut before = self.market.pairs();
            let before = before.find(|pair| self.market.symbol(*pair) == symbol);
            self.names[before.expect("it was selected").index()].clone()
        });
        Ok(Self {
            names: names.collect(),
            is_daily: self.is_daily,
            seed: self.seed,
            files: self.files.clone(),
            market,
        })
    }

    /// The sum of the closes of bars `start..end`, in price units, exactly.
    pub fn sum(&self, pair: PairId, start: usize, end: usize) -> i128 {
        let sums = self.market.bars(pair).close_sums();
        sums[end] - sums[start]
    }

    pub fn asset(&self, pair: PairId) -> Asset {
        let bars = self.market.bars(pair);
        Asset {
            pair,
            symbol: self.market.symbol(pair).clone(),
            name: self.names[pair.index()].clone(),
            hours: (bars.start().as_seconds(), bars.end().as_seconds()),
        }
    }

    /// The pair of an asset.
    ///
    /// # Errors
    /// `UnknownPair` for an asset of another market.
    pub fn require(&self, asset: &Asset) -> PyResult<PairId> {
        let pair = asset.pair;
        if pair.index() < self.market.n_pairs() && *self.market.symbol(pair) == asset.symbol {
            return Ok(pair);
        }
        self.find(&asset.name)
    }

    /// The pair of that name: as the data has it, as exchanges spell it, or by its base
    /// currency alone; on the embedded market, US dollars are tethers.
    pub fn find(&self, name: &str) -> PyResult<PairId> {
        let mut pairs = self.market.pairs();
        if let Some(pair) = pairs.find(|p| self.names[p.index()].eq_ignore_ascii_case(name)) {
            return Ok(pair);
        }
        let parsed = Symbol::parse(name);
        let matches = |pair: &PairId| {
            let symbol = self.market.symbol(*pair);
            match &parsed {
                Ok(wanted) => {
                    let is_dollar = self.seed.is_some() && wanted.quote() == "USD";
                    let same_quote = wanted.quote() == symbol.quote() || is_dollar;
                    wanted.base() == symbol.base() && same_quote
                }
                Err(_) => symbol.base().eq_ignore_ascii_case(name),
            }
        };
        self.market.pairs().find(matches).ok_or_else(|| {
            error::engine(backtest::Error::UnknownPair {
                symbol: name.to_owned(),
                known: self.names.join(", "),
            })
        })
    }
}

/// Which pairs: so many, or these.
pub enum Pairs {
    First(usize),
    Named(Vec<String>),
}

impl Pairs {
    pub fn symbols(names: &[String]) -> PyResult<Vec<Symbol>> {
        let symbols = names.iter().map(|name| Symbol::parse(name));
        symbols.collect::<Result<_, _>>().map_err(error::engine)
    }
}

impl<'py> FromPyObject<'_, 'py> for Pairs {
    type Error = PyErr;

    fn extract(pairs: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if pairs.is_instance_of::<PyInt>() {
            let n_pairs = argument::count("pairs", &pairs, 1)?;
            return Ok(Self::First(usize::try_from(n_pairs).unwrap_or(usize::MAX)));
        }
        let names = pairs.extract().map(Self::Named);
        names.map_err(|_| {
            let rule = "it has to be how many, or a list of their names";
            argument::wrong("pairs", &pairs, rule)
        })
    }
}
