//! Tables as Parquet, which pandas, Polars and DuckDB read with the types as they are.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::{Column, Frame};

const MICROSECONDS: i64 = 1_000_000;

impl Frame {
    /// The table as a Parquet file; what is undefined is null, and times are UTC.
    pub fn to_parquet(&self) -> Vec<u8> {
        let columns = self.columns.iter();
        to_parquet(columns.map(|(name, column)| (*name, column)))
    }
}

/// Columns of one length, each with its name, as a Parquet file.
pub fn to_parquet<'a>(columns: impl Iterator<Item = (&'a str, &'a Column)>) -> Vec<u8> {
    let nullable = true;
    let columns = columns.map(|(name, column)| (name, array(column), nullable));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length");
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties.build()))
        .expect("Parquet has all of our types");
    writer.write(&batch).expect("memory takes every write");
    writer.close().expect("memory takes every write");
    bytes
}

fn array(column: &Column) -> ArrayRef {
    match column {
        Column::Time(values) => {
            let micros = |time: crate::Timestamp| time.as_seconds() * MICROSECONDS;
            let values = values.iter().map(|time| time.map(micros));
            let array: TimestampMicrosecondArray = values.collect();
            Arc::new(array.with_timezone("UTC"))
        }
        Column::Number(values) => Arc::new(Float64Array::from(values.clone())),
        Column::Count(values) => Arc::new(Int64Array::from(values.clone())),
        Column::Text(values) => Arc::new(StringArray::from_iter_values(values)),
    }
}
