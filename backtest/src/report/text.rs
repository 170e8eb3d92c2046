//! The report for a terminal.

use std::fmt::Write as _;

use super::{RunReport, sentence};
use crate::time::Timestamp;

/// Writes the table, what was found in the files, and the closing sentence.
pub fn to_text(report: &RunReport<'_>) -> String {
    let RunReport {
        market, outcome, ..
    } = report;
    let metrics = &outcome.metrics;
    let quote = market.quote();
    let mut text = String::new();
    for file in report.files {
        line(&mut text, format_args!("{file}"));
    }
    if !report.files.is_empty() {
        text.push('\n');
    }

    let mut row = |name: &str, value: String| line(&mut text, format_args!("{name:<16}{value}"));
    let pairs: Vec<_> = market
        .pairs()
        .map(|p| market.symbol(p).to_string())
        .collect();
    row("strategy", report.strategy.to_owned());
    row("pairs", pairs.join(", "));
    row(
        "hours",
        format!(
            "{}, {} ticks",
            outcome.range,
            thousands(outcome.ticks as f64, 0)
        ),
    );
    row("data source", market.source().to_owned());
    row(
        "fill convention",
        "market orders, sized at the deciding close, filled at the next open".into(),
    );
    row(
        "capital",
        format!("{} {quote}", thousands(outcome.capital.as_f64(), 2)),
    );
    row(
        "final value",
        format!("{} {quote}", thousands(outcome.final_value.as_f64(), 2)),
    );
    row(
        "return",
        format!("{} %", thousands(100.0 * metrics.total_return, 2)),
    );
    row("max drawdown", drawdown(report));
    row(
        "Sharpe ratio",
        metrics
            .sharpe
            .map_or("undefined, the equity never moved".into(), |s| {
                format!("{s:.2} a year")
            }),
    );
    row("fills", fills(report));
    row(
        "commission",
        format!("{} {quote}", thousands(outcome.commission.as_f64(), 2)),
    );
    let n_filled: usize = outcome.n_filled_hours.iter().sum();
    if n_filled > 0 {
        row("absent hours", absent(report));
    }
    line(&mut text, format_args!("\n{}", sentence(outcome)));
    text
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    writeln!(text, "{content}").expect("a string takes every write");
}

fn drawdown(report: &RunReport<'_>) -> String {
    let worst = report.outcome.metrics.max_drawdown;
    let closed = |tick: usize| -> Timestamp {
        let hours = i64::try_from(tick).expect("a tick of the run") + 1;
        report.outcome.range.start().plus_hours(hours)
    };
    let percent = format!("{:.2} %", 100.0 * worst.fraction);
    match (worst.peak_tick, worst.trough_tick) {
        (_, None) => percent,
        (peak, Some(trough)) => {
            let from = peak.map_or(report.outcome.range.start(), closed);
            format!("{percent}, {from} to {}", closed(trough))
        }
    }
}

fn fills(report: &RunReport<'_>) -> String {
    let outcome = report.outcome;
    let mut text = format!(
        "{} of {} orders",
        thousands(outcome.fills.len() as f64, 0),
        thousands(outcome.n_orders as f64, 0)
    );
    for (n, what) in [
        (outcome.n_cut, "cut to the cash or coins there were"),
        (outcome.n_rejected, "rejected"),
        (outcome.n_superseded, "superseded"),
        (outcome.n_unfilled, "still open at the end"),
    ] {
        if n > 0 {
            write!(text, "; {n} {what}").expect("a string takes every write");
        }
    }
    text
}

fn absent(report: &RunReport<'_>) -> String {
    let hours = report.market.pairs().zip(&report.outcome.n_filled_hours);
    let parts: Vec<_> = hours
        .filter(|(_, n)| **n > 0)
        .map(|(pair, n)| format!("{} {}", report.market.symbol(pair), thousands(*n as f64, 0)))
        .collect();
    format!(
        "{}; carried at the last close, never traded on",
        parts.join(", ")
    )
}

/// A number with commas between thousands.
pub(crate) fn thousands(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let (sign, digits) = plain
        .strip_prefix('-')
        .map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (idx, digit) in whole.chars().enumerate() {
        if idx > 0 && (whole.len() - idx) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!(thousands(1_234_567.891, 2), "1,234,567.89");
        assert_eq!(thousands(-1_000.0, 0), "-1,000");
        assert_eq!(thousands(999.0, 0), "999");
        assert_eq!(thousands(0.5, 1), "0.5");
    }
}
