//! A market: bars of one or several pairs, from wherever Python has them.

use std::path::PathBuf;
use std::sync::Arc;

use backtest::data;
use backtest::{BarSeries, Listing, Price, Symbol};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::argument::{self, AnAsset};
use crate::asset::Asset;
use crate::columns::Columns;
use crate::error::{self, DataError};
use crate::listed::{Listed, Pairs};
use crate::packed;
use crate::table::{Table, counts, floats, times};

/// Hourly bars of one or several pairs.
#[pyclass(frozen, module = "backdraft")]
pub struct Market(pub Arc<Listed>);

impl From<Listed> for Market {
    fn from(listed: Listed) -> Self {
        Self(Arc::new(listed))
    }
}

#[pymethods]
impl Market {
    /// The synthetic market that needs no file.
    #[staticmethod]
    #[pyo3(signature = (pairs=None, seed=None))]
    fn embedded(
        py: Python<'_>,
        pairs: Option<Pairs>,
        seed: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let seed = seed.map(|seed| argument::count("seed", &seed, 0));
        let seed = seed.transpose()?.unwrap_or(data::DEFAULT_SEED);
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
    fn load(py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<Self> {
        let loaded = py.detach(|| data::load(&paths)).map_err(error::engine)?;
        Ok(Listed {
            files: loaded.reports,
            ..Listed::named(loaded.market)
        }
        .into())
    }

    /// Tables by the name of their pair: Arrow's, or columns of times in unix seconds and
    /// of numbers.
    #[staticmethod]
    fn of_frames(frames: Vec<(String, Bound<'_, PyAny>)>) -> PyResult<Self> {
        let mut listings = Vec::with_capacity(frames.len());
        let mut is_daily = false;
        for (name, frame) in frames {
            let (bars, daily) = Columns::read(&frame, &name)?.bars(&name)?;
            is_daily |= daily;
            listings.push((name, bars));
        }
        Self::of_bars(listings, "data from Python".to_owned(), is_daily)
    }

    /// The market of some of the pairs: so many, or these.
    fn select(&self, pairs: Pairs) -> PyResult<Self> {
        Ok(self.0.select(&pairs)?.into())
    }

    #[getter]
    fn assets(&self) -> Vec<Asset> {
        let pairs = self.0.market.pairs();
        pairs.map(|pair| self.0.asset(pair)).collect()
    }

    /// The asset of that name.
    fn asset(&self, name: &Bound<'_, PyAny>) -> PyResult<Asset> {
        let name = argument::text("symbol", name, "it has to be a text such as 'btc_usdt'")?;
        Ok(self.0.asset(self.0.find(&name)?))
    }

    /// All bars of an asset: `time` (their opening), `open`, `high`, `low`, `close` in the
    /// quote currency, `volume` in coins, and as 0 or 1 whether the hour was `filled`.
    fn bars(&self, asset: AnAsset<'_>) -> PyResult<Table> {
        let bars = self.0.market.bars(self.0.require(asset.get())?);
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
            let bytes = packed::pack(listed.market.bars(pair));
            (&listed.names[pair.index()], PyBytes::new(py, &bytes))
        });
        let arguments = (columns.collect::<Vec<_>>(), listed.market.source());
        (kind.getattr("_unpack")?, arguments)
            .into_pyobject(py)
            .map(Bound::into_any)
    }

    #[staticmethod]
    fn _unpack(listings: Vec<(String, Bound<'_, PyBytes>)>, source: String) -> PyResult<Self> {
        let mut unpacked = Vec::with_capacity(listings.len());
        let mut is_daily = false;
        for (name, bytes) in listings {
            let (bars, daily) = packed::unpack(bytes.as_bytes())
                .ok_or_else(|| DataError::new_err("these bytes are not a packed market"))?;
            is_daily |= daily;
            unpacked.push((name, bars));
        }
        Self::of_bars(unpacked, source, is_daily)
    }
}

impl Market {
    fn of_bars(series: Vec<(String, BarSeries)>, source: String, is_daily: bool) -> PyResult<Self> {
        let mut names = Vec::with_capacity(series.len());
        let mut listings = Vec::with_capacity(series.len());
        for (name, bars) in series {
            let symbol = symbol(&name)?;
            listings.push(Listing { symbol, bars });
            names.push(name);
        }
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
