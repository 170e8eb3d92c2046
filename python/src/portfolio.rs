//! Cash and positions at the running tick: `context.portfolio`.

use std::sync::Arc;

use backtest::{Cash, Context, PairId};
use pyo3::prelude::*;

use crate::argument::AnAsset;
use crate::asset::Asset;
use crate::listed::Listed;
use crate::tick;

/// Cash plus all positions.
#[pyclass(frozen, module = "backdraft")]
pub struct Portfolio {
    capital: Cash,
    positions: Py<Positions>,
}

impl Portfolio {
    pub fn new(py: Python<'_>, listed: Arc<Listed>, capital: Cash) -> PyResult<Self> {
        let positions = Py::new(py, Positions { listed })?;
        Ok(Self { capital, positions })
    }
}

fn equity() -> PyResult<f64> {
    tick::with(|context| context.equity().as_f64())
}

#[pymethods]
impl Portfolio {
    #[getter]
    fn cash(&self) -> PyResult<f64> {
        tick::with(|context| context.portfolio().cash().as_f64())
    }

    #[getter]
    fn portfolio_value(&self) -> PyResult<f64> {
        equity()
    }

    #[getter]
    fn positions_value(&self) -> PyResult<f64> {
        tick::with(|context| (context.equity() - context.portfolio().cash()).as_f64())
    }

    #[getter]
    fn positions_exposure(&self) -> PyResult<f64> {
        tick::with(|context| context.portfolio().exposure().as_f64())
    }

    #[getter]
    fn starting_cash(&self) -> f64 {
        self.capital.as_f64()
    }

    #[getter]
    fn pnl(&self) -> PyResult<f64> {
        tick::with(|context| (context.equity() - self.capital).as_f64())
    }

    #[getter]
    fn returns(&self) -> PyResult<f64> {
        Ok(equity()? / self.capital.as_f64() - 1.0)
    }

    #[getter]
    fn capital_used(&self) -> PyResult<f64> {
        tick::with(|context| (context.portfolio().cash() - self.capital).as_f64())
    }

    #[getter]
    fn positions(&self, py: Python<'_>) -> Py<Positions> {
        self.positions.clone_ref(py)
    }
}

/// What is held, by asset; an asset that is not held has a position of zero.
#[pyclass(frozen, mapping, module = "backdraft")]
pub struct Positions {
    listed: Arc<Listed>,
}

impl Positions {
    fn held(&self) -> PyResult<Vec<PairId>> {
        let market = &self.listed.market;
        tick::with(|context| {
            let portfolio = context.portfolio();
            let is_held = |pair: &PairId| !portfolio.position(*pair).is_flat();
            market.pairs().filter(is_held).collect()
        })
    }

    fn is_held(&self, asset: &Asset) -> PyResult<bool> {
        let pair = self.listed.require(asset)?;
        tick::with(|context| !context.portfolio().position(pair).is_flat())
    }

    fn position(&self, asset: Bound<'_, Asset>) -> PyResult<Position> {
        let pair = self.listed.require(asset.get())?;
        let (amount, last_sale_price) = tick::with(|context| {
            let quantity = context.portfolio().quantity(pair);
            (quantity.as_f64(), context.value(pair).as_f64())
        })?;
        Ok(Position {
            asset: asset.unbind(),
            amount,
            last_sale_price,
        })
    }
}

#[pymethods]
impl Positions {
    fn __getitem__(&self, asset: AnAsset<'_>) -> PyResult<Position> {
        self.position(asset.into_bound())
    }

    #[pyo3(signature = (asset, default=None))]
    fn get(
        &self,
        py: Python<'_>,
        asset: AnAsset<'_>,
        default: Option<Py<PyAny>>,
    ) -> PyResult<Option<Py<PyAny>>> {
        if self.is_held(asset.get())? {
            let position = self.position(asset.into_bound())?;
            return Ok(Some(Py::new(py, position)?.into_any()));
        }
        Ok(default)
    }

    fn __contains__(&self, asset: AnAsset<'_>) -> PyResult<bool> {
        self.is_held(asset.get())
    }

    fn __len__(&self) -> PyResult<usize> {
        Ok(self.held()?.len())
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let keys = self.keys()?.into_pyobject(py)?;
        Ok(keys.try_iter()?.into_any())
    }

    fn keys(&self) -> PyResult<Vec<Asset>> {
        let held = self.held()?;
        Ok(held
            .into_iter()
            .map(|pair| self.listed.asset(pair))
            .collect())
    }

    fn values(&self, py: Python<'_>) -> PyResult<Vec<Position>> {
        let keys = self.keys()?.into_iter();
        keys.map(|asset| self.position(Bound::new(py, asset)?))
            .collect()
    }

    fn items(&self, py: Python<'_>) -> PyResult<Vec<(Asset, Position)>> {
        Ok(self.keys()?.into_iter().zip(self.values(py)?).collect())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let held = self.values(py)?;
        let held: Vec<_> = held.iter().map(Position::__repr__).collect();
        Ok(format!("{{{}}}", held.join(", ")))
    }
}

/// What is held of one asset, as it was when it was asked for.
#[pyclass(frozen, module = "backdraft")]
pub struct Position {
    #[pyo3(get)]
    asset: Py<Asset>,
    /// Coins.
    #[pyo3(get)]
    amount: f64,
    /// The last close.
    #[pyo3(get)]
    last_sale_price: f64,
}

#[pymethods]
impl Position {
    #[getter]
    fn sid(&self, py: Python<'_>) -> Py<Asset> {
        self.asset.clone_ref(py)
    }

    /// What a coin cost on average, without commission; zero when nothing is held.
    ///
    /// A sale leaves it as it is, and selling all begins it afresh.
    #[getter]
    fn cost_basis(&self) -> PyResult<f64> {
        tick::with(|context| cost_basis(context, self.asset.get().pair))
    }

    /// The position's fields by their names.
    fn __getitem__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        slf.getattr(name)
    }

    fn __repr__(&self) -> String {
        format!(
            "Position({:?}, amount={})",
            self.asset.get().name,
            self.amount
        )
    }
}

fn cost_basis(context: &mut Context<'_>, pair: PairId) -> f64 {
    let (mut held, mut cost) = (0.0, 0.0);
    for fill in context.fills().iter().filter(|fill| fill.pair == pair) {
        let quantity = fill.quantity.as_f64();
        if fill.quantity.is_negative() {
            cost += cost / held * quantity;
        } else {
            cost += fill.value().as_f64();
        }
        held += quantity;
        if held <= 0.0 {
            (held, cost) = (0.0, 0.0);
        }
    }
    if held > 0.0 { cost / held } else { 0.0 }
}
