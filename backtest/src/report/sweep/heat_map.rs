//! The page of a sweep: a heat map of two parameters, and the best points.
//!
//! Every cell shows the best of all points that it stands for, so that it is a map
//! of two parameters whatever their number is. The colours run from dark to light in
//! brightness too, and can be told apart by the colour-blind (viridis).

use std::fmt::Write as _;

use super::SweepReport;
use crate::report::html::escaped;
use crate::sweep::{Axis, Row, Table};

/// Viridis at five places, dark to light (van der Walt and Smith, matplotlib 2015).
const VIRIDIS: [(f64, f64, f64); 5] = [
    (68.0, 1.0, 84.0),
    (59.0, 82.0, 139.0),
    (33.0, 145.0, 140.0),
    (94.0, 201.0, 98.0),
    (253.0, 231.0, 37.0),
];

const STYLE: &str = "
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th { font-weight: 600; font-size: 12px; padding: 2px 4px; text-align: right }
.map { overflow-x: auto }
.map td { min-width: 22px; height: 20px; padding: 0; border: 1px solid Canvas }
pre { overflow-x: auto }
.key { display: inline-block; width: 16rem; height: 12px; vertical-align: middle;
       background: linear-gradient(90deg, #440154, #3b528b, #21918c, #5ec962, #fde725) }
";

/// The page, self-contained.
pub fn to_html(report: &SweepReport<'_>) -> String {
    let title = format!("Sweep of {}", report.strategy.name);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{}</title><style>{STYLE}</style></head><body><h1>{}</h1>\n",
        escaped(&title),
        escaped(&title),
    );
    if let [rows, columns, ..] = report.axes {
        page += &map(report.table, rows, columns);
    } else if let [axis] = report.axes {
        let one = Axis {
            name: String::new(),
            values: vec![f64::NAN],
        };
        page += &map(report.table, &one, axis);
    }
    page += "<h2>The best</h2>";
    for part in super::to_text(report).trim_end().split("\n\n") {
        // Sentences wrap, and the table keeps its columns.
        let tag = if part.contains('\n') { "pre" } else { "p" };
        writeln!(page, "<{tag}>{}</{tag}>", escaped(part)).expect("a string takes every write");
    }
    page + "</body></html>\n"
}

fn map(table: &Table, rows: &Axis, columns: &Axis) -> String {
    let name = table.objective.name();
    let cells = best_by_place(table, rows, columns);
    let known = || cells.iter().flatten().flatten().copied();
    let (low, high) = (
        known().fold(f64::INFINITY, f64::min),
        known().fold(f64::NEG_INFINITY, f64::max),
    );
    let mut text = format!(
        "<p>{} from {low:.3} <span class=\"key\"></span> to {high:.3}; down {}, across {}. \
         Point at a cell for its value.</p>\n<div class=\"map\"><table class=\"heat\"><tr><th></th>",
        escaped(name),
        escaped(&rows.name),
        escaped(&columns.name),
    );
    for column in &columns.values {
        write!(text, "<th>{column}</th>").expect("a string takes every write");
    }
    for (row, cells) in rows.values.iter().zip(&cells) {
        let label = if row.is_nan() {
            String::new()
        } else {
            row.to_string()
        };
        write!(text, "</tr>\n<tr><th>{label}</th>").expect("a string takes every write");
        for (column, value) in columns.values.iter().zip(cells) {
            let Some(value) = value else {
                text += "<td title=\"not run\"></td>";
                continue;
            };
            let share = if high > low {
                (value - low) / (high - low)
            } else {
                0.5
            };
            write!(
                text,
                "<td style=\"background:{}\" title=\"{}={label}, {}={column}: {} {value:.4}\"></td>",
                colour(share),
                escaped(&rows.name),
                escaped(&columns.name),
                escaped(name),
            )
            .expect("a string takes every write");
        }
    }
    text + "</tr></table></div>\n"
}

/// The best objective of the points at each pair of values, by their places on the axes.
fn best_by_place(table: &Table, rows: &Axis, columns: &Axis) -> Vec<Vec<Option<f64>>> {
    let mut cells = vec![vec![None; columns.values.len()]; rows.values.len()];
    let place = |axis: &Axis, row: &Row| {
        let value = row.parameters.get(&axis.name);
        // An axis without a name has one place, which is everybody's.
        let is_here = |at: &f64| at.is_nan() || Some(at) == value;
        axis.values.iter().position(is_here)
    };
    // The best first, so that the first at a place is the best there.
    for idx in table.best(table.rows.len()) {
        let row = &table.rows[idx];
        let found = row.result.as_ref();
        let value = found.and_then(|found| table.objective.value(found));
        if let Some((at, across)) = place(rows, row).zip(place(columns, row)) {
            let cell: &mut Option<f64> = &mut cells[at][across];
            *cell = cell.or(value);
        }
    }
    cells
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place among five colours, and a byte of a colour"
)]
fn colour(share: f64) -> String {
    let at = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let low = (at as usize).min(VIRIDIS.len() - 2);
    let part = at - low as f64;
    let (a, b) = (VIRIDIS[low], VIRIDIS[low + 1]);
    let mix = |a: f64, b: f64| (a + part * (b - a)).round() as u8;
    format!(
        "#{:02x}{:02x}{:02x}",
        mix(a.0, b.0),
        mix(a.1, b.1),
        mix(a.2, b.2)
    )
}
