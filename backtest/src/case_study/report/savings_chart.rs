//! Measurement beside prediction, each a dot with its 95 % interval.

use std::fmt::Write as _;

use super::fix::{FIXES, Fix};
use crate::case_study::verdict::{TALK_HIGH, TALK_LOW};
use crate::case_study::{CaseStudy, Estimate};
use crate::report::axis::Axis;

const LEFT: f64 = 190.0;
const LENGTH: f64 = 740.0;
const TOP: f64 = 44.0;
const ROW: f64 = 84.0;
/// Per cent between labels.
const STEP: f64 = 5.0;

/// Draws the savings of the three fixes, with the talk's range behind them.
pub fn savings_chart(study: &CaseStudy) -> String {
    let pairs = FIXES.map(|fix| (fix, fix.measured(study), fix.predicted(study)));
    let ends = pairs.iter().flat_map(|(_, measured, predicted)| {
        [measured.low, measured.high, predicted.low, predicted.high]
    });
    let axis = Axis::around(ends.chain([TALK_HIGH + STEP]), STEP, LENGTH);
    let bottom = TOP + ROW * pairs.len() as f64;
    let mut svg = String::new();
    writeln!(
        svg,
        r#"<svg class="chart savings" viewBox="0 0 960 {:.0}" role="img" aria-labelledby="savings-title savings-words">
<title id="savings-title">Saving of each fix, measured and predicted, in per cent of the simulation loop</title>
<desc id="savings-words">{}</desc>"#,
        bottom + 52.0,
        words(&pairs),
    )
    .expect("a string takes every write");
    talk(&mut svg, axis, bottom);
    scale(&mut svg, axis, bottom);
    for (idx, (fix, measured, predicted)) in pairs.iter().enumerate() {
        let middle = TOP + ROW * (idx as f64 + 0.5);
        row(&mut svg, axis, middle, *fix, measured, predicted);
    }
    svg.push_str("</svg>");
    svg
}

/// The range that the talk names, as a band from top to bottom.
fn talk(svg: &mut String, axis: Axis, bottom: f64) {
    let (low, high) = (LEFT + axis.place(TALK_LOW), LEFT + axis.place(TALK_HIGH));
    writeln!(
        svg,
        r#"<rect class="talk" x="{low:.1}" y="{TOP:.1}" width="{:.1}" height="{:.1}"/>
<text class="talk-label" x="{:.1}" y="{:.1}" text-anchor="middle">the talk: {TALK_LOW:.0}–{TALK_HIGH:.0} %</text>"#,
        high - low,
        bottom - TOP,
        f64::midpoint(low, high),
        TOP - 14.0,
    )
    .expect("a string takes every write");
}

fn scale(svg: &mut String, axis: Axis, bottom: f64) {
    for value in axis.multiples(STEP) {
        let x = LEFT + axis.place(value);
        writeln!(
            svg,
            r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="{TOP:.1}" y2="{bottom:.1}"/>
<text x="{x:.1}" y="{:.1}" text-anchor="middle">{value:.0} %</text>"#,
            bottom + 22.0,
        )
        .expect("a string takes every write");
    }
    writeln!(
        svg,
        r#"<text class="axis-label" x="{:.1}" y="{:.1}" text-anchor="end">saved of the simulation loop</text>"#,
        LEFT + LENGTH,
        bottom + 44.0,
    )
    .expect("a string takes every write");
}

fn row(
    svg: &mut String,
    axis: Axis,
    middle: f64,
    fix: Fix,
    measured: &Estimate,
    predicted: &Estimate,
) {
    writeln!(
        svg,
        r#"<g class="{}">
<text class="row-label" x="0" y="{:.1}">{}</text>"#,
        fix.class(),
        middle + 6.0,
        fix.name(),
    )
    .expect("a string takes every write");
    for (offset, class, estimate) in [
        (-17.0, "measured", measured),
        (17.0, "predicted", predicted),
    ] {
        let y = middle + offset;
        let [low, dot, high] =
            [estimate.low, estimate.median, estimate.high].map(|value| LEFT + axis.place(value));
        writeln!(
            svg,
            r#"<g class="{class}"><path class="whisker" d="M{low:.1} {y:.1}H{high:.1}M{low:.1} {:.1}v12M{high:.1} {:.1}v12"/><circle cx="{dot:.1}" cy="{y:.1}" r="7.5"/><text x="{:.1}" y="{:.1}"{}>{class} {:.1} %</text></g>"#,
            y - 6.0,
            y - 6.0,
            label_place(low, high).0,
            y + 5.0,
            label_place(low, high).1,
            estimate.median,
        )
        .expect("a string takes every write");
    }
    svg.push_str("</g>\n");
}

/// A label stands to the right of its whisker, or to the left where there is no room.
fn label_place(low: f64, high: f64) -> (f64, &'static str) {
    const GAP: f64 = 12.0;
    const LABEL: f64 = 150.0;
    if high + GAP + LABEL > LEFT + LENGTH {
        (low - GAP, r#" text-anchor="end""#)
    } else {
        (high + GAP, "")
    }
}

fn words(pairs: &[(Fix, Estimate, Estimate)]) -> String {
    let sentences: Vec<String> = pairs
        .iter()
        .map(|(fix, measured, predicted)| {
            format!(
                "{}: measured {:.1} ({:.1} to {:.1}), predicted {:.1} ({:.1} to {:.1}).",
                fix.name(),
                measured.median,
                measured.low,
                measured.high,
                predicted.median,
                predicted.low,
                predicted.high
            )
        })
        .collect();
    sentences.join(" ")
}
