//! What a sweep tells its user.

mod heat_map;
mod walk;

pub use heat_map::to_html;
pub use walk::{WalkReport, walk_to_json, walk_to_text};

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Column, thousands};
use crate::engine::EngineOptions;
use crate::market::Market;
use crate::strategy::StrategySpec;
use crate::sweep::{Axis, DeflatedSharpe, Row, Table};
use crate::time::HourRange;

/// The name and version of the shape of the JSON.
const SCHEMA: &str = "backdraft.sweep/1";

/// A finished sweep with everything that a report says about it.
#[derive(Clone, Debug)]
pub struct SweepReport<'a> {
    /// All points and what is looked for.
    pub table: &'a Table,
    /// The strategy that was varied.
    pub strategy: &'a StrategySpec,
    /// What was varied of it.
    pub axes: &'a [Axis],
    /// What it traded on.
    pub market: &'a Market,
    /// The hours.
    pub range: HourRange,
    /// By which conventions and at what costs.
    pub options: &'a EngineOptions,
    /// By which the sweep is known again.
    pub identity: String,
    /// What is left of the best Sharpe ratio, where there is one.
    pub deflated: Option<DeflatedSharpe>,
    /// How many of the best are shown.
    pub top: usize,
}

/// The best points as a table, and what to think of the best one.
pub fn to_text(report: &SweepReport<'_>) -> String {
    let SweepReport { table, .. } = report;
    let mut text = String::new();
    let n = table.rows.len();
    let n_refused = table.rows.iter().filter(|row| row.result.is_none()).count();
    let mut put = |line: std::fmt::Arguments<'_>| {
        writeln!(text, "{line}").expect("a string takes every write");
    };
    put(format_args!(
        "{}, {} points, {}, {} sized {}, best {} first",
        report.strategy.name,
        thousands(n as f64, 0),
        report.range,
        report.options.fill,
        report.options.size,
        table.objective.name(),
    ));
    if n_refused > 0 {
        put(format_args!(
            "{n_refused} points are none of the strategy's and were left out"
        ));
    }
    let names: Vec<_> = report.axes.iter().map(|axis| axis.name.as_str()).collect();
    let header: Vec<_> = names.iter().map(|name| format!("{name:>10}")).collect();
    put(format_args!(
        "\n{}{:>16}{:>14}{:>9}{:>9}{:>12}{:>8}",
        header.concat(),
        "final value",
        "return %",
        "Sharpe",
        "Sortino",
        "drawdown %",
        "fills",
    ));
    for place in table.best(report.top) {
        let row = &table.rows[place];
        let Some(found) = &row.result else { continue };
        let values = names
            .iter()
            .map(|name| format!("{:>10}", row.parameters[*name]));
        let number = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.2}"));
        put(format_args!(
            "{}{:>16}{:>14}{:>9}{:>9}{:>12}{:>8}",
            values.collect::<String>(),
            thousands(found.final_value, 2),
            thousands(100.0 * found.total_return, 2),
            number(found.sharpe),
            number(found.sortino),
            number(found.max_drawdown.map(|drawdown| 100.0 * drawdown)),
            found.fills,
        ));
    }
    if let Some(deflated) = report.deflated {
        put(format_args!(
            "\nThe best Sharpe ratio is {:.2}; {} tries without skill would find {:.2}. \
             That the best is truly above this has a probability {} \
             (deflated Sharpe ratio).",
            deflated.best,
            thousands((n - n_refused) as f64, 0),
            deflated.expected_by_chance,
            probability(deflated.probability),
        ));
    }
    text
}

/// A probability in per cent, which is never certain.
fn probability(share: f64) -> String {
    match 100.0 * share {
        percent if percent > 99.95 => "above 99.9 %".to_owned(),
        percent if percent < 0.05 => "below 0.1 %".to_owned(),
        percent => format!("of {percent:.1} %"),
    }
}

/// All points as one JSON object.
pub fn to_json(report: &SweepReport<'_>) -> Value {
    let SweepReport { table, .. } = report;
    let pairs: Vec<_> = report
        .market
        .pairs()
        .map(|pair| report.market.symbol(pair).to_string())
        .collect();
    let deflated = report.deflated.map(|deflated| {
        json!({
            "best": deflated.best,
            "expected_by_chance": deflated.expected_by_chance,
            "probability": deflated.probability,
        })
    });
    json!({
        "schema": SCHEMA,
        "identity": report.identity,
        "strategy": report.strategy.to_string(),
        "parameters": report.axes.iter().map(|axis| &axis.name).collect::<Vec<_>>(),
        "pairs": pairs,
        "data": report.market.fingerprint(),
        "start": report.range.start().to_string(),
        "end": report.range.end().to_string(),
        "fill": report.options.fill.name(),
        "size": report.options.size.name(),
        "objective": table.objective.name(),
        "best": table.best(report.top).iter().map(|place| row(&table.rows[*place])).collect::<Vec<_>>(),
        "deflated_sharpe": deflated,
        "results": table.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(row: &Row) -> Value {
    serde_json::to_value(row).expect("a row has only text and finite numbers")
}

/// The columns of a result, by name.
const COLUMNS: [&str; 11] = [
    "final_value",
    "fills",
    "commission",
    "total_return",
    "max_drawdown",
    "volatility",
    "sharpe",
    "sortino",
    "exposure",
    "alpha",
    "beta",
];

/// All points as comma-separated values with a header; undefined numbers are empty.
pub fn to_csv(report: &SweepReport<'_>) -> String {
    let names: Vec<_> = report.axes.iter().map(|axis| axis.name.as_str()).collect();
    let mut text = [names.as_slice(), COLUMNS.as_slice()].concat().join(",") + "\n";
    for row in &report.table.rows {
        let result = serde_json::to_value(&row.result).expect("finite numbers");
        let parameters = names.iter().map(|name| row.parameters[*name].to_string());
        let numbers = COLUMNS.iter().map(|column| match &result[*column] {
            Value::Null => String::new(),
            value => value.to_string(),
        });
        let cells: Vec<_> = parameters.chain(numbers).collect();
        text += &(cells.join(",") + "\n");
    }
    text
}

/// All points as a Parquet file: the columns of the CSV, undefined numbers null.
pub fn to_parquet(report: &SweepReport<'_>) -> Vec<u8> {
    let rows = &report.table.rows;
    let axes = report.axes.iter().map(|axis| {
        let values = rows.iter().map(|row| Some(row.parameters[&axis.name]));
        (axis.name.as_str(), Column::Number(values.collect()))
    });
    let results: Vec<_> = rows
        .iter()
        .map(|row| serde_json::to_value(&row.result).expect("finite numbers"))
        .collect();
    let found = COLUMNS.iter().map(|name| {
        let values = results.iter().map(|result| result[*name].as_f64());
        (*name, Column::Number(values.collect()))
    });
    let columns: Vec<_> = axes.chain(found).collect();
    super::parquet::to_parquet(columns.iter().map(|(name, column)| (*name, column)))
}
