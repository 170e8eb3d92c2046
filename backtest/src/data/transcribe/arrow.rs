//! Parquet and Arrow files as text, batch by batch.

use std::io::Cursor;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::super::source_file::SourceFile;
use crate::{Error, Result};

/// The rows of a Parquet file as comma-separated text.
pub fn parquet(file: &SourceFile<'_>) -> Result<Vec<u8>> {
    let bytes = bytes::Bytes::copy_from_slice(file.bytes());
    let refuse = |error: &dyn std::fmt::Display| broken(file, "Parquet", error);
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|e| refuse(&e))?;
    let schema = builder.schema().clone();
    let batches = builder.build().map_err(|error| refuse(&error))?;
    text(&schema, batches).map_err(|error| refuse(&error))
}

/// The rows of an Arrow file or stream as comma-separated text.
pub fn ipc(file: &SourceFile<'_>) -> Result<Vec<u8>> {
    let bytes = Cursor::new(file.bytes());
    let written = if file.bytes().starts_with(b"ARROW1") {
        FileReader::try_new(bytes, None).and_then(|reader| text(&reader.schema(), reader))
    } else {
        StreamReader::try_new(bytes, None).and_then(|reader| text(&reader.schema(), reader))
    };
    written.map_err(|error| broken(file, "Arrow", &error))
}

fn text(
    schema: &Schema,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
) -> Result<Vec<u8>, ArrowError> {
    let names: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| clean(field.name()))
        .collect();
    let mut text = names.join(",").into_bytes();
    text.push(b'\n');
    let options = FormatOptions::default().with_null("");
    for batch in batches {
        let batch = batch?;
        let columns = batch.columns().iter().map(plain);
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let columns = columns
            .iter()
            .map(|column| ArrayFormatter::try_new(column, &options));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            for (idx, column) in columns.iter().enumerate() {
                if idx > 0 {
                    text.push(b',');
                }
                text.extend(clean(&column.value(row).try_to_string()?).into_bytes());
            }
            text.push(b'\n');
        }
    }
    Ok(text)
}

/// Moments as the counts since 1970 that they are, which have no time zone to be named.
fn plain(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Timestamp(..) => cast(column, &DataType::Int64),
        _ => Ok(column.clone()),
    }
}

fn broken(file: &SourceFile<'_>, kind: &str, error: &dyn std::fmt::Display) -> Error {
    let error = error.to_string();
    if error.contains("Disabled feature") {
        // Brotli and LZO, which few write.
        let problem = format!("is compressed in a way that is not read ({error})");
        return file.error(problem + "; write it with zstd, snappy, lz4 or gzip");
    }
    file.error(format!("is not a whole {kind} file: {error}"))
}

fn clean(text: &str) -> String {
    text.replace([',', '\n', '\r', '"'], " ")
}
