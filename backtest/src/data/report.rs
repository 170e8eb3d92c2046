//! What loading one file found, and what it did about it.

use std::fmt;
use std::path::PathBuf;

use super::defect::DefectKind;
use super::findings::Finding;
use super::layout::Layout;
use super::policy::Policy;
use crate::instrument::Symbol;
use crate::time::Timestamp;

/// What one file held, and everything that was changed on the way to its bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadReport {
    /// The file.
    pub file: PathBuf,
    /// The pair that it has prices of.
    pub symbol: Symbol,
    /// How the file is laid out.
    pub layout: Layout,
    /// Whether the file says of itself that its prices are synthetic.
    pub is_synthetic: bool,
    /// In which order the rows stood.
    pub order: RowOrder,
    /// How many rows of prices the file has, duplicates included.
    pub n_rows: usize,
    /// What was to be done about defects.
    pub policy: Policy,
    /// Everything that was found, defects first.
    pub findings: Vec<Finding>,
    /// How many rows were dropped because another row has the same time, prices
    /// and volume.
    pub n_equal_duplicates: usize,
    /// How many rows have a date that tells another time than their unix seconds,
    /// which are believed.
    pub n_dates_overruled: usize,
    /// The hours that the file has no row for.
    pub absent: AbsentHours,
    /// The open time of the first bar.
    pub first: Timestamp,
    /// The open time of the last bar.
    pub last: Timestamp,
}

/// The order of a file's rows by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOrder {
    /// Oldest first; also a file of one row.
    Ascending,
    /// Newest first.
    Descending,
    /// Neither.
    Mixed,
}

/// The hours between a file's first and last bar that it has no row for.
///
/// Each is filled with a bar that carries the last close, has no volume, and is
/// marked, so that it is never traded on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AbsentHours {
    /// How many hours are absent.
    pub n_hours: usize,
    /// How many holes these hours make.
    pub n_runs: usize,
    /// The longest hole, the earliest when several are equally long.
    pub longest: Option<AbsentRun>,
}

/// Consecutive absent hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbsentRun {
    /// The last hour before the hole.
    pub after: Timestamp,
    /// How many hours are absent.
    pub n_hours: usize,
}

impl LoadReport {
    /// The file's name without its folders, so that what is printed does not depend
    /// on where the data lies.
    pub fn file_name(&self) -> String {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// Whether the file has no defect: its bars are the rows as they stand. The way
    /// that they are written and ordered does not count.
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.kind.is_note())
    }

    /// Whether something was done about every defect.
    pub fn is_repaired(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.all(|finding| finding.kind.is_note() || finding.treatment.is_some())
    }

    /// What was found of a kind.
    pub fn finding(&self, kind: DefectKind) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.kind == kind)
    }

    /// Everything found, a line each, notes and line numbers included.
    pub fn full_text(&self) -> String {
        let mut text = self.to_string();
        let end = text.find('\n').unwrap_or(text.len());
        text.truncate(end);
        for finding in &self.findings {
            let mark = if finding.kind.is_note() { "note: " } else { "" };
            let places = finding.places();
            let sentence = self.sentence(finding);
            text.extend(["\n  ", mark, &sentence, &places]);
        }
        text
    }

    /// One finding in words.
    fn sentence(&self, finding: &Finding) -> String {
        let (one, many) = finding.kind.nouns();
        let n = finding.n;
        let treatment = finding.treatment.as_deref();
        match (finding.kind, self.absent.longest, treatment) {
            (DefectKind::AbsentHours, Some(longest), Some(treatment)) => {
                return format!(
                    "{} absent in {}, {treatment}; the longest, {}, after {}",
                    count(n, "hour"),
                    count(self.absent.n_runs, "run"),
                    count(longest.n_hours, "hour"),
                    longest.after,
                );
            }
            (DefectKind::EqualDuplicates | DefectKind::DatesOverruled, _, Some(treatment)) => {
                let detail = finding.detail.as_deref();
                let detail = detail.map_or_else(String::new, |detail| format!("; {detail}"));
                return format!(
                    "{n} {} {treatment}{detail}",
                    if n == 1 { one } else { many }
                );
            }
            _ => {}
        }
        let mut text = format!("{n} {}", if n == 1 { one } else { many });
        match treatment {
            Some(treatment) => text.extend([", ", treatment]),
            None if finding.kind.is_note() => {}
            None => text += ", left as they are",
        }
        if let Some(detail) = &finding.detail {
            text.extend([": ", detail]);
        }
        text
    }
}

impl fmt::Display for RowOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ascending => "oldest first",
            Self::Descending => "newest first",
            Self::Mixed => "in no order",
        })
    }
}

impl fmt::Display for LoadReport {
    /// Writes one line on the file, and one indented line for each defect.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}{}, {} layout, {} {}, {} to {}",
            self.file_name(),
            if self.is_synthetic { "synthetic " } else { "" },
            self.symbol,
            self.layout,
            count(self.n_rows, "row"),
            self.order,
            self.first,
            self.last,
        )?;
        for finding in self.findings.iter().filter(|found| !found.kind.is_note()) {
            write!(f, "\n  {}", self.sentence(finding))?;
        }
        Ok(())
    }
}

/// `1 row`, `2 rows`.
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
