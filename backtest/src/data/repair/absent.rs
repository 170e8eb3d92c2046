//! Absent hours, filled.

use crate::bar::{Bar, BarSeries};
use crate::data::DefectKind as K;
use crate::data::csv::Row;
use crate::data::findings::Findings;
use crate::data::report::{AbsentHours, AbsentRun};

/// Rows of distinct hours in ascending order as consecutive bars, or `None` when there
/// is no row.
pub fn fill(rows: &[Row], findings: &mut Findings) -> Option<(BarSeries, AbsentHours)> {
    let (first, last) = (rows.first()?, rows.last()?);
    let n_hours = last.bar.open_time.hours_since(first.bar.open_time) + 1;
    let n_hours = usize::try_from(n_hours).expect("rows are sorted");
    let mut series = BarSeries::with_capacity(first.bar.open_time, n_hours);
    let mut absent = AbsentHours::default();
    let mut last = first.bar;
    for row in rows {
        let mut n_hours = 0;
        while series.end() < row.bar.open_time {
            series.push(Bar::fill(series.end(), last.close));
            n_hours += 1;
        }
        if n_hours > 0 {
            absent.n_hours += n_hours;
            absent.n_runs += 1;
            if absent.longest.is_none_or(|run| run.n_hours < n_hours) {
                absent.longest = Some(AbsentRun {
                    after: last.open_time,
                    n_hours,
                });
            }
            findings.defect(K::AbsentHours, row.offset, || {
                let hours = if n_hours == 1 { "hour is" } else { "hours are" };
                let (time, before) = (row.bar.open_time, last.open_time);
                format!("{n_hours} {hours} absent between the bars of {before} and {time}")
            });
        }
        series.push(row.bar);
        last = row.bar;
    }
    Some((series, absent))
}
