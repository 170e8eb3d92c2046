//! A table that polars, pandas and pyarrow take over without copying.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema};
use backtest::Timestamp;
use numpy::PyArray1;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

/// Columns of equal length.
#[pyclass(frozen, module = "backdraft")]
pub struct Table(RecordBatch);

impl Table {
    /// A table of these columns, which are equally long and without nulls.
    pub fn new(columns: Vec<(&str, ArrayRef)>) -> Self {
        let field = |(name, column): &(&str, ArrayRef)| {
            Field::new(*name, column.data_type().clone(), false)
        };
        let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
        let columns = columns.into_iter().map(|(_, column)| column).collect();
        let batch = RecordBatch::try_new(Arc::new(schema), columns);
        Self(batch.expect("our columns are equally long"))
    }
}

/// A column of moments.
pub fn times(times: impl Iterator<Item = Timestamp>) -> ArrayRef {
    let micros = times.map(|time| time.as_seconds() * 1_000_000);
    Arc::new(TimestampMicrosecondArray::from_iter_values(micros).with_timezone("UTC"))
}

/// A column of numbers.
pub fn floats(numbers: impl Iterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(numbers))
}

/// A column of whole numbers.
pub fn counts(counts: impl Iterator<Item = usize>) -> ArrayRef {
    let counts = counts.map(|count| i64::try_from(count).expect("a count fits"));
    Arc::new(Int64Array::from_iter_values(counts))
}

/// A column of texts.
pub fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(texts))
}

#[pymethods]
impl Table {
    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        let fields = self.0.schema_ref().fields().iter();
        fields.map(|field| field.name().clone()).collect()
    }

    /// One column: a NumPy array (of `datetime64` for times), or a list of texts.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let column = self
            .0
            .column_by_name(name)
            .ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        Ok(match column.data_type() {
            DataType::Float64 => {
                PyArray1::from_slice(py, column.as_primitive::<Float64Type>().values()).into_any()
            }
            DataType::Int64 => {
                PyArray1::from_slice(py, column.as_primitive::<Int64Type>().values()).into_any()
            }
            DataType::Timestamp(..) => {
                let micros = column.as_primitive::<TimestampMicrosecondType>().values();
                PyArray1::from_slice(py, micros)
                    .as_any()
                    .call_method1("astype", ("datetime64[us]",))?
            }
            _ => {
                let texts: Vec<_> = column.as_string::<i32>().iter().flatten().collect();
                texts.into_pyobject(py)?
            }
        })
    }

    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    /// The table as an Arrow stream, for whoever speaks Arrow's PyCapsule interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let table = PyTable::try_new(vec![self.0.clone()], self.0.schema())?;
        Bound::new(py, table)?.call_method1("__arrow_c_stream__", (requested_schema,))
    }

    fn __repr__(&self) -> String {
        format!(
            "<Table of {} rows: {}>",
            self.0.num_rows(),
            self.columns().join(", ")
        )
    }
}
