//! Clock changes in a column of dates, which UTC does not have.
//!
//! Local time leaves out an hour on a Sunday in March and has one twice on a Sunday in
//! October or November: at 02:00 and 01:00 in the United States (since 2007), at 01:00
//! UTC in Europe (since 1996). Whose local time it is, and so how far from UTC, is not
//! told by this; see `reference`.

use chrono::{DateTime, Datelike, Timelike, Weekday};

use crate::data::DefectKind as K;
use crate::data::csv::Row;
use crate::data::findings::Findings;
use crate::time::Timestamp;

/// So many hours around an absent one have to be there, or it is a hole like others.
const COMPLETE_HOURS: usize = 12;

/// Looks for clock changes in sorted rows.
pub fn find(rows: &[Row], findings: &mut Findings) {
    let mut first = None;
    for (idx, pair) in rows.windows(2).enumerate() {
        let (time, next) = (pair[0].bar.open_time, pair[1].bar.open_time);
        let what = if time == next && pair[0].bar != pair[1].bar && is_autumn(time) {
            "stands twice"
        } else if next == time.plus_hours(2)
            && is_spring(time.plus_hours(1))
            && is_complete(rows, idx)
        {
            "is absent"
        } else {
            continue;
        };
        let hour = if time == next {
            time
        } else {
            time.plus_hours(1)
        };
        findings.defect(K::LocalTime, pair[1].offset, || {
            format!("the hour {hour}, when clocks change, {what}: the dates are local time")
        });
        first.get_or_insert((hour, what));
    }
    if let Some((hour, what)) = first {
        findings.leave(K::LocalTime);
        findings.set_detail(
            K::LocalTime,
            format!(
                "{hour} {what}, as when clocks change, so the dates are local time; give \
                 --reference FILE to move them"
            ),
        );
    }
}

/// Whether the hours before and after the hole behind `idx` are all there, once each.
fn is_complete(rows: &[Row], idx: usize) -> bool {
    let Some(start) = (idx + 1).checked_sub(COMPLETE_HOURS) else {
        return false;
    };
    let is_hourly = |rows: &[Row]| {
        rows.len() == COMPLETE_HOURS
            && rows
                .windows(2)
                .all(|pair| pair[1].bar.open_time == pair[0].bar.open_time.plus_hours(1))
    };
    let after = rows.get(idx + 1..idx + 1 + COMPLETE_HOURS);
    is_hourly(&rows[start..=idx]) && after.is_some_and(is_hourly)
}

fn is_spring(time: Timestamp) -> bool {
    on_sunday(time).is_some_and(|moment| matches!(moment, (3, 8..=14, 2) | (3, 25..=31, 1..=3)))
}

fn is_autumn(time: Timestamp) -> bool {
    on_sunday(time).is_some_and(|moment| matches!(moment, (11, 1..=7, 1) | (10, 25..=31, 1..=3)))
}

/// The month, day and hour of a time on the hour of a Sunday.
fn on_sunday(time: Timestamp) -> Option<(u32, u32, u32)> {
    let moment = DateTime::from_timestamp(time.as_seconds(), 0)?;
    (moment.weekday() == Weekday::Sun && time.is_whole_hour())
        .then(|| (moment.month(), moment.day(), moment.hour()))
}
