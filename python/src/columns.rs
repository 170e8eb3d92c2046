//! One pair's bars as columns from Python, turned into the engine's.
//!
//! A row is checked as a line of a price file is: times on the hour, prices above zero,
//! the high the highest. Rows may come in any order; hours without a row are filled and
//! never traded on.

use std::fmt::Display;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampSecondType};
use arrow_array::{Array, ArrayRef};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{ArrowError, DataType, TimeUnit};
use backtest::{Bar, BarSeries, Price, Timestamp};
use pyo3::prelude::*;
use pyo3_arrow::PyTable;

use crate::error::{self, DataError};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Names under which the time of a bar goes, its opening.
const TIME_NAMES: [&str; 8] = [
    "time",
    "timestamp",
    "datetime",
    "date",
    "dt",
    "open_time",
    "unix",
    "index",
];

/// Rows of one pair, column by column.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Columns {
    /// Opening times in unix seconds.
    time: Vec<i64>,
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
}

impl Columns {
    /// The columns of an Arrow table, or of a mapping of their names to arrays.
    pub fn read(frame: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if !frame.hasattr("__arrow_c_stream__")? {
            return frame.extract();
        }
        let table = frame.extract();
        let table = table.map_err(|error: PyErr| refuse(name, format!("is no table: {error}")))?;
        Self::of_table(&table, name)
    }

    /// Finds the columns of a table by their names.
    fn of_table(table: &PyTable, name: &str) -> PyResult<Self> {
        let schema = table
            .batches()
            .first()
            .map(arrow_array::RecordBatch::schema)
            .ok_or_else(|| refuse(name, "has no rows"))?;
        let fields = schema.fields().iter();
        let names: Vec<_> = fields
            .map(|field| field.name().to_ascii_lowercase())
            .collect();
        let find = |wanted: &str| {
            let mut places = (0..names.len()).filter(|at| names[*at] == wanted);
            match (places.next(), places.next()) {
                (Some(_), Some(_)) => Err(refuse(name, format!("has two columns `{wanted}`"))),
                (place, _) => Ok(place),
            }
        };
        let time = TIME_NAMES.iter().find_map(|name| find(name).transpose());
        let time = time.transpose()?.or_else(|| {
            let is_time = |field: &arrow_schema::FieldRef| {
                matches!(
                    field.data_type(),
                    DataType::Timestamp(..) | DataType::Date32
                )
            };
            schema.fields().iter().position(is_time)
        });
        let time = time.ok_or_else(|| refuse(name, "has no column `time`"))?;
        let mut columns = Self {
            time: Vec::new(),
            open: Vec::new(),
            high: Vec::new(),
            low: Vec::new(),
            close: Vec::new(),
            volume: Vec::new(),
        };
        for batch in table.batches() {
            let n_before = columns.time.len();
            columns
                .time
                .extend(seconds(batch.column(time), n_before, name)?);
            for (column, wanted) in [
                (&mut columns.open, "open"),
                (&mut columns.high, "high"),
                (&mut columns.low, "low"),
                (&mut columns.close, "close"),
                (&mut columns.volume, "volume"),
            ] {
                let at = find(wanted)?
                    .ok_or_else(|| refuse(name, format!("has no column `{wanted}`")))?;
                column.extend(numbers(batch.column(at), wanted, name)?);
            }
        }
        Ok(columns)
    }

    /// The bars, and whether there is one a day.
    pub fn bars(&self, name: &str) -> PyResult<(BarSeries, bool)> {
        let n_rows = self.time.len();
        let lengths = [&self.open, &self.high, &self.low, &self.close, &self.volume];
        if lengths.iter().any(|column| column.len() != n_rows) {
            return Err(refuse(name, "has columns of different lengths"));
        }
        let mut order: Vec<_> = (0..n_rows).collect();
        order.sort_by_key(|row| self.time[*row]);
        let order: Vec<_> = order
            .into_iter()
            .filter(|row| !self.is_absent(*row))
            .collect();
        let first = *order.first().ok_or_else(|| refuse(name, "has no rows"))?;
        let is_daily = self.is_daily(&order);
        let mut series = BarSeries::new(Timestamp::from_seconds(
            self.time[first].div_euclid(HOUR) * HOUR,
        ));
        let mut last: Option<(usize, Bar)> = None;
        for row in order {
            let bar = self.bar(row, name)?;
            if let Some((before, last)) = last {
                if bar.open_time == last.open_time {
                    if bar == last {
                        continue;
                    }
                    let problem = format!("differs from row {before}, which has the same time");
                    return Err(refuse_row(name, row, problem));
                }
                while series.end() < bar.open_time {
                    series.push(Bar::fill(series.end(), last.close));
                }
            }
            series.push(bar);
            last = Some((row, bar));
        }
        if is_daily && let Some((_, last)) = last {
            // The last day is whole as well.
            for _ in 1..24 {
                series.push(Bar::fill(series.end(), last.close));
            }
        }
        Ok((series, is_daily))
    }

    /// Whether the row says that nothing is known of its hour.
    fn is_absent(&self, row: usize) -> bool {
        self.open[row].is_nan() && self.close[row].is_nan()
    }

    /// Whether all bars open at the same hour of different days.
    fn is_daily(&self, order: &[usize]) -> bool {
        let times = || order.iter().map(|row| self.time[*row]);
        order.len() >= 3
            && times().all(|time| time.rem_euclid(DAY) == 0)
            && times().zip(times().skip(1)).any(|(a, b)| a != b)
    }

    fn bar(&self, row: usize, name: &str) -> PyResult<Bar> {
        let open_time = Timestamp::from_seconds(self.time[row]);
        if !open_time.is_whole_hour() {
            let problem =
                format!("is of {open_time}: bars are hourly, and stamped with their opening");
            return Err(refuse_row(name, row, problem));
        }
        let price = |column: &[f64], what: &str| {
            Price::parse(&column[row].to_string())
                .map_err(|error| refuse_row(name, row, format!("{what} {} {error}", column[row])))
        };
        let bar = Bar {
            open_time,
            open: price(&self.open, "open")?,
            high: price(&self.high, "high")?,
            low: price(&self.low, "low")?,
            close: price(&self.close, "close")?,
            volume: self.volume[row],
            filled: false,
        };
        if bar.high < bar.open.max(bar.close) || bar.low > bar.open.min(bar.close) {
            let problem = "has a high below, or a low above, its open or close";
            return Err(refuse_row(name, row, problem));
        }
        if !(bar.volume >= 0.0 && bar.volume.is_finite()) {
            let problem = format!("volume {} is not a number of at least zero", bar.volume);
            return Err(refuse_row(name, row, problem));
        }
        Ok(bar)
    }
}

/// Unix seconds from times, or from numbers of seconds, milliseconds and so on; the first
/// of them is that of row `first_row`.
fn seconds(column: &dyn Array, first_row: usize, name: &str) -> PyResult<Vec<i64>> {
    let is_number = matches!(
        column.data_type(),
        DataType::Int64 | DataType::Float64 | DataType::UInt64 | DataType::Int32
    );
    let second = DataType::Timestamp(TimeUnit::Second, None);
    let wanted = if is_number { &DataType::Int64 } else { &second };
    let times = strictly(column, wanted)
        .map_err(|error| refuse(name, format!("has times that cannot be read: {error}")))?;
    if let Some(row) = (0..times.len()).find(|row| times.is_null(*row)) {
        return Err(refuse_row(name, first_row + row, "has no time"));
    }
    let numbers = if is_number {
        times.as_primitive::<Int64Type>().values().to_vec()
    } else {
        times
            .as_primitive::<TimestampSecondType>()
            .values()
            .to_vec()
    };
    // Seconds of 2001 are milliseconds of 1970; no market is that old.
    let largest = numbers.iter().copied().max().unwrap_or(0);
    let scale = [1, 1_000, 1_000_000]
        .into_iter()
        .find(|scale| largest < 100_000_000_000 * scale)
        .unwrap_or(1_000_000_000);
    Ok(numbers
        .into_iter()
        .map(|time| time.div_euclid(scale))
        .collect())
}

fn numbers(column: &dyn Array, what: &str, name: &str) -> PyResult<Vec<f64>> {
    let floats = strictly(column, &DataType::Float64).map_err(|error| {
        refuse(
            name,
            format!("has a column `{what}` without numbers: {error}"),
        )
    })?;
    let floats = floats.as_primitive::<Float64Type>();
    Ok(floats
        .iter()
        .map(|number| number.unwrap_or(f64::NAN))
        .collect())
}

/// A column as one of another type, where every value has a value there.
fn strictly(column: &dyn Array, wanted: &DataType) -> Result<ArrayRef, ArrowError> {
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(column, wanted, &options)
}

fn refuse(name: &str, problem: impl Display) -> PyErr {
    let hint = "bars have the columns time (their opening, UTC), open, high, low, close, volume";
    error::with_hint(
        DataError::new_err(format!("the data of {name} {problem}")),
        Some(hint.to_owned()),
    )
}

fn refuse_row(name: &str, row: usize, problem: impl Display) -> PyErr {
    DataError::new_err(format!("the data of {name}, row {row}: {problem}"))
}
