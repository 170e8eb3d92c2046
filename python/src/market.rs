//! A market: bars of one or several pairs, from wherever Python has them.

use std::path::PathBuf;
use std::sync::Arc;

use backtest::data::{self, LoadReport};
use backtest::{Listing, PairId, Price, Symbol};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3_arrow::PyTable;

use crate::asset::Asset;
use crate::columns::Columns;
use crate::error::{self, DataError};
use crate::table::{Table, counts, floats, times};

/// What a run trades on, shared by all that look at it.
pub struct Listed {
    pub market: backtest::Market,
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
    const fn new(market: backtest::Market, names: Vec<String>) -> Self {
        Self {
            market,
            names,
            is_daily: false,
            seed: None,
            files: Vec::new(),
        }
    }

    /// With the engine's own names of the pairs.
    fn named(market: backtest::Market) -> Self {
        let names = market.pairs().map(|pair| market.symbol(pair).file_stem());
        let names = names.collect();
        Self::new(market, names)
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

/// Hourly bars of one or several pairs.
#[pyclass(frozen, module = "backdraft")]
pub struct Market(pub Arc<Listed>);

impl From<Listed> for Market {
    fn from(listed: Listed) -> Self {
        Self(Arc::new(listed))
    }
}

/// Which pairs: so many, or these.
#[derive(FromPyObject)]
pub enum Pairs {
    First(usize),
    Named(Vec<String>),
}

impl Pairs {
    fn symbols(names: &[String]) -> PyResult<Vec<Symbol>> {
        let symbols = names.iter().map(|name| Symbol::parse(name));
        symbols.collect::<Result<_, _>>().map_err(error::engine)
    }
}

#[pymethods]
impl Market {
    /// The synthetic market that needs no file.
    #[staticmethod]
    #[pyo3(signature = (pairs=None, seed=None))]
    fn embedded(py: Python<'_>, pairs: Option<Pairs>, seed: Option<u64>) -> PyResult<Self> {
        let seed = seed.unwrap_or(data::DEFAULT_SEED);
        let symbols = match &pairs {
            Some(Pairs::Named(names)) => Some(Pairs::symbols(names)?),
            _ => None,
        };
        let market = py.detach(|| match (symbols, pairs) {
            (Some(symbols), _) => data::embedded_pairs(&symbols, seed),
            (None, Some(Pairs::First(n_pairs))) => data::embedded(n_pairs, seed),
            _ => data::embedded(data::DEFAULT_PAIRS, seed),
        });
        Ok(Listed {
            seed: Some(seed),
            ..Listed::named(market.map_err(error::engine)?)
        }
        .into())
    }

    /// Price files, one pair each, in any layout that the command line reads.
    #[staticmethod]
    #[pyo3(signature = (paths, pairs=None))]
    fn load(py: Python<'_>, paths: Vec<PathBuf>, pairs: Option<Pairs>) -> PyResult<Self> {
        let loaded = py.detach(|| data::load(&paths)).map_err(error::engine)?;
        let market = match pairs {
            None => Ok(loaded.market),
            Some(Pairs::First(n_pairs)) => loaded.market.first(n_pairs),
            Some(Pairs::Named(names)) => loaded.market.select(&Pairs::symbols(&names)?),
        };
        Ok(Listed {
            files: loaded.reports,
            ..Listed::named(market.map_err(error::engine)?)
        }
        .into())
    }

    /// Arrow tables by the name of their pair.
    #[staticmethod]
    fn from_arrow(tables: Vec<(String, PyTable)>) -> PyResult<Self> {
        let read = |(name, table): (String, PyTable)| Ok((Columns::read(&table, &name)?, name));
        Self::from_columns(tables.into_iter().map(read).collect::<PyResult<_>>()?)
    }

    /// Columns by the name of their pair: times in unix seconds, and numbers.
    #[staticmethod]
    #[pyo3(signature = (listings))]
    fn from_arrays(listings: Vec<(String, Columns)>) -> PyResult<Self> {
        Self::from_columns(listings.into_iter().map(|(name, c)| (c, name)).collect())
    }

    #[getter]
    fn assets(&self) -> Vec<Asset> {
        let pairs = self.0.market.pairs();
        pairs.map(|pair| self.0.asset(pair)).collect()
    }

    /// The asset of that name.
    fn asset(&self, name: &str) -> PyResult<Asset> {
        Ok(self.0.asset(self.0.find(name)?))
    }

    /// All bars of an asset: `time` (their opening), `open`, `high`, `low`, `close` in the
    /// quote currency, `volume` in coins, and as 0 or 1 whether the hour was `filled`.
    fn bars(&self, asset: &Asset) -> PyResult<Table> {
        let bars = self.0.market.bars(self.0.require(asset)?);
        let hours = (0..bars.len()).map(|hour| i64::try_from(hour).expect("an index fits"));
        let prices = |prices: &[Price]| floats(prices.iter().map(|price| price.as_f64()));
        Ok(Table::new(vec![
            (
                "time",
                times(hours.map(|hour| bars.start().plus_hours(hour))),
            ),
            ("open", prices(bars.opens())),
            ("high", prices(bars.highs())),
            ("low", prices(bars.lows())),
            ("close", prices(bars.closes())),
            ("volume", floats(bars.volumes().iter().copied())),
            (
                "filled",
                counts(bars.filled().iter().map(|filled| usize::from(*filled))),
            ),
        ]))
    }

    /// The first hour that all pairs have, and the hour after the last.
    #[getter]
    fn hours(&self) -> (String, String) {
        let (start, end) = self.0.market.common_hours();
        (start.to_string(), end.to_string())
    }

    #[getter]
    fn source(&self) -> &str {
        self.0.market.source()
    }

    #[getter]
    fn is_synthetic(&self) -> bool {
        self.0.market.is_synthetic()
    }

    #[getter]
    fn is_daily(&self) -> bool {
        self.0.is_daily
    }

    #[getter]
    fn quote_currency(&self) -> String {
        self.0.market.quote().to_ascii_lowercase()
    }

    fn __len__(&self) -> usize {
        self.0.market.n_pairs()
    }

    fn __repr__(&self) -> String {
        let (start, end) = self.0.market.common_hours();
        let names = self.0.names.join(", ");
        format!("<Market of {names}: {start} .. {end}>")
    }

    /// What it takes to make the same market in another process.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let kind = py.get_type::<Self>();
        let listed = &self.0;
        if let Some(seed) = listed.seed {
            let arguments = (listed.names.clone(), seed);
            return (kind.getattr("embedded")?, arguments)
                .into_pyobject(py)
                .map(Bound::into_any);
        }
        let columns = listed.market.pairs().map(|pair| {
            let bytes = Columns::pack(listed.market.bars(pair));
            (&listed.names[pair.index()], PyBytes::new(py, &bytes))
        });
        let arguments = (columns.collect::<Vec<_>>(), listed.market.source());
        (kind.getattr("_unpack")?, arguments)
            .into_pyobject(py)
            .map(Bound::into_any)
    }

    #[staticmethod]
    fn _unpack(listings: Vec<(String, Bound<'_, PyBytes>)>, source: String) -> PyResult<Self> {
        let mut names = Vec::with_capacity(listings.len());
        let mut unpacked = Vec::with_capacity(listings.len());
        let mut is_daily = false;
        for (name, bytes) in listings {
            let (bars, daily) = Columns::unpack(bytes.as_bytes())
                .ok_or_else(|| DataError::new_err("these bytes are not a packed market"))?;
            is_daily |= daily;
            unpacked.push((symbol(&name)?, bars));
            names.push(name);
        }
        let listings = unpacked
            .into_iter()
            .map(|(symbol, bars)| Listing { symbol, bars })
            .collect();
        let market = backtest::Market::new(listings, source, false).map_err(error::engine)?;
        Ok(Listed {
            is_daily,
            ..Listed::new(market, names)
        }
        .into())
    }
}

impl Market {
    fn from_columns(columns: Vec<(Columns, String)>) -> PyResult<Self> {
        let mut names = Vec::with_capacity(columns.len());
        let mut listings = Vec::with_capacity(columns.len());
        let mut is_daily = false;
        for (columns, name) in columns {
            let (bars, daily) = columns.bars(&name)?;
            is_daily |= daily;
            let symbol = symbol(&name)?;
            listings.push(Listing { symbol, bars });
            names.push(name);
        }
        let source = "data from Python".to_owned();
        let market = backtest::Market::new(listings, source, false).map_err(error::engine)?;
        Ok(Listed {
            is_daily,
            ..Listed::new(market, names)
        }
        .into())
    }
}

/// The engine's name of a pair; what has no quote currency, such as a share, is in
/// dollars.
fn symbol(name: &str) -> PyResult<Symbol> {
    Symbol::parse(name)
        .or_else(|error| Symbol::parse(&format!("{name}/USD")).map_err(|_| error))
        .map_err(error::engine)
}
