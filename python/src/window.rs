//! A window: the last values of one column, as `data.history` returns them.
//!
//! It holds no values of its own but a place in the market, cut at the tick that it was
//! made at, so that making one costs no copy. Means are taken of the exact sum of
//! prices: two windows of equal mean have equal means. Whatever else a pandas Series can
//! do, it does as one.

use std::ops::Range;
use std::sync::Arc;

use backtest::{PairId, Price};
use numpy::PyArray1;
use pyo3::exceptions::{PyAttributeError, PyIndexError};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::PySlice;

use crate::field::Field;
use crate::market::Listed;

/// The last values of one column.
#[pyclass(frozen, module = "backdraft")]
pub struct Window {
    listed: Arc<Listed>,
    pair: PairId,
    field: Field,
    bars: Bars,
    /// The hours of a bar.
    step: usize,
}

/// Which bars a window shows.
enum Bars {
    /// These hours.
    Hours(Range<usize>),
    /// Each of several hours, the last perhaps not yet complete.
    Buckets(Vec<Range<usize>>),
}

impl Window {
    /// The last `n_bars` bars of `step` hours up to and with the hour `last`, fewer when
    /// there are not so many.
    pub fn new(
        listed: &Arc<Listed>,
        (pair, field): (PairId, Field),
        last: usize,
        n_bars: usize,
        step: usize,
    ) -> Self {
        let bars = if step == 1 {
            Bars::Hours((last + 1).saturating_sub(n_bars)..last + 1)
        } else {
            Bars::Buckets(buckets(listed, pair, last, n_bars, step))
        };
        let listed = Arc::clone(listed);
        Self {
            listed,
            pair,
            field,
            bars,
            step,
        }
    }

    fn len(&self) -> usize {
        match &self.bars {
            Bars::Hours(hours) => hours.len(),
            Bars::Buckets(buckets) => buckets.len(),
        }
    }

    fn hours(&self, at: usize) -> Range<usize> {
        match &self.bars {
            Bars::Hours(hours) => hours.start + at..hours.start + at + 1,
            Bars::Buckets(buckets) => buckets[at].clone(),
        }
    }

    /// The price of a bar, or `None` when the column is volume.
    fn price(&self, at: usize) -> Option<Price> {
        let hours = self.hours(at);
        let prices = &self.field.prices(self.listed.market.bars(self.pair))?[hours];
        match self.field {
            Field::Open => prices.first(),
            Field::High => prices.iter().max(),
            Field::Low => prices.iter().min(),
            Field::Close | Field::Volume => prices.last(),
        }
        .copied()
    }

    fn value(&self, at: usize) -> f64 {
        self.price(at).map_or_else(
            || {
                let volumes = self.listed.market.bars(self.pair).volumes();
                volumes[self.hours(at)].iter().sum()
            },
            Price::as_f64,
        )
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        (0..self.len()).map(|at| self.value(at))
    }

    /// The sum of prices in their units, exactly; `None` for volume.
    fn units(&self) -> Option<i128> {
        if let (Bars::Hours(hours), Field::Close) = (&self.bars, self.field) {
            return Some(self.listed.sum(self.pair, hours.start, hours.end));
        }
        let price = |at| Some(i128::from(self.price(at)?.as_units()));
        (0..self.len()).map(price).sum()
    }

    /// The window as pandas has it.
    fn series<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let frames = slf.py().import("backdraft._frames")?;
        frames.call_method1("series", (slf,))
    }

    fn operate<'py>(
        slf: &Bound<'py, Self>,
        name: &str,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let other = match other.cast::<Self>() {
            Ok(window) => Self::series(window)?,
            Err(_) => other.clone(),
        };
        Self::series(slf)?.call_method1(name, (other,))
    }
}

/// The mean of `n` prices with this sum of units.
///
/// The quotient is taken exactly and cut at 1/256 of a unit, so that equal means are
/// equal numbers whatever windows they are of.
pub fn mean_of_units(sum: i128, n: usize) -> f64 {
    let unit = Price::from_units(1).as_f64();
    let n = i128::try_from(n).expect("a window has fewer hours than that");
    ((sum << 8) / n) as f64 / 256.0 * unit
}

/// The last `n_bars` stretches of `step` hours, oldest first. They begin at multiples of
/// `step` hours since 1970; those of which nothing is in the data are left out.
fn buckets(
    listed: &Listed,
    pair: PairId,
    last: usize,
    n_bars: usize,
    step: usize,
) -> Vec<Range<usize>> {
    let bars = listed.market.bars(pair);
    let first_hour = bars.start().as_seconds().div_euclid(3_600);
    let phase = usize::try_from(first_hour.rem_euclid(step.cast_signed() as i64))
        .expect("a remainder is not negative");
    let mut buckets = Vec::with_capacity(n_bars);
    let mut end = last + 1;
    while end > 0 && buckets.len() < n_bars {
        // The last multiple of `step` before `end`, counted from the first bar.
        let start = ((end - 1 + phase) / step * step).saturating_sub(phase);
        if bars.filled()[start..end].iter().any(|filled| !filled) {
            buckets.push(start..end);
        }
        end = start;
    }
    buckets.reverse();
    buckets
}

#[pymethods]
impl Window {
    /// The arithmetic mean, of the exact sum; NaN of nothing.
    fn mean(&self) -> f64 {
        match (self.len(), self.units()) {
            (0, _) => f64::NAN,
            (n, Some(units)) => mean_of_units(units, n),
            (n, None) => self.values().sum::<f64>() / n as f64,
        }
    }

    fn sum(&self) -> f64 {
        self.units()
            .map_or_else(|| self.values().sum(), |units| mean_of_units(units, 1))
    }

    fn min(&self) -> f64 {
        self.values().fold(f64::NAN, f64::min)
    }

    fn max(&self) -> f64 {
        self.values().fold(f64::NAN, f64::max)
    }

    /// The standard deviation with `ddof` degrees of freedom taken off.
    #[pyo3(signature = (ddof=1))]
    fn std(&self, ddof: usize) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.values().map(|value| (value - mean).powi(2)).sum();
        if self.len() > ddof {
            (squares / (self.len() - ddof) as f64).sqrt()
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
    fn asset(&self) -> crate::asset::Asset {
        self.listed.asset(self.pair)
    }

    /// The values as a NumPy array, a copy.
    #[getter(values)]
    fn numpy<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_iter(py, self.values())
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
        // It is a copy whatever is asked for.
        let _ = copy;
        let array = self.numpy(py);
        match dtype {
            None => Ok(array.into_any()),
            Some(dtype) => array.as_any().call_method1("astype", (dtype,)),
        }
    }

    fn tolist(&self) -> Vec<f64> {
        self.values().collect()
    }

    /// When each bar was known, in unix seconds; of bars longer than an hour, when it
    /// began.
    #[getter]
    fn times<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        let start = self.listed.market.bars(self.pair).start();
        let time = |at: usize| {
            let hours = self.hours(at);
            let hour = if self.step == 1 {
                hours.end
            } else {
                hours.start
            };
            start
                .plus_hours(i64::try_from(hour).expect("an index fits"))
                .as_seconds()
        };
        PyArray1::from_iter(py, (0..self.len()).map(time))
    }

    /// The window as a pandas Series.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::series(slf)
    }

    fn __len__(&self) -> usize {
        self.len()
    }

    fn __getitem__<'py>(
        slf: &Bound<'py, Self>,
        key: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let window = slf.get();
        if let Ok(at) = key.extract::<isize>() {
            let len = window.len().cast_signed();
            let at = if at < 0 { at + len } else { at };
            if !(0..len).contains(&at) {
                return Err(PyIndexError::new_err(format!("the window has {len} bars")));
            }
            let value = window.value(at.unsigned_abs());
            return Ok(value.into_pyobject(py)?.into_any());
        }
        if let Ok(slice) = key.cast::<PySlice>() {
            let part = slice.indices(window.len().cast_signed())?;
            let places = (0..part.slicelength)
                .map(|nth| (part.start + part.step * nth.cast_signed()).unsigned_abs());
            let bars = Bars::Buckets(places.map(|at| window.hours(at)).collect());
            let part = Self {
                listed: Arc::clone(&window.listed),
                pair: window.pair,
                field: window.field,
                bars,
                step: window.step,
            };
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

    fn __add__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::operate(slf, "__add__", other)
    }

    fn __radd__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::operate(slf, "__radd__", other)
    }

    fn __sub__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::operate(slf, "__sub__", other)
    }

    fn __rsub__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::operate(slf, "__rsub__", other)
    }

    fn __mul__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::operate(slf, "__mul__", other)
    }

    fn __rmul__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::operate(slf, "__rmul__", other)
    }

    fn __truediv__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::operate(slf, "__truediv__", other)
    }

    fn __rtruediv__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::operate(slf, "__rtruediv__", other)
    }

    fn __richcmp__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        operation: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let name = match operation {
            CompareOp::Lt => "__lt__",
            CompareOp::Le => "__le__",
            CompareOp::Eq => "__eq__",
            CompareOp::Ne => "__ne__",
            CompareOp::Gt => "__gt__",
            CompareOp::Ge => "__ge__",
        };
        Self::operate(slf, name, other)
    }

    fn __repr__(&self) -> String {
        let values: Vec<_> = self.values().map(|value| value.to_string()).collect();
        let shown = match values.len() {
            ..=6 => values.join(", "),
            n => format!(
                "{}, …, {}",
                values[..3].join(", "),
                values[n - 3..].join(", ")
            ),
        };
        let name = &self.listed.names[self.pair.index()];
        format!("<Window of {name}, {} bars: {shown}>", self.len())
    }
}
