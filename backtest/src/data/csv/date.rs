//! Dates as vendors write them, all taken as UTC unless they carry an offset.
//!
//! `2018-02-01 11-PM`, `2018-02-01 23:00:00`, `2018-02-01T23:00:00Z`,
//! `20180201 230000`, `201802012300`, `2018.02.01 23:00`, `01.02.2018 23:00:00.000
//! GMT+0000`, `2/1/18 11:00 PM`, `01-Feb-2018 23:00` and `Thu, February 1, 2018 23:00`. By hand, because a general
//! parser would be most of the time that a file takes.

use chrono::NaiveDate;

use super::flaw::Flaw;
use super::moment::{Form, Moment, is_believed, out_of_range};
use super::scan::Scan;
use crate::data::DefectKind;

/// In which order day, month and year stand where the year does not come first with
/// four digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::enum_variant_names,
    reason = "what comes first is what they are about"
)]
pub enum DayOrder {
    /// `18-02-01`.
    #[default]
    YearFirst,
    /// `01.02.2018`.
    DayFirst,
    /// `2/1/2018`.
    MonthFirst,
}

impl DayOrder {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::YearFirst, Self::DayFirst, Self::MonthFirst];
}

const SECONDS_PER_DAY: i64 = 86_400;

/// Reads a date with or without a time of day.
pub fn date(text: &[u8], order: DayOrder) -> Result<Moment, Flaw> {
    let mut scan = Scan(text);
    scan.skip_weekday();
    let (days, is_two_digit_year) = scan.day(order)?;
    let clock = scan.clock()?;
    let seconds = days * SECONDS_PER_DAY + clock.seconds;
    if !is_believed(seconds) {
        return Err(out_of_range());
    }
    Ok(Moment {
        seconds,
        has_rest: clock.has_rest,
        form: Form::Date {
            is_am_pm: clock.is_am_pm,
            is_two_digit_year,
            has_clock: clock.is_there,
        },
    })
}

#[derive(Default)]
struct Clock {
    seconds: i64,
    has_rest: bool,
    is_am_pm: bool,
    is_there: bool,
}

fn no_date(kind: DefectKind) -> Flaw {
    Flaw::new(kind, "is not a date such as 2018-02-01")
}

fn no_clock(kind: DefectKind) -> Flaw {
    Flaw::new(kind, "is not a time of day")
}

impl Scan<'_> {
    /// Days since 1970, and whether the year has two digits.
    fn day(&mut self, order: DayOrder) -> Result<(i64, bool), Flaw> {
        let text = self.0;
        if let Some([year, month, day]) = self.iso_day() {
            return Ok((days(year, month, day)?, false));
        }
        if let Some(month) = self.month_name() {
            return self.day_after_month(month);
        }
        let (first, width) = self.number();
        if matches!(width, 8 | 12 | 14) {
            self.0 = &text[8..];
            let day = first / 10_u64.pow(u32::try_from(width - 8).expect("at most six"));
            return Ok((days(day / 10_000, day / 100 % 100, day % 100)?, false));
        }
        let unreadable = || no_date(DefectKind::UnreadableRows);
        let separator = self.skip(b"-/. ").ok_or_else(unreadable)?;
        let (second, second_width) = match self.month_name() {
            Some(month) => (month, 2),
            None => self.number(),
        };
        if second_width == 0 || self.skip(&[separator]).is_none() {
            return Err(unreadable());
        }
        let (third, third_width) = self.number();
        let widths = (width, second_width, third_width);
        let (year, month, day, year_width) = match (widths, order) {
            ((4, 1..=2, 1..=2), _) => (first, second, third, 4),
            ((2, 1..=2, 1..=2), DayOrder::YearFirst) => (first, second, third, 2),
            ((1..=2, 1..=2, 2 | 4), DayOrder::MonthFirst) => (third, first, second, third_width),
            ((1..=2, 1..=2, 2), DayOrder::DayFirst) => (third, second, first, 2),
            ((1..=2, 1..=2, 4), _) => (third, second, first, 4),
            _ => return Err(unreadable()),
        };
        let year = match year_width {
            4 => year,
            _ if year < 69 => year + 2000,
            _ => year + 1900,
        };
        Ok((days(year, month, day)?, year_width == 2))
    }

    /// The rest of `Feb 1, 2018` and of `Feb 01 2018`.
    fn day_after_month(&mut self, month: u64) -> Result<(i64, bool), Flaw> {
        while self.skip(b"-/. ").is_some() {}
        let (day, day_width) = self.number();
        while self.skip(b"-/., ").is_some() {}
        let (year, year_width) = self.number();
        if !matches!((day_width, year_width), (1 | 2, 4)) {
            return Err(no_date(DefectKind::UnreadableRows));
        }
        Ok((days(year, month, day)?, false))
    }

    /// The time of day, with an offset from UTC taken off; midnight when none is there.
    fn clock(&mut self) -> Result<Clock, Flaw> {
        while self.skip(b" T_t,").is_some() {}
        if self.0.is_empty() {
            return Ok(Clock::default());
        }
        let unreadable = || no_clock(DefectKind::UnreadableRows);
        let (mut hour, width) = self.number();
        let (mut minute, mut second) = (0, 0);
        match width {
            4 => (hour, minute) = (hour / 100, hour % 100),
            6 => (hour, minute, second) = (hour / 10_000, hour / 100 % 100, hour % 100),
            1 | 2 => {
                if self.skip(b":").is_some() {
                    minute = self.two_digits().ok_or_else(unreadable)?;
                    if self.skip(b":").is_some() {
                        second = self.two_digits().ok_or_else(unreadable)?;
                    }
                }
            }
            _ => return Err(unreadable()),
        }
        let mut has_rest = false;
        if self.skip(b".,").is_some() {
            has_rest = self.number_is_not_zero();
        }
        let half = self.half();
        let offset = self.offset().ok_or_else(unreadable)?;
        let hours = if half.is_some() { 1..13 } else { 0..24 };
        if !hours.contains(&hour) || minute > 59 || second > 59 {
            return Err(no_clock(DefectKind::ImpossibleDates));
        }
        if let Some(is_pm) = half {
            hour = hour % 12 + if is_pm { 12 } else { 0 };
        }
        let seconds = i64::try_from(hour * 3_600 + minute * 60 + second).expect("within a day");
        Ok(Clock {
            seconds: seconds - offset,
            has_rest,
            is_am_pm: half.is_some(),
            is_there: true,
        })
    }

    /// Whether it is past noon, where the text says AM or PM.
    fn half(&mut self) -> Option<bool> {
        let start = self
            .0
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'-'))?;
        let [letter, b'M' | b'm', rest @ ..] = &self.0[start..] else {
            return None;
        };
        let is_pm = match letter {
            b'A' | b'a' => false,
            b'P' | b'p' => true,
            _ => return None,
        };
        self.0 = rest;
        Some(is_pm)
    }

    /// The offset from UTC in seconds, zero when none is there, if the text ends after it.
    fn offset(&mut self) -> Option<i64> {
        self.0 = self.0.trim_ascii();
        // After an offset JavaScript adds the zone in words, and Java its place. Without
        // an offset they are all there is, and not understood.
        for (start, end) in [(b'(', b')'), (b'[', b']')] {
            if let Some((_, rest)) = self.0.split_last().filter(|(last, _)| **last == end)
                && let Some(place) = rest.iter().position(|byte| *byte == start)
                && rest[..place]
                    .iter()
                    .any(|byte| matches!(byte, b'+' | b'-' | b'Z'))
            {
                self.0 = self.0[..place].trim_ascii();
            }
        }
        for name in [&b"UTC"[..], b"GMT", b"Z", b"z"] {
            if let Some(rest) = self.0.strip_prefix(name) {
                self.0 = rest.trim_ascii();
                break;
            }
        }
        if self.0.is_empty() {
            return Some(0);
        }
        let sign = if self.skip(b"+-")? == b'-' { -1 } else { 1 };
        let (first, width) = self.number();
        let (hours, minutes) = match width {
            4 => (first / 100, first % 100),
            1 | 2 => {
                self.skip(b":");
                (first, self.number().0)
            }
            _ => return None,
        };
        (self.0.is_empty() && hours < 24 && minutes < 60)
            .then(|| sign * i64::try_from(hours * 3_600 + minutes * 60).expect("within a day"))
    }
}

fn days(year: u64, month: u64, day: u64) -> Result<i64, Flaw> {
    let part = |part: u64| u32::try_from(part).expect("at most fourteen digits were cut to four");
    i32::try_from(year)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, part(month), part(day)))
        .map(|day| i64::from(day.to_epoch_days()))
        .ok_or_else(|| no_date(DefectKind::ImpossibleDates))
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
