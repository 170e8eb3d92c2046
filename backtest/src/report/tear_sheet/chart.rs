//! A line chart over days, as SVG.

use std::fmt::Write as _;

use crate::money::PRICE_DECIMALS;
use crate::report::axis::{Axis, dates, one_two_five};
use crate::report::html::escaped;
use crate::report::thousands;
use crate::time::Timestamp;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 84.0;
const LENGTH: f64 = 840.0;
const TOP: f64 = 10.0;
const BELOW: f64 = 28.0;
/// Labels below the chart that fit beside each other.
const MAX_LABELS: usize = 10;

/// One line: a value a day, `None` where there is none; the last one may be of a day that
/// is not whole.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: &'static str,
    /// The class by which the style sheet colours it.
    pub class: &'static str,
    pub values: Vec<Option<f64>>,
}

/// A mark on a chart, at a place between two days.
#[derive(Clone, Debug)]
pub struct Mark {
    pub day: f64,
    pub value: f64,
    pub is_entry: bool,
    pub title: String,
}

/// A chart of some lines that share a scale.
#[derive(Clone, Debug)]
pub struct Chart {
    pub title: String,
    pub height: f64,
    pub is_logarithmic: bool,
    /// Whether values are shares, and labelled in per cent.
    pub is_share: bool,
    pub start: Timestamp,
    /// How long it is.
    pub n_days: f64,
    pub lines: Vec<Line>,
    pub marks: Vec<Mark>,
}

impl Chart {
    /// The chart, or a sentence where there is nothing to draw.
    pub fn draw(&self) -> String {
        let known = || {
            self.lines
                .iter()
                .flat_map(|line| line.values.iter().flatten().copied())
        };
        let is_drawable = known().all(|value| value > 0.0 || !self.is_logarithmic);
        if self.n_days <= 0.0 || known().count() < 2 || !is_drawable {
            return "<p class=\"note\">There is too little to draw a curve of.</p>".into();
        }
        let low = known().fold(f64::INFINITY, f64::min);
        let high = known().fold(f64::NEG_INFINITY, f64::max);
        let margin = if high > low {
            (high - low) * 0.04
        } else {
            high.abs().max(1.0) * 0.05
        };
        let scale = |value: f64| {
            if self.is_logarithmic {
                libm::log(value)
            } else {
                value
            }
        };
        let (bottom, top) = if self.is_logarithmic {
            (low / 1.05, high * 1.05)
        } else {
            (low - margin, high + margin)
        };
        let days = Axis::between(0.0, self.n_days, LENGTH);
        let axis = Axis::between(scale(bottom), scale(top), self.height);
        let x = |day: f64| LEFT + days.place(day.min(self.n_days));
        let y = |value: f64| TOP + self.height - axis.place(scale(value));
        let mut svg = format!(
            "<div class=\"scroll\"><svg class=\"chart\" viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\"><title>{}</title>\n",
            TOP + self.height + BELOW,
            escaped(&self.title),
        );
        let mut add = |line: String| writeln!(svg, "{line}").expect("a string takes every write");
        let labels = self.labels(bottom, top);
        let decimals = labels.iter().map(|value| decimals(*value)).max();
        for value in labels {
            let y = y(value);
            add(format!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT + LENGTH,
                LEFT - 8.0,
                y + 4.0,
                self.label(value, decimals.unwrap_or(0)),
            ));
        }
        for (day, name) in dates(self.start, self.n_days, MAX_LABELS) {
            let x = x(day as f64);
            add(format!(
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{name}</text>",
                TOP + self.height,
                TOP + self.height + 18.0,
            ));
        }
        for line in &self.lines {
            for points in runs(&line.values) {
                let points =
                    points.map(|(day, value)| format!("{:.1},{:.1}", x(day as f64), y(value)));
                add(format!(
                    "<polyline class=\"{}\" points=\"{}\"/>",
                    line.class,
                    points.collect::<Vec<_>>().join(" "),
                ));
            }
        }
        for mark in &self.marks {
            let (x, y) = (x(mark.day), y(mark.value.clamp(low, high)));
            // A triangle, up for an entry and down for an exit: not by colour alone.
            let tip = if mark.is_entry { -7.0 } else { 7.0 };
            add(format!(
                "<path class=\"{}\" d=\"M{x:.1} {:.1}l5 {:.1}h-10z\"><title>{}</title></path>",
                if mark.is_entry { "entry" } else { "exit" },
                y,
                -tip * 1.3,
                escaped(&mark.title),
            ));
        }
        svg + "</svg></div>"
    }

    fn labels(&self, low: f64, high: f64) -> Vec<f64> {
        let few = if self.is_logarithmic {
            one_two_five(low, high)
        } else {
            Vec::new()
        };
        if few.len() >= 2 {
            // Decades alone where there are many.
            let is_kept = |value: &f64| few.len() <= 9 || is_power_of_ten(*value);
            return few.iter().copied().filter(is_kept).collect();
        }
        let step = round_step((high - low) / 5.0);
        Axis::between(low, high, 1.0).multiples(step).collect()
    }

    /// What a label says; on a line of equal steps, all have the same decimals.
    fn label(&self, value: f64, most_decimals: usize) -> String {
        // Zero has no sign.
        let value = value + 0.0;
        if self.is_share {
            return format!(
                "{} %",
                thousands(100.0 * value, most_decimals.saturating_sub(2))
            );
        }
        let decimals = if self.is_logarithmic {
            decimals(value)
        } else {
            most_decimals
        };
        thousands(value, decimals)
    }
}

/// How many decimals a round value has.
fn decimals(value: f64) -> usize {
    let is_whole = |decimals: &usize| {
        let digits = value * 10_f64.powi(i32::try_from(*decimals).expect("few decimals"));
        (digits - digits.round()).abs() <= 1e-6 * digits.abs()
    };
    (0..PRICE_DECIMALS as usize)
        .find(is_whole)
        .unwrap_or(PRICE_DECIMALS as usize)
}

fn is_power_of_ten(value: f64) -> bool {
    let exponent = libm::log10(value);
    (exponent - exponent.round()).abs() < 1e-9
}

/// The next step of one, two or five times a power of ten.
fn round_step(step: f64) -> f64 {
    let decade = libm::pow(10.0, libm::log10(step).floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * decade >= step);
    factor.unwrap_or(10.0) * decade
}

/// Stretches of days that have a value.
fn runs(values: &[Option<f64>]) -> impl Iterator<Item = impl Iterator<Item = (usize, f64)>> {
    let mut from = 0;
    let runs = values.split(Option::is_none).map(move |run| {
        let start = from;
        from += run.len() + 1;
        run.iter()
            .flatten()
            .enumerate()
            .map(move |(idx, value)| (start + idx, *value))
    });
    runs.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_part_a_line() {
        let values = [None, Some(1.0), Some(2.0), None, Some(3.0)];
        let found: Vec<Vec<_>> = runs(&values).map(Iterator::collect).collect();
        assert_eq!(found, [vec![], vec![(1, 1.0), (2, 2.0)], vec![(4, 3.0)]]);
    }

    #[test]
    fn round_values_are_written_out() {
        let found = [0.0, 20.0, 2.5, 0.05, 1e-8].map(decimals);
        assert_eq!(found, [0, 0, 1, 2, 8]);
    }

    #[test]
    fn steps_are_round() {
        let steps = [0.03, 0.7, 12.0, 51.0].map(|step| round_step(step).to_string());
        assert_eq!(steps, ["0.05", "1", "20", "100"]);
    }
}
