//! Hours from bars of whatever length.
//!
//! Shorter bars are joined: the first open, the highest high, the lowest low, the last
//! close, the sum of volumes. So are half hours among hours. Longer bars are refused,
//! and so are bars that stand at no regular distance, which are trades.

use crate::data::DefectKind as K;
use crate::data::csv::Row;
use crate::data::findings::Findings;
use crate::data::source_file::SourceFile;
use crate::time::{SECONDS_PER_HOUR, Timestamp};
use crate::{Error, Result};

/// Lengths of bars in seconds that make whole hours, longest first.
const LENGTHS: [i64; 11] = [1800, 1200, 900, 720, 600, 360, 300, 240, 180, 120, 60];

/// A stamp so late in the hour is that of its last second.
const LAST_SECOND: i64 = SECONDS_PER_HOUR - 1;

/// Above this share of rows off the hour a file is one of short bars.
const SHORT_SHARE: f64 = 0.4;

/// Makes one row an hour of sorted rows with distinct times.
pub fn to_hours(rows: &mut Vec<Row>, file: &SourceFile<'_>, findings: &mut Findings) -> Result<()> {
    if rows.iter().all(|row| past_hour(row) == 0) {
        return Ok(());
    }
    if rows.iter().all(|row| past_hour(row) == LAST_SECOND) {
        for row in &mut *rows {
            findings.defect(K::CloseTimes, row.offset, || {
                format!(
                    "the bar of {} is stamped with its last second",
                    row.bar.open_time
                )
            });
            row.bar.open_time = hour_of(row);
        }
        return Ok(());
    }
    let n_off = rows.iter().filter(|row| past_hour(row) != 0).count();
    // A handful of strays does not make a file one of short bars.
    let n_strays = (rows.len() / 100).max(3).min(rows.len() / 3);
    let length = if n_off <= n_strays {
        // A half hour beside its hour is a bar of its own, anything else a stray.
        LENGTHS[0]
    } else {
        let fits = |length: &i64| {
            let off = rows.iter().filter(|row| past_hour(row) % length != 0);
            off.count() <= n_strays
        };
        let length = LENGTHS.into_iter().find(fits);
        length.ok_or_else(|| not_hourly(file, "they stand at no regular distance".into()))?
    };
    rows.retain(|row| {
        let is_kept = past_hour(row) % length == 0;
        if !is_kept {
            findings.defect(K::OffTheHour, row.offset, || {
                format!("the bar of {} does not open on the hour", row.bar.open_time)
            });
        }
        is_kept
    });
    require_whole_hours(rows, file)?;
    let n_off = rows.iter().filter(|row| past_hour(row) != 0).count();
    if n_off as f64 > SHORT_SHARE * rows.len() as f64 {
        note_short(rows, length, findings);
    } else {
        note_mixed(rows, findings);
    }
    *rows = rows
        .chunk_by(|one, other| hour_of(one) == hour_of(other))
        .map(join)
        .collect();
    Ok(())
}

/// Refuses bars that are longer than an hour, which would pass for hourly ones with
/// many absent hours.
///
/// Such bars all stand at multiples of one longer step. A few hourly bars may do so
/// by chance, hence the least counts; three bars that all open at the same hour of
/// different days are daily.
pub fn require_hourly(rows: &[Row], file: &SourceFile<'_>) -> Result<()> {
    let mut step = 0;
    for pair in rows.windows(2) {
        let hours = pair[1].bar.open_time.hours_since(pair[0].bar.open_time);
        step = greatest_common_divisor(step, hours);
        if step == 1 {
            return Ok(());
        }
    }
    let least = if step % 24 == 0 { 3 } else { 24 };
    if step > 1 && rows.len() >= least {
        let found = format!("all its bars stand {step} hours apart, or a multiple of that");
        return Err(not_hourly(file, found));
    }
    Ok(())
}

/// Refuses hours that do not begin on the hour: no joining makes them so.
fn require_whole_hours(rows: &[Row], file: &SourceFile<'_>) -> Result<()> {
    let Some(first) = rows.first().map(past_hour) else {
        return Err(file.error("holds no row of prices"));
    };
    if first != 0 && rows.iter().all(|row| past_hour(row) == first) {
        let minutes = first / 60;
        let unit = if minutes == 1 { "minute" } else { "minutes" };
        let found = format!("they open {minutes} {unit} past the hour");
        return Err(not_hourly(file, found));
    }
    Ok(())
}

/// Says of what length the bars are, and which hours lack some of theirs. An hour that
/// lacks all of them is an absent one.
fn note_short(rows: &[Row], length: i64, findings: &mut Findings) {
    let minutes = length / 60;
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    for row in rows {
        findings.note(K::ShortBars, row.offset);
    }
    let detail = format!("bars of {minutes} {unit}, joined to hours");
    findings.set_detail(K::ShortBars, detail);
    let n_whole = usize::try_from(SECONDS_PER_HOUR / length).expect("at most sixty");
    let mut n_absent = 0;
    for hour in rows.chunk_by(|one, other| hour_of(one) == hour_of(other)) {
        let n_lacking = n_whole - hour.len();
        if n_lacking > 0 {
            n_absent += n_lacking;
            findings.defect(K::PartialHours, hour[0].offset, || {
                let (hour, n) = (hour_of(&hour[0]), hour.len());
                format!("the hour {hour} has {n} of its {n_whole} bars of {minutes} {unit}")
            });
        }
    }
    if n_absent > 0 {
        let bars = if n_absent == 1 { "bar" } else { "bars" };
        let detail = format!("{n_absent} {bars} of {minutes} {unit} absent in them");
        findings.set_detail(K::PartialHours, detail);
    }
}

fn note_mixed(rows: &[Row], findings: &mut Findings) {
    for hour in rows.chunk_by(|one, other| hour_of(one) == hour_of(other)) {
        if hour.len() > 1 || past_hour(&hour[0]) != 0 {
            for row in hour {
                findings.defect(K::MixedBarLengths, row.offset, || {
                    format!(
                        "the bar of {} is shorter than an hour, and most are not",
                        row.bar.open_time
                    )
                });
            }
        }
    }
}

/// One row of all rows of an hour.
fn join(hour: &[Row]) -> Row {
    let mut joined = hour[0];
    joined.bar.open_time = hour_of(&joined);
    for row in &hour[1..] {
        joined.bar.high = joined.bar.high.max(row.bar.high);
        joined.bar.low = joined.bar.low.min(row.bar.low);
        joined.bar.close = row.bar.close;
        joined.bar.volume += row.bar.volume;
    }
    joined
}

fn past_hour(row: &Row) -> i64 {
    row.bar.open_time.as_seconds().rem_euclid(SECONDS_PER_HOUR)
}

fn hour_of(row: &Row) -> Timestamp {
    Timestamp::from_seconds(row.bar.open_time.as_seconds() - past_hour(row))
}

fn not_hourly(file: &SourceFile<'_>, found: String) -> Error {
    Error::NotHourly {
        path: file.path().to_owned(),
        found,
    }
}

const fn greatest_common_divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
