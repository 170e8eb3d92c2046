//! Which columns tell the time, and in which order their dates have day and month.

use super::SAMPLE_ROWS;
use super::columns::TimeColumns;
use super::date::{DayOrder, date};
use super::moment::{Form, unix};
use super::records::Records;
use crate::data::TimeFormat;

/// What the cells of a column look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Unix,
    /// A day, with or without a time of day.
    Date {
        has_clock: bool,
    },
    /// A time of day alone.
    Clock,
    Other,
}

/// The columns that tell the time among `candidates`, the likeliest first; judged by
/// the rows that `records` begins with. `None` when none looks like it.
pub fn time_columns(
    candidates: &[usize],
    records: &mut Records<'_>,
    format: Option<&TimeFormat>,
) -> Option<TimeColumns> {
    let first = *candidates.first()?;
    match format {
        Some(TimeFormat::Unix(_)) => return Some(TimeColumns::Unix(first)),
        Some(TimeFormat::Strftime(_)) => return Some(TimeColumns::Date(first)),
        None => {}
    }
    let mut looks = vec![Vec::new(); candidates.len()];
    let mut n_rows = 0;
    while n_rows < SAMPLE_ROWS
        && let Some((_, record)) = records.next()
    {
        n_rows += 1;
        for (idx, column) in candidates.iter().enumerate() {
            if *column < record.len() {
                looks[idx].push(look_of(record.cell(*column)));
            }
        }
    }
    let find = |is_wanted: fn(&Look) -> bool| {
        let idx = looks.iter().position(|looks| {
            let n_wanted = looks.iter().filter(|look| is_wanted(look)).count();
            n_wanted > 0 && n_wanted * 2 >= looks.len()
        });
        idx.map(|idx| candidates[idx])
    };
    let unix = find(|look| *look == Look::Unix);
    let date = find(|look| matches!(look, Look::Date { .. }));
    let has_clock = find(|look| matches!(look, Look::Date { has_clock: true })).is_some();
    let clock = find(|look| *look == Look::Clock).filter(|_| !has_clock);
    Some(match (unix, date, clock) {
        (Some(unix), Some(date), _) if unix != date => TimeColumns::UnixAndDate(unix, date),
        (Some(unix), _, _) => TimeColumns::Unix(unix),
        (None, Some(date), Some(clock)) => TimeColumns::DateAndClock(date, clock),
        (None, Some(date), None) => TimeColumns::Date(date),
        (None, None, _) => return None,
    })
}

fn look_of(cell: &[u8]) -> Look {
    if unix(cell, None).is_ok() {
        return Look::Unix;
    }
    let is_date = DayOrder::ALL
        .into_iter()
        .find_map(|order| date(cell, order).ok());
    if let Some(moment) = is_date {
        return Look::Date {
            has_clock: matches!(
                moment.form,
                Form::Date {
                    has_clock: true,
                    ..
                }
            ),
        };
    }
    // A time of day is what makes a date of a day before it.
    let with_day = [b"2000-01-01 ", cell].concat();
    if !cell.is_empty() && date(&with_day, DayOrder::YearFirst).is_ok() {
        return Look::Clock;
    }
    Look::Other
}

/// The order that the form of a column's first date tells: a year of four digits first,
/// points between numbers, which only countries with the day first write, or a month's
/// name. `None` when it does not.
pub fn told_order(column: usize, records: &mut Records<'_>) -> Option<DayOrder> {
    for _ in 0..SAMPLE_ROWS {
        let Some((_, record)) = records.next() else {
            break;
        };
        if column >= record.len() || !matches!(look_of(record.cell(column)), Look::Date { .. }) {
            continue;
        }
        let cell = record.cell(column);
        let n_digits = cell.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let after = cell.get(n_digits..n_digits + 2).unwrap_or_default();
        return match (n_digits, after) {
            (1 | 2, [b'.', _]) => Some(DayOrder::DayFirst),
            (1 | 2, [_, letter]) if letter.is_ascii_alphabetic() => Some(DayOrder::DayFirst),
            (1 | 2, _) => None,
            _ => Some(DayOrder::YearFirst),
        };
    }
    Some(DayOrder::default())
}

/// The order of day, month and year of a column, from all its dates.
///
/// The right order makes dates that exist, and dates that lie close together: read
/// in a wrong one, neighbouring days are months apart. `None` when two orders do
/// equally well.
pub fn day_order(column: usize, records: &mut Records<'_>) -> Option<DayOrder> {
    let mut judged = DayOrder::ALL.map(|order| (0_usize, i64::MAX, i64::MIN, order));
    while let Some((_, record)) = records.next() {
        if column >= record.len() {
            continue;
        }
        for (n_failures, first, last, order) in &mut judged {
            match date(record.cell(column), *order) {
                Ok(moment) => {
                    *first = moment.seconds.min(*first);
                    *last = moment.seconds.max(*last);
                }
                Err(_) => *n_failures += 1,
            }
        }
    }
    let mut judged: Vec<_> = judged
        .into_iter()
        .map(|(n_failures, first, last, order)| {
            (n_failures, last.saturating_sub(first), first, order)
        })
        .collect();
    judged.sort_by_key(|(n_failures, span, ..)| (*n_failures, *span));
    let (n_failures, span, first, order) = judged[0];
    // A day such as 2.2.2002 is the same in all orders.
    let is_tie = judged[1..]
        .iter()
        .any(|other| (other.0, other.1) == (n_failures, span) && other.2 != first);
    (!is_tie).then_some(order)
}
