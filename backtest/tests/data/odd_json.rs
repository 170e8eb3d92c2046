//! JSON in the shapes that programs write: a value a line, or an array a column.

use serde_json::{Value, json};

use super::judge::{changed, whole};
use super::support::{bars, load_text};

const NAMES: [&str; 6] = ["time", "open", "high", "low", "close", "volume"];

/// The cells of the sound file.
fn rows() -> Vec<Vec<f64>> {
    let content = changed(|_| {});
    let number = |cell: &str| cell.parse().expect("a number");
    let lines = content.lines().skip(1);
    lines
        .map(|line| line.split(',').map(number).collect())
        .collect()
}

#[track_caller]
fn check(content: &str) {
    let loaded = load_text("BTC_USD.json", content).expect("it is sound");
    let report = &loaded.reports[0];
    assert!(report.is_clean(), "{}", report.full_text());
    assert_eq!(*bars(&loaded), whole());
}

fn lines(values: impl Iterator<Item = Value>) -> String {
    values
        .flat_map(|value| [value.to_string(), "\n".into()])
        .collect()
}

#[test]
fn a_value_a_line_is_an_array() {
    check(&lines(rows().into_iter().map(|row| json!(row))));
    check(&lines(rows().into_iter().map(|row| {
        let fields = NAMES.into_iter().zip(row);
        fields
            .map(|(name, cell)| (name.to_owned(), json!(cell)))
            .collect()
    })));
}

#[test]
fn columns_are_turned_into_rows() {
    let rows = rows();
    let column = |idx: usize| rows.iter().map(move |row| json!(row[idx]));
    // TradingView's feeds.
    let udf: Value = ["t", "o", "h", "l", "c", "v"]
        .into_iter()
        .enumerate()
        .map(|(idx, name)| (name.to_owned(), Value::Array(column(idx).collect())))
        .collect();
    check(&udf.to_string());
    let mut with_status = udf.clone();
    with_status["s"] = json!("ok");
    check(&with_status.to_string());
    check(&json!({ "result": udf }).to_string());
    // `DataFrame.to_json()`.
    let frame: Value = NAMES
        .into_iter()
        .enumerate()
        .map(|(idx, name)| {
            let cells = column(idx).enumerate();
            let cells: Value = cells.map(|(row, cell)| (row.to_string(), cell)).collect();
            (name.to_owned(), cells)
        })
        .collect();
    check(&frame.to_string());
}
