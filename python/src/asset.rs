//! An asset: one pair of a market, as strategies hold it.

use std::hash::{Hash, Hasher};

use backtest::{PairId, Symbol};
use pyo3::prelude::*;

/// One pair of a market.
#[pyclass(frozen, eq, hash, ord, module = "backdraft")]
#[derive(Clone)]
pub struct Asset {
    pub pair: PairId,
    pub symbol: Symbol,
    /// As the data named it, such as `btc_usdt`.
    pub name: String,
    /// Open times of the first bar and of the one after the last, in seconds.
    pub hours: (i64, i64),
}

impl PartialEq for Asset {
    fn eq(&self, other: &Self) -> bool {
        self.pair == other.pair && self.symbol == other.symbol
    }
}

impl PartialOrd for Asset {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self.pair, &self.symbol).partial_cmp(&(other.pair, &other.symbol))
    }
}

impl Hash for Asset {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pair.hash(state);
    }
}

#[pymethods]
impl Asset {
    #[getter]
    fn symbol(&self) -> &str {
        &self.name
    }

    #[getter]
    fn sid(&self) -> usize {
        self.pair.index()
    }

    #[getter]
    fn asset_name(&self) -> String {
        self.symbol.to_string()
    }

    #[getter]
    fn base_currency(&self) -> String {
        self.symbol.base().to_ascii_lowercase()
    }

    #[getter]
    fn quote_currency(&self) -> String {
        self.symbol.quote().to_ascii_lowercase()
    }

    #[getter]
    fn start_date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        moment(py, self.hours.0)
    }

    #[getter]
    fn end_date<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        moment(py, self.hours.1)
    }

    /// An asset never changes, so that a copy is itself.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __int__(&self) -> usize {
        self.sid()
    }

    fn __str__(&self) -> &str {
        &self.name
    }

    fn __repr__(&self) -> String {
        format!("Asset({:?})", self.name)
    }
}

/// The moment as a pandas Timestamp, or as a datetime where pandas is not installed.
pub fn moment(py: Python<'_>, seconds: i64) -> PyResult<Bound<'_, PyAny>> {
    py.import("backdraft._frames")?
        .call_method1("moment", (seconds,))
}
