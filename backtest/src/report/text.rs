//! The report for a terminal.

use std::fmt::Write as _;

use super::{RunReport, sentence};
use crate::convention::{FillConvention, Sizing};
use crate::engine::EngineOptions;
use crate::money::Cash;
use crate::outcome::Outcome;
use crate::statistics::Interval;
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
        format!("{}, {}", outcome.range, counted(outcome.ticks, "tick")),
    );
    row("data source", market.source().to_owned());
    row("fill convention", convention(report.options));
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
    if let Some(growth) = interval_of_growth(report) {
        row("return a year", growth);
    }
    row("max drawdown", drawdown(report));
    let sharpe = interval_of_sharpe(report);
    row(
        "Sharpe ratio",
        sharpe.unwrap_or("undefined, the equity never moved".into()),
    );
    row("trades", trades(report));
    row("fills", fills(report));
    row(
        "commission",
        format!("{} {quote}", thousands(outcome.commission.as_f64(), 2)),
    );
    if outcome.borrowing_cost > Cash::ZERO {
        let cost = thousands(outcome.borrowing_cost.as_f64(), 2);
        row("borrowing cost", format!("{cost} {quote}"));
    }
    if !outcome.liquidations.is_empty() {
        row("liquidations", liquidations(&outcome.liquidations));
    }
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

/// What the result depends on more than on most strategies.
fn convention(options: &EngineOptions) -> String {
    let filled = match options.fill {
        FillConvention::NextOpen => "filled at the next open",
        FillConvention::NextClose => "filled at the next close",
        FillConvention::Close => "filled at the deciding close",
    };
    let sized = match options.size {
        Sizing::OnDecision => "sized at the deciding close",
        Sizing::OnFill => "sized when filled",
    };
    format!("market orders, {sized}, {filled}")
}

/// A statistic by its name, where the run leaves it defined.
fn value(report: &RunReport<'_>, name: &str) -> Option<f64> {
    let found = report.statistics.iter().find(|s| s.name == name);
    found.and_then(|statistic| statistic.value)
}

fn percent(share: f64) -> String {
    format!("{} %", thousands(100.0 * share, 2))
}

/// The return of a year with its interval, where the run is long enough for one.
pub(super) fn interval_of_growth(report: &RunReport<'_>) -> Option<String> {
    let Interval { low, high } = report.intervals?.annual_return;
    let growth = value(report, "annual_return").map_or("-".into(), percent);
    let ends = format!("95 % interval {} to {}", percent(low), percent(high));
    Some(format!("{growth}, {ends}"))
}

/// The Sharpe ratio, with its interval where the run is long enough for one.
pub(super) fn interval_of_sharpe(report: &RunReport<'_>) -> Option<String> {
    let sharpe = report.outcome.metrics.sharpe?;
    let interval = report.intervals.and_then(|intervals| intervals.sharpe);
    let interval = interval.map_or(String::new(), |Interval { low, high }| {
        format!(", 95 % interval {low:.2} to {high:.2}")
    });
    Some(format!("{sharpe:.2} a year{interval}"))
}

fn trades(report: &RunReport<'_>) -> String {
    let n = value(report, "trades").unwrap_or(0.0);
    let rate = value(report, "win_rate").map_or(String::new(), |rate| {
        format!(", {:.0} % of them won", 100.0 * rate)
    });
    let hours = value(report, "mean_trade_duration").map_or(String::new(), |hours| {
        format!(", held for {hours:.0} hours on average")
    });
    let positions = report.outcome.portfolio.positions();
    let open = match positions.iter().filter(|it| !it.is_flat()).count() {
        0 => String::new(),
        n => format!(", {} still open", thousands(n as f64, 0)),
    };
    format!("{}{rate}{hours}{open}", thousands(n, 0))
}

/// How often the margin was used up, and when first.
fn liquidations(at: &[Timestamp]) -> String {
    format!("{}, the first at {}", thousands(at.len() as f64, 0), at[0])
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
    let n_fills = thousands(outcome.fills.len() as f64, 0);
    let mut text = format!("{n_fills} of {}", counted(outcome.orders.len(), "order"));
    let rejected = format!("rejected ({})", rejections(outcome));
    for (n, what) in [
        (outcome.n_cut(), "cut to the cash or coins there were"),
        (outcome.n_rejected(), &rejected),
        (outcome.n_superseded(), "superseded"),
        (outcome.n_withdrawn(), "withdrawn"),
        (outcome.n_unfilled(), "still open at the end"),
    ] {
        if n > 0 {
            let n = thousands(n as f64, 0);
            write!(text, "; {n} {what}").expect("a string takes every write");
        }
    }
    text
}

/// Why orders were rejected, and how many for each reason where there are several.
fn rejections(outcome: &Outcome) -> String {
    let counts = outcome.rejections();
    if counts.len() == 1 {
        return counts
            .into_keys()
            .map(|reason| reason.to_string())
            .collect();
    }
    let each = counts.into_iter();
    let each: Vec<_> = each.map(|(reason, n)| format!("{n} {reason}")).collect();
    each.join(", ")
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

/// A number of things by their name, of which there may be just one.
pub(super) fn counted(n: usize, name: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{} {name}{ending}", thousands(n as f64, 0))
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
