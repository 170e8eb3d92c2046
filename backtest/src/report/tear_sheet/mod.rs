//! The tear sheet: one self-contained page on one run.

mod chart;
mod monthly;
mod trades;

use std::fmt::Write as _;

use chart::{Chart, Line};

use super::html::escaped;
use super::text::{counted, interval_of_growth, interval_of_sharpe};
use super::{RunReport, sentence, thousands};
use crate::metrics::{HOURS_PER_YEAR, equal_weight, simple_returns};
use crate::statistics::{Statistic, Unit, curve};

const STYLE: &str = include_str!("tear_sheet.css");
const HOURS_PER_DAY: usize = 24;
/// Days that the rolling Sharpe ratio looks back.
const ROLLING_DAYS: usize = 90;

/// The page.
pub fn to_html(report: &RunReport<'_>) -> String {
    let title = format!("{} on {}", report.strategy, pairs(report));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{0}</title><style>{STYLE}</style></head><body><main>\n<h1>{0}</h1>\n",
        escaped(&title),
    );
    let mut add = |text: String| writeln!(page, "{text}").expect("a string takes every write");
    add(format!(
        "<p class=\"lead\">{}. {}, {}; orders sized {}, filled {}; commission {} {}.</p>",
        escaped(&sentence(report.outcome)),
        report.outcome.range,
        counted(report.outcome.ticks, "tick"),
        report.options.size,
        report.options.fill,
        thousands(report.outcome.commission.as_f64(), 2),
        escaped(report.market.quote()),
    ));
    if let Some(growth) = interval_of_growth(report) {
        let sharpe = interval_of_sharpe(report).unwrap_or("undefined".into());
        add(format!(
            "<p class=\"note\">Return a year {growth}. Sharpe ratio {sharpe}.</p>"
        ));
    }
    if !report.outcome.liquidations.is_empty() {
        let times = counted(report.outcome.liquidations.len(), "time");
        add(format!(
            "<p class=\"note\">The margin was used up and the account liquidated {times}.</p>"
        ));
    }
    if report.market.is_synthetic() {
        add("<p class=\"note\">The prices are synthetic.</p>".into());
    }
    for (heading, body) in [
        ("Equity", equity(report)),
        ("Drawdown", drawdown(report)),
        (
            "Returns by month",
            monthly::table(&curve(report.outcome), report.outcome.range.start()),
        ),
        ("Trades on the price", trades::charts(report)),
        ("Sharpe ratio of the last 90 days", rolling_sharpe(report)),
        ("In numbers", numbers(report)),
    ] {
        add(format!("<section><h2>{heading}</h2>\n{body}\n</section>"));
    }
    add("</main></body></html>".into());
    page
}

fn pairs(report: &RunReport<'_>) -> String {
    let market = report.market;
    let names: Vec<_> = market
        .pairs()
        .take(3)
        .map(|p| market.symbol(p).to_string())
        .collect();
    let more = market.n_pairs().saturating_sub(3);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    names.join(", ") + &more
}

/// The points of an hourly curve at the end of each whole day, its beginning included.
fn daily(hourly: &[f64]) -> Vec<f64> {
    hourly.iter().copied().step_by(HOURS_PER_DAY).collect()
}

/// The same, and the end of a day that is not whole.
fn daily_to_the_end(hourly: &[f64]) -> Vec<f64> {
    let mut days = daily(hourly);
    let is_whole = (hourly.len() - 1).is_multiple_of(HOURS_PER_DAY);
    days.extend(hourly.last().filter(|_| !is_whole));
    days
}

fn line(name: &'static str, class: &'static str, values: &[f64]) -> Line {
    Line {
        name,
        class,
        values: values.iter().copied().map(Some).collect(),
    }
}

fn chart(report: &RunReport<'_>, title: &str, height: f64, lines: Vec<Line>) -> Chart {
    Chart {
        title: title.to_owned(),
        height,
        is_logarithmic: false,
        is_share: false,
        start: report.outcome.range.start(),
        n_days: report.outcome.ticks as f64 / HOURS_PER_DAY as f64,
        lines,
        marks: Vec::new(),
    }
}

fn legend(lines: &[Line]) -> String {
    let entry = |line: &Line| {
        format!(
            "<span><i class=\"{}\"></i>{}</span>",
            line.class,
            escaped(line.name)
        )
    };
    format!(
        "<p class=\"legend\">{}</p>",
        lines.iter().map(entry).collect::<String>()
    )
}

fn equity(report: &RunReport<'_>) -> String {
    let own = daily_to_the_end(&curve(report.outcome));
    let capital = report.outcome.capital.as_f64();
    let benchmark = daily_to_the_end(&equal_weight(report.market, report.outcome.range));
    let benchmark: Vec<f64> = benchmark.iter().map(|value| value * capital).collect();
    let lines = vec![
        line("the strategy", "own", &own),
        line("all pairs in equal parts, held", "benchmark", &benchmark),
    ];
    let keys = legend(&lines);
    let mut chart = chart(
        report,
        "Equity by day, on a logarithmic scale",
        280.0,
        lines,
    );
    chart.is_logarithmic = true;
    keys + &chart.draw()
}

fn drawdown(report: &RunReport<'_>) -> String {
    let mut peak = f64::NEG_INFINITY;
    let below = |value: f64| {
        peak = peak.max(value);
        value / peak - 1.0
    };
    let depth: Vec<f64> = curve(report.outcome).into_iter().map(below).collect();
    // The worst of each day, which its end might hide.
    let worst = depth
        .chunks(HOURS_PER_DAY)
        .map(|day| day.iter().copied().fold(0.0, f64::min));
    let lines = vec![line("drawdown", "own", &worst.collect::<Vec<_>>())];
    let mut chart = chart(report, "How far the equity is below its peak", 140.0, lines);
    chart.is_share = true;
    chart.draw()
}

fn rolling_sharpe(report: &RunReport<'_>) -> String {
    let returns = simple_returns(&daily(&curve(report.outcome)));
    let per_year = (HOURS_PER_YEAR / HOURS_PER_DAY as f64).sqrt();
    let ratio = |window: &[f64]| {
        let n = window.len() as f64;
        let mean = window.iter().sum::<f64>() / n;
        let squares: f64 = window.iter().map(|r| (r - mean) * (r - mean)).sum();
        let deviation = (squares / (n - 1.0)).sqrt();
        (deviation > 0.0).then(|| mean / deviation * per_year)
    };
    let none = std::iter::repeat_n(None, ROLLING_DAYS.min(returns.len()));
    let values = none
        .chain(returns.windows(ROLLING_DAYS).map(ratio))
        .collect();
    let lines = vec![Line {
        name: "Sharpe ratio",
        class: "own",
        values,
    }];
    chart(
        report,
        "Sharpe ratio of the last 90 days, a year",
        140.0,
        lines,
    )
    .draw()
}

fn numbers(report: &RunReport<'_>) -> String {
    let row = |statistic: &Statistic| {
        let name = statistic.name.replace('_', " ");
        let value = statistic
            .value
            .map_or("-".to_owned(), |value| match statistic.unit {
                Unit::Share => format!("{} %", thousands(100.0 * value, 2)),
                Unit::Number => format!("{value:.3}"),
                Unit::Hours => format!("{} h", thousands(value, 0)),
                Unit::Count => thousands(value, 0),
                Unit::Money => {
                    format!("{} {}", thousands(value, 2), escaped(report.market.quote()))
                }
            });
        format!("<tr><th>{name}</th><td>{value}</td></tr>")
    };
    let rows: Vec<_> = report.statistics.iter().map(row).collect();
    let tables = rows.chunks(rows.len().div_ceil(3).max(1));
    let tables = tables.map(|rows| format!("<table>{}</table>", rows.concat()));
    format!(
        "<div class=\"numbers\">{}</div>",
        tables.collect::<String>()
    )
}
