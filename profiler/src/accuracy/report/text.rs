//! Results as tables for a terminal.

use std::fmt::Write as _;

use super::super::grade::{Grade, Verdict};
use super::super::results::{Results, SubjectResult};
use super::number::{change, or_dash, percent};

/// Writes a table for each subject, and what was found under it.
pub fn text(results: &Results) -> String {
    let mut text = String::new();
    for subject in &results.subjects {
        let grades: Vec<&Grade> = results
            .results
            .iter()
            .filter(|grade| grade.subject == subject.name)
            .collect();
        write_subject(&mut text, subject, &grades);
        text.push('\n');
    }
    let count = |verdict| results.count(verdict);
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{} passed, {} failed, {} broken, {} skipped",
        count(Verdict::Pass),
        count(Verdict::Fail),
        count(Verdict::Broken),
        count(Verdict::Skipped)
    );
    text
}

const HEAD: [&str; 9] = [
    "",
    "verdict",
    "bias",
    "worst",
    "z",
    "samples",
    "rate",
    "complete",
    "slow-down",
];

fn write_subject(text: &mut String, subject: &SubjectResult, grades: &[&Grade]) {
    let version = match &subject.version {
        Ok(version) => version.clone(),
        Err(reason) => format!("left out: {reason}"),
    };
    let _ = writeln!(text, "{} ({version})", subject.name);
    if subject.version.is_err() {
        return;
    }
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(grades.iter().map(|grade| row(grade)));
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|at| {
            rows.iter()
                .map(|row| row[at].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(at, (cell, &width))| match at {
            0 | 1 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "  {}", line.trim_end());
    }
    for grade in grades {
        for finding in &grade.findings {
            let _ = writeln!(text, "  {}: {}", name(grade), finding.text);
        }
    }
    for (family, slowdown) in &subject.slowdown {
        let _ = writeln!(
            text,
            "  over all of {}: the program takes {} more CPU time, {} more wall time",
            family.title(),
            change(Some(slowdown.cpu)),
            change(Some(slowdown.wall))
        );
    }
}

fn row(grade: &Grade) -> [String; 9] {
    let points = |value: Option<f64>| match value {
        Some(value) => format!("{value:.1} pp"),
        None => "-".to_owned(),
    };
    [
        name(grade),
        verdict(grade.verdict).to_owned(),
        points(grade.bias_pp),
        points(grade.max_error_pp),
        or_dash(grade.z, 1),
        format!("{:.0}", grade.samples),
        or_dash(grade.rate_obtained, 0),
        match grade.complete_stacks {
            Some(_) => format!("{} %", percent(grade.complete_stacks)),
            None => "-".to_owned(),
        },
        change(grade.slowdown),
    ]
}

/// The workload, with its language where that is not Rust.
pub(super) fn name(grade: &Grade) -> String {
    match grade.language.as_str() {
        "rust" => grade.workload.clone(),
        language => format!("{} ({language})", grade.workload),
    }
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::Broken => "BROKEN",
        Verdict::Skipped => "skipped",
    }
}
