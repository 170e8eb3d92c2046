//! Time as the engine knows it: UTC seconds, and ranges of whole hours.
//!
//! The simulated clock is the only clock. Nothing here reads the wall clock, so
//! two runs over the same hours cannot differ.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

/// Seconds in the engine's tick, one hour.
pub const SECONDS_PER_HOUR: i64 = 3_600;

/// A moment in UTC, in whole seconds since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `seconds` after 1970-01-01T00:00Z.
    #[inline]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00Z.
    #[inline]
    pub const fn as_seconds(self) -> i64 {
        self.0
    }

    /// The moment `hours` later (earlier when negative).
    #[must_use]
    #[inline]
    pub const fn plus_hours(self, hours: i64) -> Self {
        Self(self.0 + hours * SECONDS_PER_HOUR)
    }

    /// Whole hours from `earlier` to this moment, rounded down.
    pub const fn hours_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(SECONDS_PER_HOUR)
    }

    /// How many whole hours after `start` this moment is, or `None` when it is none of
    /// these or earlier.
    #[inline]
    pub(crate) fn hour_after(self, start: Self) -> Option<usize> {
        const HOUR: u64 = SECONDS_PER_HOUR.cast_unsigned();
        // What lies before the start wraps round to beyond every end.
        let seconds = self.0.wrapping_sub(start.0).cast_unsigned();
        let n_hours = usize::try_from(seconds / HOUR).ok()?;
        seconds.is_multiple_of(HOUR).then_some(n_hours)
    }

    /// Whether this moment is the start of an hour.
    pub const fn is_whole_hour(self) -> bool {
        self.0.rem_euclid(SECONDS_PER_HOUR) == 0
    }

    /// Reads `2016-01`, `2016-01-31`, `2016-01-31T06` or `2016-01-31T06:00`, all UTC
    /// (a trailing `Z` is accepted, a space may stand for the `T`).
    ///
    /// Returns `None` for anything else, impossible dates included.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z').unwrap_or(text);
        let (date, clock) = match text.find(['T', ' ']) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let day = if date.len() == "2016-01".len() {
            NaiveDate::parse_from_str(&format!("{date}-01"), "%Y-%m-%d").ok()?
        } else {
            NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?
        };
        let (hour, minute) = match clock {
            None => (0, 0),
            Some(clock) => match clock.split_once(':') {
                None => (clock.parse().ok()?, 0),
                Some((hour, rest)) => {
                    let minute = rest.strip_suffix(":00").unwrap_or(rest);
                    (hour.parse().ok()?, minute.parse().ok()?)
                }
            },
        };
        Some(Self::from(day.and_hms_opt(hour, minute, 0)?))
    }

    fn to_chrono(self) -> Option<NaiveDateTime> {
        DateTime::from_timestamp(self.0, 0).map(|moment| moment.naive_utc())
    }

    /// The calendar year and month (1 to 12) in UTC.
    ///
    /// Years outside chrono's range, which no bar comes from, give `(1970, 1)`.
    pub fn year_and_month(self) -> (i32, u32) {
        self.to_chrono()
            .map_or((1970, 1), |moment| (moment.year(), moment.month()))
    }
}

impl From<NaiveDateTime> for Timestamp {
    fn from(moment: NaiveDateTime) -> Self {
        Self(moment.and_utc().timestamp())
    }
}

impl fmt::Display for Timestamp {
    /// Writes `2016-01-31 06:00`; seconds appear only when there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(moment) = self.to_chrono() else {
            return write!(f, "{} s", self.0);
        };
        if self.0 % 60 == 0 {
            write!(f, "{}", moment.format("%Y-%m-%d %H:%M"))
        } else {
            write!(f, "{}", moment.format("%Y-%m-%d %H:%M:%S"))
        }
    }
}

/// The hours from `start` (inclusive) to `end` (exclusive), both on the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourRange {
    start: Timestamp,
    end: Timestamp,
}

impl HourRange {
    /// The range, or `None` when it is empty, reversed, or not on whole hours.
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end && start.is_whole_hour() && end.is_whole_hour()).then_some(Self { start, end })
    }

    /// The first hour.
    pub const fn start(self) -> Timestamp {
        self.start
    }

    /// The first hour that no longer belongs to the range.
    pub const fn end(self) -> Timestamp {
        self.end
    }

    /// How many hours, and so ticks, the range has; at least one.
    pub fn n_hours(self) -> usize {
        usize::try_from(self.end.hours_since(self.start)).expect("a range is never reversed")
    }
}

impl fmt::Display for HourRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} .. {}", self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(
            Timestamp::parse(text).map(|t| t.to_string()).as_deref(),
            expected
        );
    }

    #[test]
    fn parses_months_days_and_hours() {
        check("2016-01", Some("2016-01-01 00:00"));
        check("2016-02-29", Some("2016-02-29 00:00"));
        check("2016-02-29T23", Some("2016-02-29 23:00"));
        check("2016-02-29 23:30Z", Some("2016-02-29 23:30"));
        check("2016-02-29T23:30:00Z", Some("2016-02-29 23:30"));
    }

    #[test]
    fn rejects_what_is_not_a_date() {
        for text in [
            "",
            "2016",
            "2016-13",
            "2017-02-29",
            "2016-1",
            "x",
            "2016-01-01T24",
            "é-01",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn the_talks_two_years_are_17_544_hours() {
        let start = Timestamp::parse("2016-01").expect("a month");
        let end = Timestamp::parse("2018-01").expect("a month");
        assert_eq!(
            HourRange::new(start, end).expect("a range").n_hours(),
            17_544
        );
        assert_eq!(HourRange::new(end, start), None);
        assert_eq!(HourRange::new(start, start), None);
    }
}
