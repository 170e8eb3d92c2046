//! The comparison as one table: a column for each subject, a row for each question.

use std::fmt::Write;

use crate::comparison::{Comparison, SubjectResult};
use crate::score::Score;
use crate::slowdown::Ratio;

/// A table of texts; the first row is the head.
pub struct Table(Vec<Vec<String>>);

impl Table {
    /// Arranges the results.
    pub fn of(comparison: &Comparison) -> Self {
        let ran: Vec<&SubjectResult> = comparison
            .subjects
            .iter()
            .filter(|subject| subject.version.is_ok())
            .collect();
        let mut rows = vec![row("", &ran, |subject| subject.name.clone())];
        for workload in &comparison.workloads {
            rows.push(row(workload, &ran, |subject| cell(subject, workload)));
        }
        rows.push(row("slow-down, wall", &ran, |s| {
            slowdown(s, |found| found.wall)
        }));
        rows.push(row("slow-down, CPU", &ran, |s| {
            slowdown(s, |found| found.cpu)
        }));
        rows.push(row("own CPU", &ran, |s| {
            percent(&range(s, |score| 100.0 * score.own_cpu))
        }));
        rows.push(row("memory, MiB", &ran, |s| {
            range(s, |score| score.max_rss as f64 / f64::from(1 << 20))
        }));
        rows.push(row("samples obtained", &ran, |s| {
            percent(&range(s, |score| 100.0 * score.obtained))
        }));
        Self(rows)
    }

    /// In columns of equal width, for a terminal.
    pub fn to_text(&self) -> String {
        let width = |column: usize| {
            let cells = self.0.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.0[0].len()).map(width).collect();
        let mut text = String::new();
        for row in &self.0 {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// As Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        for (at, row) in self.0.iter().enumerate() {
            let cells = row.iter().map(|cell| cell.replace('|', "\\|"));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "));
            if at == 0 {
                text.push_str(&"|---".repeat(row.len()));
                text.push_str("|\n");
            }
        }
        text
    }
}

fn row(
    name: &str,
    subjects: &[&SubjectResult],
    cell: impl Fn(&SubjectResult) -> String,
) -> Vec<String> {
    let cells = subjects.iter().map(|subject| cell(subject));
    std::iter::once(name.to_owned()).chain(cells).collect()
}

fn cell(subject: &SubjectResult, workload: &str) -> String {
    let found = subject.scores.iter().find(|cell| cell.workload == workload);
    match found.map(|cell| &cell.score) {
        None => "-".into(),
        Some(Err(_)) => "failed".into(),
        Some(Ok(score)) => accuracy(score),
    }
}

/// Marks with `!` what chance does not explain.
fn accuracy(score: &Score) -> String {
    let mut text = format!("{:.1} pp (z {:.1})", score.error_pp, score.z);
    if score.unattributed > 0.01 {
        let _ = write!(text, ", lost {:.0} %", 100.0 * score.unattributed);
    }
    if score.is_wrong() {
        text.push_str(" !");
    }
    text
}

fn slowdown(
    subject: &SubjectResult,
    ratio: impl Fn(&crate::slowdown::Slowdown) -> Ratio,
) -> String {
    match &subject.slowdown {
        None => "-".into(),
        Some(Err(_)) => "failed".into(),
        Some(Ok(found)) => {
            let Ratio { mean, low, high } = ratio(found);
            format!("x{mean:.3} ({low:.3} to {high:.3})")
        }
    }
}

/// The least and the most over the workloads.
fn range(subject: &SubjectResult, value: impl Fn(&Score) -> f64) -> String {
    let scores = subject
        .scores
        .iter()
        .filter_map(|cell| cell.score.as_ref().ok());
    let values: Vec<f64> = scores.map(value).collect();
    let least = values.iter().copied().reduce(f64::min);
    let most = values.iter().copied().reduce(f64::max);
    match least.zip(most) {
        Some((least, most)) => format!("{least:.0} to {most:.0}"),
        None => "-".into(),
    }
}

fn percent(text: &str) -> String {
    if text == "-" {
        text.into()
    } else {
        format!("{text} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_hold_the_same_cells() {
        let text = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let table = Table(vec![text(["", "ours"]), text(["split", "0.1 pp"])]);
        assert_eq!(table.to_text(), "       ours\nsplit  0.1 pp\n");
        assert_eq!(
            table.to_markdown(),
            "|  | ours |\n|---|---|\n| split | 0.1 pp |\n"
        );
    }
}
