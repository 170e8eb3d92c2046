//! One run of a strategy written in Python.

use std::sync::Arc;

use backtest::{Cash, Context, HourRange, MemoryPortal, Strategy, run};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::argument;
use crate::data::Data;
use crate::error;
use crate::listed::Listed;
use crate::market::Market;
use crate::outcome::Outcome;
use crate::portfolio::Portfolio;
use crate::trading::{self, Trading};
use crate::{tick, time};

/// Ticks after which Ctrl-C is looked for, should the strategy be no Python function.
const TICKS_BETWEEN_SIGNALS: usize = 1_024;

/// A run that is prepared: its market, hours and capital.
#[pyclass(frozen, module = "backdraft")]
pub struct Simulation {
    listed: Arc<Listed>,
    range: HourRange,
    capital: Cash,
    /// Whether the strategy is called once a day rather than every hour.
    is_daily: bool,
    #[pyo3(get)]
    data: Py<Data>,
    #[pyo3(get)]
    portfolio: Py<Portfolio>,
}

#[pymethods]
impl Simulation {
    #[new]
    #[pyo3(signature = (market, capital, start=None, end=None, is_daily=false))]
    fn new(
        py: Python<'_>,
        market: &Market,
        capital: &Bound<'_, PyAny>,
        start: Option<&str>,
        end: Option<&str>,
        is_daily: bool,
    ) -> PyResult<Self> {
        let listed = Arc::clone(&market.0);
        if listed.is_daily && !is_daily {
            let rule = "the bars of this data are daily, write data_frequency='daily'";
            return Err(error::option("data_frequency", "hourly", rule));
        }
        let range = time::range(&listed, start, end)?;
        listed.market.require(range).map_err(error::engine)?;
        let capital = trading::capital(argument::number("capital_base", capital)?)?;
        Ok(Self {
            range,
            capital,
            is_daily,
            data: Py::new(py, Data::new(Arc::clone(&listed)))?,
            portfolio: Py::new(py, Portfolio::new(py, Arc::clone(&listed), capital)?)?,
            listed,
        })
    }

    /// Calls `on_tick(context, data)` at every tick and returns what came of it.
    #[pyo3(signature = (on_tick, context, trading=None, name="python"))]
    fn run<'py>(
        &self,
        py: Python<'py>,
        on_tick: Bound<'py, PyAny>,
        context: Bound<'py, PyAny>,
        trading: Option<Trading>,
        name: &str,
    ) -> PyResult<Outcome> {
        let arguments = (context, self.data.clone_ref(py)).into_pyobject(py)?;
        let mut strategy = PythonStrategy {
            on_tick,
            arguments,
            listed: &self.listed,
            is_daily: self.is_daily,
            n_ticks: 0,
            failure: None,
        };
        let market = &self.listed.market;
        let mut portal = MemoryPortal::new(market);
        let options = trading
            .unwrap_or_default()
            .options(&self.listed, self.capital.as_f64())?;
        let outcome = run(market, self.range, &mut portal, &mut strategy, &options);
        if let Some(failure) = strategy.failure {
            return Err(failure);
        }
        let outcome = outcome.map_err(error::engine)?;
        Ok(Outcome::new(
            Arc::clone(&self.listed),
            name.to_owned(),
            options,
            outcome,
        ))
    }

    /// How many hours will be simulated.
    #[getter]
    fn n_hours(&self) -> usize {
        self.range.n_hours()
    }

    /// The first hour's number since 1970.
    #[getter]
    fn first_hour(&self) -> i64 {
        time::hour_of(self.range.start().plus_hours(1))
    }
}

/// A Python function as the engine's strategy.
///
/// The engine's strategies cannot fail. After a failure this one does nothing more: the
/// rest of the run goes by in a fraction of a millisecond, and its outcome is dropped.
struct PythonStrategy<'py, 'a> {
    on_tick: Bound<'py, PyAny>,
    /// Made once, not at every tick.
    arguments: Bound<'py, PyTuple>,
    listed: &'a Listed,
    is_daily: bool,
    n_ticks: usize,
    failure: Option<PyErr>,
}

impl Strategy for PythonStrategy<'_, '_> {
    fn name(&self) -> &'static str {
        "python"
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        if self.failure.is_some() || (self.is_daily && !self.is_end_of_day(context)) {
            return;
        }
        let called = tick::during(context, || self.on_tick.call1(&self.arguments));
        self.n_ticks += 1;
        let checked = if self.n_ticks.is_multiple_of(TICKS_BETWEEN_SIGNALS) {
            called.and_then(|_| self.on_tick.py().check_signals())
        } else {
            called.map(drop)
        };
        self.failure = checked.err();
    }
}

impl PythonStrategy<'_, '_> {
    /// Whether this tick closes a day on which anything was traded.
    fn is_end_of_day(&self, context: &Context<'_>) -> bool {
        let now = context.now();
        let mut pairs = self.listed.market.pairs();
        now.as_seconds().rem_euclid(24 * 3_600) == 0
            && pairs.any(|pair| context.recent(pair, 24).filled().contains(&false))
    }
}
