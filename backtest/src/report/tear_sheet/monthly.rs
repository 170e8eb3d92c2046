//! The returns of each month, as a table that is a heat map.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::time::Timestamp;

/// The return at which a cell has its full colour.
const FULL: f64 = 0.3;

/// The table for an hourly curve that begins before the first tick at `start`.
pub fn table(curve: &[f64], start: Timestamp) -> String {
    let returns = returns(curve, start);
    let mut html = String::from("<div class=\"scroll\"><table class=\"months\"><tr><th></th>");
    for month in [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ] {
        write!(html, "<th>{month}</th>").expect("a string takes every write");
    }
    html += "<th>year</th></tr>";
    let years: Vec<i32> = returns.keys().map(|(year, _)| *year).collect();
    let (Some(first), Some(last)) = (years.first(), years.last()) else {
        return String::new();
    };
    for year in *first..=*last {
        write!(html, "<tr><th>{year}</th>").expect("a string takes every write");
        let mut growth = 1.0;
        for month in 1..=12 {
            match returns.get(&(year, month)) {
                Some(value) => {
                    growth *= 1.0 + value;
                    html += &cell(*value);
                }
                None => html += "<td></td>",
            }
        }
        html += &(cell(growth - 1.0) + "</tr>");
    }
    html + "</table></div>"
}

/// The return of each month: of its last close over the last close before it.
fn returns(curve: &[f64], start: Timestamp) -> BTreeMap<(i32, u32), f64> {
    let mut ends: BTreeMap<(i32, u32), f64> = BTreeMap::new();
    for (hour, value) in curve[1..].iter().enumerate() {
        let hours = i64::try_from(hour).expect("an hour of the run");
        ends.insert(start.plus_hours(hours).year_and_month(), *value);
    }
    let mut before = curve[0];
    let mut change = |end: f64| {
        let change = end / before - 1.0;
        before = end;
        change
    };
    ends.into_iter()
        .map(|(month, end)| (month, change(end)))
        .collect()
}

/// Blue for a gain, orange for a loss, which the colour-blind tell apart; the sign
/// is written too.
fn cell(value: f64) -> String {
    let strength = (value.abs() / FULL).min(1.0) * 0.75;
    let colour = if value >= 0.0 {
        "45 114 178"
    } else {
        "213 94 0"
    };
    format!(
        "<td style=\"background:rgb({colour} / {strength:.2})\">{:+.1}</td>",
        100.0 * value
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_compound_to_the_whole() {
        let start = Timestamp::parse("2016-01").expect("a month");
        let curve: Vec<f64> = (0..=24 * 70).map(|hour| 100.0 + f64::from(hour)).collect();
        let found = returns(&curve, start);
        assert_eq!(found.len(), 3);
        assert!((found[&(2016, 1)] - 24.0 * 31.0 / 100.0).abs() < 1e-12);
        let growth: f64 = found.values().map(|value| 1.0 + value).product();
        assert!((growth - curve[24 * 70] / curve[0]).abs() < 1e-12);
    }
}
