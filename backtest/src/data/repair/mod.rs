//! From rows as they stand in a file to consecutive hourly bars.
//!
//! A row passes the stations in one order: sorted, moved from local time, cleared of
//! orphans and duplicates, made hours of, cleared of bad ticks, and joined over absent
//! hours. Each station counts what it finds; what it then does is the policy's matter.

mod absent;
mod bad_ticks;
mod clock_change;
mod duplicates;
mod hours;
mod local_time;
mod order;
mod orphans;
mod reference;

pub use reference::Reference;

use super::DefectKind as K;
use super::csv::Row;
use super::findings::Findings;
use super::policy::Policy;
use super::report::{AbsentHours, RowOrder};
use super::source_file::SourceFile;
use crate::Result;
use crate::bar::BarSeries;

/// Consecutive bars, and what was done to get them.
pub struct Repaired {
    pub bars: BarSeries,
    pub order: RowOrder,
    pub absent: AbsentHours,
}

/// Makes bars of rows.
pub fn repair(
    mut rows: Vec<Row>,
    is_unix: bool,
    file: &SourceFile<'_>,
    policy: Policy,
    reference: Option<&Reference>,
    findings: &mut Findings,
) -> Result<Repaired> {
    let order = order::sort(&mut rows, findings);
    if !is_unix {
        clock_change::find(&rows, findings);
        local_time::find(&rows, findings);
        if let Some(reference) = reference.filter(|_| policy != Policy::Keep) {
            reference.align(&mut rows, findings);
        }
    }
    orphans::find(&mut rows, policy, findings);
    duplicates::drop(&mut rows, file, findings);
    hours::to_hours(&mut rows, file, findings)?;
    hours::require_hourly(&rows, file)?;
    bad_ticks::find(&mut rows, policy, findings);
    let (bars, absent) =
        absent::fill(&rows, findings).ok_or_else(|| file.error("holds no row of prices"))?;
    findings.set_count(K::AbsentHours, absent.n_hours);
    Ok(Repaired {
        bars,
        order,
        absent,
    })
}
