//! A window: the last values of one column, as `data.history` returns them.
//!
//! It holds no values of its own but a place in the market ([`Column`]), so that making one
//! costs no copy. Prices are whole numbers of their units there, so that NumPy's, which are
//! not, are a copy. Means are taken of the exact sum of prices: two windows of equal mean
//! have equal means. Whatever else a pandas Series can do, it does as one; its operators are
//! beside this crate, in `backdraft/_window.py`.

mod column;

use std::sync::Arc;

use backtest::PairId;
use numpy::PyArray1;
use pyo3::exceptions::{PyAttributeError, PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PySlice;

use self::column::Column;
pub use self::column::mean_of_units;
use crate::asset::Asset;
use crate::field::Field;
use crate::listed::Listed;

/// The last values of one column.
#[pyclass(frozen, module = "backdraft")]
pub struct Window(Column);

impl Window {
    /// The last `n_bars` bars of `step` hours up to and with the hour `last`, fewer when
    /// there are not so many.
    pub fn new(
        listed: &Arc<Listed>,
        column: (PairId, Field),
        last: usize,
        n_bars: usize,
        step: usize,
    ) -> Self {
        Self(Column::new(listed, column, last, n_bars, step))
    }

    /// The window as pandas has it.
    fn series<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let frames = slf.py().import("backdraft._frames")?;
        frames.call_method1("series", (slf,))
    }
}

#[pymethods]
impl Window {
    /// The arithmetic mean, of the exact sum; NaN of nothing.
    fn mean(&self) -> f64 {
        match (self.0.len(), self.0.units()) {
            (0, _) => f64::NAN,
            (n, Some(units)) => mean_of_units(units, n),
            (n, None) => self.0.values().sum::<f64>() / n as f64,
        }
    }

    fn sum(&self) -> f64 {
        self.0
            .units()
            .map_or_else(|| self.0.values().sum(), |units| mean_of_units(units, 1))
    }

    fn min(&self) -> f64 {
        self.0.values().fold(f64::NAN, f64::min)
    }

    fn max(&self) -> f64 {
        self.0.values().fold(f64::NAN, f64::max)
    }

    /// The standard deviation with `ddof` degrees of freedom taken off.
    #[pyo3(signature = (ddof=1))]
    fn std(&self, ddof: usize) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.0.values().map(|value| (value - mean).powi(2)).sum();
        if self.0.len() > ddof {
            (squares / (self.0.len() - ddof) as f64).sqrt()
        } else {
            f64::NAN
        }
    }

    /// Positions, as a list has them: the window itself.
    #[getter]
    fn iloc(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[getter]
    fn asset(&self) -> Asset {
        self.0.listed.asset(self.0.pair)
    }

    /// The values as a NumPy array, a copy.
    #[getter(values)]
    fn numpy<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_iter(py, self.0.values())
    }

    fn to_numpy<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.numpy(py)
    }

    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if copy == Some(false) {
            return Err(PyValueError::new_err("prices become floats in a copy only"));
        }
        let array = self.numpy(py);
        match dtype {
            None => Ok(array.into_any()),
            Some(dtype) => array.as_any().call_method1("astype", (dtype,)),
        }
    }

    fn tolist(&self) -> Vec<f64> {
        self.0.values().collect()
    }

    /// When each bar was known, in unix seconds; of bars longer than an hour, when it
    /// began.
    #[getter]
    fn times<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        PyArray1::from_iter(py, (0..self.0.len()).map(|at| self.0.time(at)))
    }

    /// The window as a pandas Series.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::series(slf)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__<'py>(
        slf: &Bound<'py, Self>,
        key: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let column = &slf.get().0;
        if let Ok(at) = key.extract::<isize>() {
            let len = column.len().cast_signed();
            let at = if at < 0 { at + len } else { at };
            if !(0..len).contains(&at) {
                return Err(PyIndexError::new_err(format!("the window has {len} bars")));
            }
            let value = column.value(at.unsigned_abs());
            return Ok(value.into_pyobject(py)?.into_any());
        }
        if let Ok(slice) = key.cast::<PySlice>() {
            let part = slice.indices(column.len().cast_signed())?;
            let places = (0..part.slicelength)
                .map(|nth| (part.start + part.step * nth.cast_signed()).unsigned_abs());
            let part = Self(column.part(places));
            return Ok(Bound::new(py, part)?.into_any());
        }
        Self::series(slf)?.get_item(key)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let values = self.tolist().into_pyobject(py)?;
        Ok(values.try_iter()?.into_any())
    }

    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        if name.starts_with('_') {
            return Err(PyAttributeError::new_err(name.to_owned()));
        }
        Self::series(slf)?.getattr(name)
    }

    fn __repr__(&self) -> String {
        let values: Vec<_> = self.0.values().map(|value| value.to_string()).collect();
        let shown = match values.len() {
            ..=6 => values.join(", "),
            n => format!(
                "{}, …, {}",
                values[..3].join(", "),
                values[n - 3..].join(", ")
            ),
        };
        let name = &self.0.listed.names[self.0.pair.index()];
        format!("<Window of {name}, {} bars: {shown}>", self.0.len())
    }
}
