//! Numbers as the reports write them.

use super::super::slowdown::Ratio;

/// A number, or a dash where there is none.
pub fn or_dash(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}

/// A part of one as a percentage, or a dash.
pub fn percent(part: Option<f64>) -> String {
    // 99.96 % is not all.
    let round = |part: f64| {
        if part < 1.0 {
            (part * 1000.0).floor() / 10.0
        } else {
            100.0
        }
    };
    part.map_or_else(|| "-".to_owned(), |part| format!("{:.1}", round(part)))
}

/// A ratio as a change in per cent with its interval, or a dash.
pub fn change(ratio: Option<Ratio>) -> String {
    let percent = |ratio: f64| 100.0 * (ratio - 1.0);
    ratio.map_or_else(
        || "-".to_owned(),
        |ratio| {
            format!(
                "{:+.1} % ({:+.1} to {:+.1})",
                percent(ratio.mean),
                percent(ratio.low),
                percent(ratio.high)
            )
        },
    )
}
