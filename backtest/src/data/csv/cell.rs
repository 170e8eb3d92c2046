//! What a single cell may hold: a pair's name, a volume, a time.
//!
//! Each reader answers with a value or with the rule that the text breaks, worded
//! to follow "column low holds -3.5, which". Who calls knows the column and the
//! line.

use chrono::NaiveDate;

use crate::instrument::Symbol;
use crate::time::Timestamp;

/// The rule that a cell breaks.
pub type Rule = String;

/// The earliest time believed, 1990-01-01. Together with [`LATEST`] it tells seconds
/// from milliseconds and microseconds: the three ranges do not touch.
const EARLIEST: i64 = 631_152_000;
/// The first time no longer believed, 2100-01-01.
const LATEST: i64 = 4_102_444_800;

/// No hour of any market has traded a volume beyond this.
const MAX_VOLUME: f64 = 1e18;

/// Reads the name of a pair.
pub fn symbol(text: &str) -> Result<Symbol, Rule> {
    Symbol::parse(text).map_err(|_| "is not the name of a pair".into())
}

/// Reads an amount of the base currency: zero or more, finite.
pub fn volume(text: &str) -> Result<f64, Rule> {
    match text.parse::<f64>() {
        Ok(volume) if volume.is_nan() => Err("is not a number".into()),
        Err(_) => Err("is not a number".into()),
        Ok(volume) if volume < 0.0 => Err("is below zero".into()),
        Ok(volume) if volume > MAX_VOLUME => Err("is too large (the limit is 1e18)".into()),
        // Adding zero makes a negative zero a plain one.
        Ok(volume) => Ok(volume + 0.0),
    }
}

/// Reads unix seconds, milliseconds or microseconds (`1517526000`, `1517526000.0`,
/// `1517526000000`) on the hour.
pub fn unix(text: &str) -> Result<Timestamp, Rule> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    if digits.is_empty() || !is_digits(digits) || !is_digits(fraction) {
        return Err("is not a time in unix seconds".into());
    }
    // What does not fit an i64 is out of range all the more.
    let count: i64 = whole.parse().unwrap_or(i64::MAX);
    let per_second = [1, 1_000, 1_000_000]
        .into_iter()
        .find(|per_second| (EARLIEST * per_second..LATEST * per_second).contains(&count))
        .ok_or("is not a time between 1990 and 2100")?;
    let time = Timestamp::from_seconds(count / per_second);
    let has_rest = count % per_second != 0 || fraction.bytes().any(|digit| digit != b'0');
    if has_rest || !time.is_whole_hour() {
        return Err(format!("is {time}, not the start of an hour"));
    }
    Ok(time)
}

/// Reads `2018-02-01 11-PM`, `2018-02-01 23:00`, `2018-02-01 23:00:00` or
/// `2018-02-01T23:00:00Z`, all taken as UTC, on the hour.
pub fn date(text: &str) -> Result<Timestamp, Rule> {
    let (day, clock) = match text.find([' ', 'T']) {
        Some(at) => (&text[..at], text[at + 1..].trim_start()),
        None => (text, ""),
    };
    let day = day_of(day).ok_or("is not a date such as 2018-02-01")?;
    if clock.is_empty() {
        return Err("has no hour; bars are hourly".into());
    }
    let (hour, is_whole) = hour_of(clock).ok_or("is not a time of day")?;
    let midnight = day.and_hms_opt(0, 0, 0).expect("every day has a midnight");
    let time = Timestamp::from(midnight).plus_hours(hour);
    if !(EARLIEST..LATEST).contains(&time.as_seconds()) {
        return Err("is not a time between 1990 and 2100".into());
    }
    if !is_whole {
        return Err("is not the start of an hour".into());
    }
    Ok(time)
}

/// The day of `2018-02-01`. By hand, because chrono's parser would be most of the
/// time that a file takes.
fn day_of(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let is_shaped = year.len() == 4 && month.len() == 2 && day.len() == 2;
    if !is_shaped || ![year, month, day].into_iter().all(is_digits) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The hour of `11-PM`, `23:00` or `23:00:00`, and whether nothing follows it but
/// zeros.
fn hour_of(clock: &str) -> Option<(i64, bool)> {
    let number = |text: &str, below: i64| {
        let is_number = matches!(text.len(), 1 | 2) && is_digits(text);
        let number = is_number.then(|| text.parse().ok()).flatten()?;
        (number < below).then_some(number)
    };
    if let Some((hour, half)) = clock.split_once('-') {
        let hour = number(hour, 13).filter(|hour| *hour > 0)? % 12;
        return match half {
            "AM" | "am" => Some((hour, true)),
            "PM" | "pm" => Some((hour + 12, true)),
            _ => None,
        };
    }
    let mut parts = clock.strip_suffix('Z').unwrap_or(clock).split(':');
    let hour = number(parts.next()?, 24)?;
    let minute = number(parts.next()?, 60)?;
    let second = parts.next().map_or(Some(0), |second| number(second, 60))?;
    parts
        .next()
        .is_none()
        .then_some((hour, minute == 0 && second == 0))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(read: Result<Timestamp, Rule>, expected: Result<&str, &str>) {
        let read = read.map(|time| time.to_string());
        assert_eq!(read.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn unix_times_come_in_three_scales() {
        check(unix("1517526000"), Ok("2018-02-01 23:00"));
        check(unix("1517526000.0"), Ok("2018-02-01 23:00"));
        check(unix("1517526000."), Ok("2018-02-01 23:00"));
        check(unix("1517526000000"), Ok("2018-02-01 23:00"));
        check(unix("1517526000000000"), Ok("2018-02-01 23:00"));
        check(unix("631152000"), Ok("1990-01-01 00:00"));
        check(unix("4102441200000000"), Ok("2099-12-31 23:00"));
    }

    #[test]
    fn what_is_not_a_unix_time_says_why() {
        let not_a_time = Err("is not a time in unix seconds");
        for text in [
            "",
            ".",
            "-",
            "--1",
            "1e9",
            "15175x",
            "1517526000.x",
            "1517526000.0.0",
            "NaN",
        ] {
            check(unix(text), not_a_time);
        }
        let out_of_range = Err("is not a time between 1990 and 2100");
        for text in [
            "0",
            "-1517526000",
            "4102444800",
            "631148400",
            "99999999999999999999999",
        ] {
            check(unix(text), out_of_range);
        }
        check(
            unix("1517526060"),
            Err("is 2018-02-01 23:01, not the start of an hour"),
        );
        check(
            unix("1517526000.5"),
            Err("is 2018-02-01 23:00, not the start of an hour"),
        );
        check(
            unix("1517526000001"),
            Err("is 2018-02-01 23:00, not the start of an hour"),
        );
    }

    #[test]
    fn dates_have_twelve_or_twenty_four_hours() {
        check(date("2018-02-01 11-PM"), Ok("2018-02-01 23:00"));
        check(date("2018-02-01 12-AM"), Ok("2018-02-01 00:00"));
        check(date("2018-02-01 12-PM"), Ok("2018-02-01 12:00"));
        check(date("2018-02-01 01-AM"), Ok("2018-02-01 01:00"));
        check(date("2018-02-01 23:00"), Ok("2018-02-01 23:00"));
        check(date("2018-02-01 23:00:00"), Ok("2018-02-01 23:00"));
        check(date("2018-02-01T23:00:00Z"), Ok("2018-02-01 23:00"));
        check(date("2016-02-29 00:00"), Ok("2016-02-29 00:00"));
    }

    #[test]
    fn what_is_not_a_date_says_why() {
        for text in [
            "",
            "x",
            "2017-02-29 00:00",
            "2017-13-01 00:00",
            "01/02/2017 00:00",
        ] {
            check(date(text), Err("is not a date such as 2018-02-01"));
        }
        for text in [
            "2017-02-01 13-PM",
            "2017-02-01 00-AM",
            "2017-02-01 11-XM",
            "2017-02-01 24:00",
            "2017-02-01 23",
            "2017-02-01 23:60",
            "2017-02-01 23:00:00:00",
            "2017-02-01 +1:00",
        ] {
            check(date(text), Err("is not a time of day"));
        }
        check(date("2017-02-01"), Err("has no hour; bars are hourly"));
        check(date("2017-02-01 23:30"), Err("is not the start of an hour"));
        check(
            date("1889-02-01 23:00"),
            Err("is not a time between 1990 and 2100"),
        );
    }

    #[test]
    fn volumes_are_zero_or_more() {
        assert_eq!(volume("2E+3"), Ok(2000.0));
        assert_eq!(volume("0"), Ok(0.0));
        assert_eq!(volume("-0").map(f64::to_bits), Ok(0));
        for (text, rule) in [
            ("", "is not a number"),
            ("nan", "is not a number"),
            ("1,5", "is not a number"),
            ("-0.1", "is below zero"),
            ("-inf", "is below zero"),
            ("inf", "is too large (the limit is 1e18)"),
            ("1e300", "is too large (the limit is 1e18)"),
        ] {
            assert_eq!(volume(text), Err(rule.to_owned()), "{text}");
        }
    }
}
