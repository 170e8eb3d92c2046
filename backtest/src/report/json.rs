//! The report for programs: one object whose shape carries a version.

use serde_json::{Map, Value, json};

use super::RunReport;
use crate::data::{Finding, LoadReport};
use crate::outcome::Outcome;
use crate::statistics::{Interval, Intervals};

/// The name and version of the shape below.
const SCHEMA: &str = "backdraft.run/1";

/// The run as one JSON object; money in the quote currency, shares as fractions.
pub fn to_json(report: &RunReport<'_>) -> Value {
    let RunReport {
        market, outcome, ..
    } = report;
    let metrics = &outcome.metrics;
    let pairs: Vec<_> = market
        .pairs()
        .map(|p| market.symbol(p).to_string())
        .collect();
    let filled_hours: Map<_, _> = pairs
        .iter()
        .cloned()
        .zip(outcome.n_filled_hours.iter().map(|n| json!(n)))
        .collect();
    json!({
        "schema": SCHEMA,
        "strategy": report.strategy,
        "pairs": pairs,
        "start": outcome.range.start().to_string(),
        "end": outcome.range.end().to_string(),
        "ticks": outcome.ticks,
        "source": market.source(),
        "synthetic": market.is_synthetic(),
        "seed": report.seed,
        "fill": report.options.fill.name(),
        "size": report.options.size.name(),
        "intra_bar": report.options.intra_bar.name(),
        "capital": outcome.capital.as_f64(),
        "final_value": outcome.final_value.as_f64(),
        "final_value_exact": outcome.final_value.to_string(),
        "total_return": metrics.total_return,
        "max_drawdown": metrics.max_drawdown.fraction,
        "sharpe": metrics.sharpe,
        "sortino": metrics.sortino,
        "volatility": metrics.volatility,
        "exposure": metrics.exposure,
        "benchmark_return": metrics.benchmark_return,
        "alpha": metrics.alpha,
        "beta": metrics.beta,
        "commission": outcome.commission.as_f64(),
        "orders": outcome.orders.len(),
        "fills": outcome.fills.len(),
        "cut": outcome.n_cut(),
        "rejected": outcome.n_rejected(),
        "superseded": outcome.n_superseded(),
        "withdrawn": outcome.n_withdrawn(),
        "unfilled": outcome.n_unfilled(),
        "borrowing_cost": outcome.borrowing_cost.as_f64(),
        "liquidations": outcome.liquidations.len(),
        "rejections": rejections(outcome),
        "metrics": metrics_by_name(report),
        "intervals": intervals(report.intervals),
        "filled_hours": filled_hours,
        "files": report.files.iter().map(file_to_json).collect::<Vec<_>>(),
    })
}

/// How many orders were rejected, by reason.
fn rejections(outcome: &Outcome) -> Map<String, Value> {
    let counts = outcome.rejections().into_iter();
    counts
        .map(|(reason, n)| (reason.to_string(), json!(n)))
        .collect()
}

/// All statistics; a share is a fraction of one, and what is undefined is null.
fn metrics_by_name(report: &RunReport<'_>) -> Map<String, Value> {
    let statistics = report.statistics.iter();
    statistics
        .map(|statistic| (statistic.name.to_owned(), json!(statistic.value)))
        .collect()
}

fn intervals(intervals: Option<Intervals>) -> Value {
    let ends = |interval: Interval| json!({ "low": interval.low, "high": interval.high });
    intervals.map_or(Value::Null, |intervals| {
        json!({
            "confidence": 0.95,
            "annual_return": ends(intervals.annual_return),
            "sharpe": intervals.sharpe.map(ends),
        })
    })
}

/// What loading a file found, as one JSON object.
pub fn file_to_json(report: &LoadReport) -> Value {
    let listed = |is_note: bool| {
        let findings = report.findings.iter();
        let findings = findings.filter(|finding| finding.kind.is_note() == is_note);
        findings.map(finding).collect::<Vec<_>>()
    };
    json!({
        "file": report.file_name(),
        "pair": report.symbol.to_string(),
        "layout": report.layout.to_string(),
        "synthetic": report.is_synthetic,
        "rows": report.n_rows,
        "order": report.order.to_string(),
        "first": report.first.to_string(),
        "last": report.last.to_string(),
        "absent_hours": report.absent.n_hours,
        "absent_runs": report.absent.n_runs,
        "longest_absence": report.absent.longest.map(|run| run.n_hours),
        "equal_duplicates": report.n_equal_duplicates,
        "dates_overruled": report.n_dates_overruled,
        "policy": report.policy.to_string(),
        "defects": listed(false),
        "notes": listed(true),
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "kind": finding.kind.name(),
        "count": finding.n,
        "lines": finding.lines,
        "detail": finding.detail,
        "repair": finding.treatment,
    })
}
