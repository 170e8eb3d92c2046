//! One workload drawn as text: truth, report and interval of each function.

use std::fmt::Write as _;

use super::super::grade::{FunctionGrade, Grade};
use super::text::{name, verdict};

/// Characters of a bar that stands for all time.
const WIDTH: usize = 50;

/// Draws what a grade is made of.
pub fn explanation(grade: &Grade) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{} on {}: {}, {:.0} samples",
        grade.subject,
        name(grade),
        verdict(grade.verdict),
        grade.samples
    );
    for finding in &grade.findings {
        let _ = writeln!(text, "  {}: {}", finding.kind, finding.text);
    }
    let width = grade
        .functions
        .iter()
        .map(|function| function.name.chars().count());
    let width = width.max().unwrap_or(0).max("function".len());
    if !grade.functions.is_empty() {
        let _ = writeln!(
            text,
            "\n  {:width$}  {:>7}  {:>7}  {:>14}  {:>6}  0{:>WIDTH$}",
            "function", "true", "found", "95 % interval", "z", "100 %"
        );
    }
    for function in &grade.functions {
        let _ = writeln!(
            text,
            "  {:width$}  {:>5.1} %  {:>5.1} %  {:>5.1} to {:>5.1}  {:>6.1}  {}",
            function.name,
            100.0 * function.truth,
            100.0 * function.reported,
            100.0 * function.low,
            100.0 * function.high,
            function.z,
            bar(function)
        );
    }
    if !grade.functions.is_empty() {
        let _ = writeln!(
            text,
            "\n  = what is true   - the interval of what was found   # both"
        );
    }
    if let Some(causal) = &grade.causal {
        let _ = writeln!(
            text,
            "\n  `{}` slowed {} times: from {:.1} % its share should go to {:.1} %, and went to {:.1} % (z {:.1})",
            causal.function,
            causal.factor,
            100.0 * causal.before,
            100.0 * causal.expected,
            100.0 * causal.reported,
            causal.z
        );
    }
    text
}

/// The true share as a bar, and the interval over it.
fn bar(function: &FunctionGrade) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shares are from 0 to 1"
    )]
    let at = |share: f64| (share * WIDTH as f64).round() as usize;
    let (truth, low, high) = (at(function.truth), at(function.low), at(function.high));
    let bar: String = (0..=WIDTH)
        .map(
            |column| match (column < truth, (low..=high).contains(&column)) {
                (true, true) => '#',
                (true, false) => '=',
                (false, true) => '-',
                (false, false) => ' ',
            },
        )
        .collect();
    bar.trim_end().to_owned()
}
