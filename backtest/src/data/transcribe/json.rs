//! Bars in JSON: an array of arrays or of objects, alone or somewhere in an object.
//!
//! `ccxt` gives `[[ms, open, high, low, close, volume], …]`; exchanges wrap the like
//! in a result, under the pair's name or a word such as `ohlcv` or `data`. The longest
//! array whose elements are rows is taken. Rows may also be a value a line, or stand
//! turned, an array for each column.

use serde_json::Value;

use super::super::source_file::SourceFile;
use crate::Result;

/// The rows as comma-separated text.
pub fn text(file: &SourceFile<'_>) -> Result<Vec<u8>> {
    let bytes = file.bytes();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let values = serde_json::Deserializer::from_slice(bytes).into_iter();
    let mut values: Vec<Value> = values
        .collect::<Result<_, _>>()
        .map_err(|error| file.error(format!("is not JSON: {error}")))?;
    // A value a line, or one for all.
    let mut value = if values.len() == 1 {
        values.remove(0)
    } else {
        Value::Array(values)
    };
    turn_columns(&mut value);
    let mut rows = None;
    find_rows(&value, &mut rows);
    let Some(rows) = rows else {
        return Err(file.error("is JSON without an array of bars in it"));
    };
    let mut text = Vec::new();
    if let Some(symbol) = symbol_of(&value) {
        // A column of its own, which names the pair to the reader of tables.
        write_rows(rows, Some(&symbol), &mut text);
    } else {
        write_rows(rows, None, &mut text);
    }
    Ok(text)
}

/// Makes rows of columns: of an object of arrays that are equally long, as
/// TradingView's `{"t": […], "o": […], …}`, or of objects, as pandas writes them.
fn turn_columns(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(turn_columns),
        Value::Object(fields) => {
            let columns: Vec<_> = fields
                .iter()
                .filter_map(|(name, column)| Some((name, cells_of(column)?)))
                .collect();
            let n_rows = columns.first().map_or(0, |(_, cells)| cells.len());
            let is_table = columns.len() >= 5
                && n_rows > 0
                && columns.iter().all(|(_, cells)| cells.len() == n_rows);
            if !is_table {
                fields.values_mut().for_each(turn_columns);
                return;
            }
            let row = |idx: usize| {
                let cells = columns.iter();
                cells
                    .map(|(name, cells)| ((*name).clone(), cells[idx].clone()))
                    .collect()
            };
            *value = (0..n_rows).map(|idx| Value::Object(row(idx))).collect();
        }
        _ => {}
    }
}

/// The cells of a column, or `None` when it is none.
fn cells_of(column: &Value) -> Option<Vec<&Value>> {
    let cells: Vec<_> = match column {
        Value::Array(cells) => cells.iter().collect(),
        Value::Object(cells) => cells.values().collect(),
        _ => return None,
    };
    cells.iter().all(|cell| is_cell(cell)).then_some(cells)
}

/// The longest array of arrays or of objects in a value.
fn find_rows<'a>(value: &'a Value, longest: &mut Option<&'a [Value]>) {
    match value {
        Value::Array(elements) => {
            let is_row = |element: &Value| match element {
                Value::Array(cells) => cells.len() >= 5 && cells.iter().all(is_cell),
                Value::Object(fields) => fields.len() >= 5,
                _ => false,
            };
            let n_rows = elements.iter().filter(|element| is_row(element)).count();
            if n_rows > 0 && longest.is_none_or(|rows| rows.len() < elements.len()) {
                *longest = Some(elements);
            }
            if n_rows == 0 {
                for element in elements {
                    find_rows(element, longest);
                }
            }
        }
        Value::Object(fields) => {
            for field in fields.values() {
                find_rows(field, longest);
            }
        }
        _ => {}
    }
}

fn is_cell(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// The pair that an object names beside its rows.
fn symbol_of(value: &Value) -> Option<String> {
    let fields = value.as_object()?;
    let named = ["symbol", "pair", "market"]
        .iter()
        .find_map(|name| fields.get(*name)?.as_str());
    named
        .map(str::to_owned)
        .or_else(|| fields.iter().find_map(kraken_symbol))
        .or_else(|| fields.values().find_map(symbol_of))
}

/// The pair of Kraken's rows, which stand under a name such as `XXBTZUSD`: `X` before
/// a coin, `Z` before money.
fn kraken_symbol((name, rows): (&String, &Value)) -> Option<String> {
    let base = name.strip_prefix('X')?.get(..3)?;
    let quote = name.get(4..)?.strip_prefix(['X', 'Z'])?;
    (rows.is_array() && quote.len() == 3).then(|| format!("{base}/{quote}"))
}

fn write_rows(rows: &[Value], symbol: Option<&str>, text: &mut Vec<u8>) {
    let mut columns: Vec<&str> = Vec::new();
    if let Some(fields) = rows.iter().find_map(Value::as_object) {
        columns = fields.keys().map(String::as_str).collect();
        let mut header: Vec<_> = columns.iter().map(|name| clean(name)).collect();
        if symbol.is_some() {
            header.push("symbol".into());
        }
        text.extend(header.join(",").into_bytes());
        text.push(b'\n');
    }
    for row in rows {
        let mut cells: Vec<String> = match row {
            Value::Array(cells) => cells.iter().map(cell).collect(),
            Value::Object(fields) => columns
                .iter()
                .map(|column| fields.get(*column).map_or_else(String::new, cell))
                .collect(),
            // A row that is none stays one line, for the reader of tables to complain of.
            other => vec![cell(other)],
        };
        match symbol {
            Some(symbol) if columns.is_empty() => cells.insert(1.min(cells.len()), clean(symbol)),
            Some(symbol) => cells.push(clean(symbol)),
            None => {}
        }
        text.extend(cells.join(",").into_bytes());
        text.push(b'\n');
    }
}

/// A value as a cell: numbers as they stand, texts without what would end a cell.
fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => clean(text),
        Value::Null => String::new(),
        other => clean(&other.to_string()),
    }
}

fn clean(text: &str) -> String {
    text.replace([',', '\n', '\r', '"'], " ")
}
