//! Tables as Parquet: what they hold is what the CSV holds.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use chrono::NaiveDateTime;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::sandbox::{DECEMBER, Sandbox, refusal, sandbox};

/// A Parquet file read back.
fn table(sandbox: &Sandbox, name: &str) -> RecordBatch {
    let file = std::fs::File::open(sandbox.path(name)).expect("it was written");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("it is a Parquet file");
    let rows = usize::try_from(reader.metadata().file_metadata().num_rows()).expect("some");
    let schema = reader.schema().clone();
    let mut reader = reader.with_batch_size(rows + 1).build().expect("a reader");
    let batch = reader.next().transpose().expect("it can be read");
    batch.unwrap_or_else(|| RecordBatch::new_empty(schema))
}

/// Asserts that a column and the cells of a CSV file are the same values.
#[track_caller]
fn assert_same(name: &str, column: &ArrayRef, cells: &[&str]) {
    assert_eq!(column.len(), cells.len(), "{name}");
    for (row, cell) in cells.iter().enumerate() {
        if !matches!(column.data_type(), DataType::Utf8) {
            assert_eq!(column.is_null(row), cell.is_empty(), "{name} {row}");
        }
        if column.is_null(row) {
            continue;
        }
        match column.data_type() {
            DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) if &**zone == "UTC" => {
                let time = NaiveDateTime::parse_from_str(cell, "%Y-%m-%d %H:%M").expect("a time");
                let found = column.as_primitive::<TimestampMicrosecondType>().value(row);
                assert_eq!(found, time.and_utc().timestamp_micros(), "{name} {row}");
            }
            DataType::Float64 => {
                let found = column.as_primitive::<Float64Type>().value(row);
                let wanted: f64 = cell.parse().expect("a number");
                assert_eq!(found.to_bits(), wanted.to_bits(), "{name} {row}");
            }
            DataType::Int64 => {
                let found = column.as_primitive::<Int64Type>().value(row);
                assert_eq!(found, cell.parse::<i64>().expect("a count"), "{name} {row}");
            }
            DataType::Utf8 => assert_eq!(column.as_string::<i32>().value(row), *cell, "{name}"),
            other => panic!("{name} is {other}"),
        }
    }
}

#[track_caller]
fn assert_equal_tables(sandbox: &Sandbox, csv: &str, parquet: &str) {
    let text = sandbox.text(csv);
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().expect("a header");
    let rows: Vec<_> = lines.collect();
    let table = table(sandbox, parquet);
    let schema = table.schema();
    let found: Vec<_> = schema.fields().iter().map(|field| field.name()).collect();
    assert_eq!(found, names);
    for (place, name) in names.iter().enumerate() {
        let cells: Vec<_> = rows.iter().map(|row| row[place]).collect();
        assert_same(name, table.column(place), &cells);
    }
}

#[test]
fn a_runs_tables_are_those_of_the_csv() {
    let sandbox = sandbox();
    let run = format!("{DECEMBER} --pairs=2 --strategy sma-cross:fast=6,slow=24");
    sandbox
        .backtest(&format!("{run} --csv t --parquet p/q"))
        .succeeds();
    for name in ["equity", "fills", "orders", "trades", "positions"] {
        assert_equal_tables(
            &sandbox,
            &format!("t/{name}.csv"),
            &format!("p/q/{name}.parquet"),
        );
    }
    let bytes = || std::fs::read(sandbox.path("p/q/fills.parquet")).expect("it was written");
    let before = bytes();
    sandbox.backtest(&format!("{run} --parquet p/q")).succeeds();
    assert!(before == bytes(), "equal runs give equal bytes");
}

#[test]
fn a_sweeps_table_is_that_of_the_csv() {
    let sandbox = sandbox();
    sandbox
        .backtest(&format!(
            "sweep {DECEMBER} --pairs=1 --param fast=4..6 --param slow=6..12:6 --csv s.csv \
             --parquet s.parquet"
        ))
        .succeeds();
    assert_equal_tables(&sandbox, "s.csv", "s.parquet");
}

#[test]
fn tables_that_a_walk_does_not_have_are_refused() {
    for option in ["--csv=x", "--parquet=x", "--html=x"] {
        let refused = refusal(&format!(
            "sweep --param fast=4..6 --walk-forward train=6m,test=1m {option}"
        ));
        let option = option.trim_end_matches("=x");
        assert!(refused.contains("cannot be used with"), "{refused}");
        assert!(refused.contains(option), "{refused}");
    }
}

#[test]
fn a_seed_of_files_is_refused() {
    let refused = refusal("--seed 7 --data x.csv");
    assert!(
        refused.contains("'--seed <N>' cannot be used with '--data"),
        "{refused}"
    );
}
