//! The equity at the end of each day, on a logarithmic scale.

use std::fmt::Write as _;

use crate::report::axis::{Axis, months, one_two_five};
use crate::report::thousands;
use crate::time::Timestamp;

const LEFT: f64 = 96.0;
const LENGTH: f64 = 824.0;
const TOP: f64 = 12.0;
const HEIGHT: f64 = 280.0;
/// Labels below the chart that fit beside each other.
const MAX_LABELS: usize = 9;

/// Draws `equity`, the capital and then a point a day, from `start`.
///
/// Without a second point, or with equity that is not positive, there is no curve.
pub fn equity_chart(equity: &[f64], start: Timestamp) -> String {
    let positive = equity.iter().all(|value| *value > 0.0);
    if equity.len() < 2 || !positive {
        return r#"<p class="note">The run is too short for a curve.</p>"#.to_owned();
    }
    let (low, high) = ends(equity);
    let days = Axis::between(0.0, (equity.len() - 1) as f64, LENGTH);
    let value = Axis::between(low.ln(), high.ln(), HEIGHT);
    let x = |day: f64| LEFT + days.place(day);
    let y = |equity: f64| TOP + HEIGHT - value.place(equity.ln());
    let mut svg = String::new();
    let mut add = |line: String| writeln!(svg, "{line}").expect("a string takes every write");
    add(format!(
        r#"<svg class="chart equity" viewBox="0 0 960 {:.0}" role="img" aria-labelledby="equity-title">
<title id="equity-title">Equity by day, logarithmic: from {} to {}</title>"#,
        TOP + HEIGHT + 32.0,
        thousands(equity[0], 0),
        thousands(equity[equity.len() - 1], 0),
    ));
    for label in one_two_five(low, high) {
        let y = y(label);
        add(format!(
            r#"<line class="grid" x1="{LEFT:.1}" x2="{:.1}" y1="{y:.1}" y2="{y:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT + LENGTH,
            LEFT - 10.0,
            y + 5.0,
            thousands(label, 0),
        ));
    }
    for (day, name) in months(start, equity.len(), MAX_LABELS) {
        let x = x(day as f64);
        add(format!(
            r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="{TOP:.1}" y2="{:.1}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{name}</text>"#,
            TOP + HEIGHT,
            TOP + HEIGHT + 22.0,
        ));
    }
    let points: Vec<String> = equity
        .iter()
        .enumerate()
        .map(|(day, equity)| format!("{:.1},{:.1}", x(day as f64), y(*equity)))
        .collect();
    add(format!(
        r#"<polyline class="curve" points="{}"/>"#,
        points.join(" ")
    ));
    svg.push_str("</svg>");
    svg
}

/// The least and the greatest, a little apart even when they are equal.
fn ends(equity: &[f64]) -> (f64, f64) {
    let low = equity.iter().copied().fold(f64::INFINITY, f64::min);
    let high = equity.iter().copied().fold(0.0, f64::max);
    (low / 1.05, high * 1.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_curve_is_drawn_and_ruin_is_not() {
        let start = Timestamp::parse("2017-01").expect("a month");
        let flat = equity_chart(&[100.0, 100.0], start);
        assert!(
            flat.contains(r#"points="96.0,152.0 920.0,152.0""#),
            "{flat}"
        );
        assert!(!equity_chart(&[100.0, 0.0], start).contains("<svg"));
    }
}
