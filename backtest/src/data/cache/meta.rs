//! What an import says of its source, in the shape that it is written in.

use serde::{Deserialize, Serialize};

use super::Fingerprint;
use crate::bar::BarSeries;
use crate::data::findings::Finding;
use crate::data::layout::Layout;
use crate::data::report::{AbsentHours, AbsentRun, LoadReport, RowOrder};
use crate::data::{DefectKind, Policy};
use crate::instrument::Symbol;
use crate::time::Timestamp;

/// The meta text of an import.
#[derive(Serialize, Deserialize)]
pub struct Meta {
    pub fingerprint: Fingerprint,
    symbol: String,
    layout: String,
    order: u8,
    policy: String,
    is_synthetic: bool,
    n_rows: usize,
    n_runs: usize,
    longest: Option<(i64, usize)>,
    findings: Vec<Found>,
}

#[derive(Serialize, Deserialize)]
struct Found {
    kind: String,
    n: usize,
    lines: Vec<u64>,
    detail: Option<String>,
    treatment: Option<String>,
}

const ORDERS: [RowOrder; 3] = [RowOrder::Ascending, RowOrder::Descending, RowOrder::Mixed];

impl Meta {
    /// The meta text of a report.
    pub fn new(report: &LoadReport, fingerprint: Fingerprint) -> Self {
        let longest = report.absent.longest;
        Self {
            fingerprint,
            symbol: report.symbol.to_string(),
            layout: report.layout.to_string(),
            order: ORDERS
                .iter()
                .position(|order| *order == report.order)
                .and_then(|idx| u8::try_from(idx).ok())
                .expect("all orders are listed"),
            policy: report.policy.to_string(),
            is_synthetic: report.is_synthetic,
            n_rows: report.n_rows,
            n_runs: report.absent.n_runs,
            longest: longest.map(|run| (run.after.as_seconds(), run.n_hours)),
            findings: report.findings.iter().map(found).collect(),
        }
    }

    /// The report that this was written of, its path left empty; `None` when a word in
    /// it is unknown.
    pub fn report(&self, bars: &BarSeries) -> Option<LoadReport> {
        let findings = self.findings.iter().map(finding);
        let findings = findings.collect::<Option<Vec<_>>>()?;
        let count = |kind| {
            let finding = findings.iter().find(|finding| finding.kind == kind);
            finding.map_or(0, |finding| finding.n)
        };
        Some(LoadReport {
            file: std::path::PathBuf::new(),
            symbol: Symbol::parse(&self.symbol).ok()?,
            layout: Layout::ALL
                .into_iter()
                .find(|layout| layout.to_string() == self.layout)?,
            is_synthetic: self.is_synthetic,
            order: *ORDERS.get(usize::from(self.order))?,
            n_rows: self.n_rows,
            policy: Policy::parse(&self.policy).ok()?,
            n_equal_duplicates: count(DefectKind::EqualDuplicates),
            n_dates_overruled: count(DefectKind::DatesOverruled),
            absent: AbsentHours {
                n_hours: count(DefectKind::AbsentHours),
                n_runs: self.n_runs,
                longest: self.longest.map(|(after, n_hours)| AbsentRun {
                    after: Timestamp::from_seconds(after),
                    n_hours,
                }),
            },
            first: bars.start(),
            last: bars.end().plus_hours(-1),
            findings,
        })
    }
}

fn found(finding: &Finding) -> Found {
    Found {
        kind: finding.kind.name().to_owned(),
        n: finding.n,
        lines: finding.lines.clone(),
        detail: finding.detail.clone(),
        treatment: finding.treatment.clone(),
    }
}

fn finding(found: &Found) -> Option<Finding> {
    Some(Finding {
        kind: DefectKind::ALL
            .into_iter()
            .find(|kind| kind.name() == found.kind)?,
        n: found.n,
        lines: found.lines.clone(),
        detail: found.detail.clone(),
        treatment: found.treatment.clone(),
    })
}
