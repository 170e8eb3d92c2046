//! Rows that stand alone, months from all others.
//!
//! A time of another year is a mistake of whoever wrote it; filled up to, it would be
//! years of made-up hours.

use crate::data::DefectKind as K;
use crate::data::csv::Row;
use crate::data::findings::Findings;
use crate::data::policy::Policy;
use crate::time::SECONDS_PER_HOUR;

/// A hole of so many seconds, thirty days, sets rows apart.
const APART: i64 = 30 * 24 * SECONDS_PER_HOUR;

/// So few rows between two such holes are orphans.
const MOST_ORPHANS: usize = 2;

/// So many rows, most of the file, make the others orphans.
const LEAST_REST: usize = 12;

/// Finds and drops orphans among sorted rows.
pub fn find(rows: &mut Vec<Row>, policy: Policy, findings: &mut Findings) {
    let time = |row: &Row| row.bar.open_time.as_seconds();
    let is_near = |one: &Row, other: &Row| time(other) - time(one) < APART;
    let orphans: Vec<Row> = rows
        .chunk_by(is_near)
        .filter(|chunk| chunk.len() <= MOST_ORPHANS)
        .flatten()
        .copied()
        .collect();
    let n_rest = rows.len() - orphans.len();
    if orphans.is_empty() || n_rest < LEAST_REST || n_rest < 10 * orphans.len() {
        return;
    }
    for row in &orphans {
        findings.defect(K::OrphanRows, row.offset, || {
            format!(
                "the bar of {} is more than 30 days from all others",
                row.bar.open_time
            )
        });
    }
    if policy != Policy::Keep {
        rows.retain(|row| orphans.iter().all(|orphan| orphan.offset != row.offset));
    }
}
