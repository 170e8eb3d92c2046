//! From rows as they stand in a file to consecutive hourly bars.
//!
//! Three things are repaired, and each is counted for the report: the order of the
//! rows, rows that stand twice, and hours without a row. Whatever cannot be repaired
//! without guessing is an error: two rows that disagree on an hour, and bars that
//! are not hourly at all.

use super::csv::Row;
use super::report::{AbsentHours, AbsentRun, RowOrder};
use super::source_file::SourceFile;
use crate::bar::{Bar, BarSeries};
use crate::{Error, Result};

/// Consecutive bars, and what was done to get them.
pub struct Repaired {
    pub bars: BarSeries,
    pub order: RowOrder,
    pub n_equal_duplicates: usize,
    pub absent: AbsentHours,
}

/// Sorts the rows, drops those that stand twice, and fills absent hours.
pub fn repair(mut rows: Vec<Row>, file: &SourceFile<'_>) -> Result<Repaired> {
    let order = order_of(&rows);
    match order {
        RowOrder::Ascending => {}
        RowOrder::Descending => rows.reverse(),
        RowOrder::Mixed => rows.sort_by_key(|row| row.bar.open_time),
    }
    let n_rows = rows.len();
    drop_equal_duplicates(&mut rows, file)?;
    let n_equal_duplicates = n_rows - rows.len();
    require_hourly(&rows, file)?;
    let (bars, absent) = fill_absent_hours(rows.into_iter().map(|row| row.bar))
        .ok_or_else(|| file.error("holds no row of prices"))?;
    Ok(Repaired {
        bars,
        order,
        n_equal_duplicates,
        absent,
    })
}

/// Bars in ascending order with the hours between them filled, or `None` when there
/// is no bar.
pub fn fill_absent_hours(bars: impl IntoIterator<Item = Bar>) -> Option<(BarSeries, AbsentHours)> {
    let mut bars = bars.into_iter();
    let mut last = bars.next()?;
    let mut series = BarSeries::new(last.open_time);
    series.push(last);
    let mut absent = AbsentHours::default();
    for bar in bars {
        let mut n_hours = 0;
        while series.end() < bar.open_time {
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
        }
        series.push(bar);
        last = bar;
    }
    Some((series, absent))
}

fn order_of(rows: &[Row]) -> RowOrder {
    let times = || rows.iter().map(|row| row.bar.open_time);
    if times().is_sorted() {
        RowOrder::Ascending
    } else if times().rev().is_sorted() {
        RowOrder::Descending
    } else {
        RowOrder::Mixed
    }
}

/// Of rows in ascending order, keeps one for each time.
fn drop_equal_duplicates(rows: &mut Vec<Row>, file: &SourceFile<'_>) -> Result<()> {
    let conflict = rows
        .windows(2)
        .find(|pair| pair[0].bar.open_time == pair[1].bar.open_time && pair[0].bar != pair[1].bar);
    if let Some([one, other]) = conflict {
        let (first, second) = (one.offset.min(other.offset), one.offset.max(other.offset));
        return Err(file.row_error(
            second,
            format!(
                "the bar of {} differs from that of line {}, and only one can be right",
                one.bar.open_time,
                file.line_at(first),
            ),
        ));
    }
    rows.dedup_by_key(|row| row.bar.open_time);
    Ok(())
}

/// Refuses bars that are longer than an hour, which would pass for hourly ones with
/// many absent hours.
///
/// Such bars all stand at multiples of one longer step. A few hourly bars may do so
/// by chance, hence the least counts; three bars that all open at the same hour of
/// different days are daily.
fn require_hourly(rows: &[Row], file: &SourceFile<'_>) -> Result<()> {
    let steps = rows
        .windows(2)
        .map(|pair| pair[1].bar.open_time.hours_since(pair[0].bar.open_time));
    let step = steps.fold(0, greatest_common_divisor);
    let least = if step % 24 == 0 { 3 } else { 24 };
    if step > 1 && rows.len() >= least {
        return Err(Error::NotHourly {
            path: file.path().to_owned(),
            found: format!("all its bars stand {step} hours apart, or a multiple of that"),
        });
    }
    Ok(())
}

const fn greatest_common_divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
