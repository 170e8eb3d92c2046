//! How times are written, said by the user where their form does not tell.

use chrono::format::{Item, Parsed, StrftimeItems, parse};

use crate::{Error, Result};

/// How the time column of a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// A count since 1970, with so many to a second.
    Unix(i64),
    /// A text such as `%d.%m.%Y %H:%M`, UTC unless the format has an offset (`%z`).
    Strftime(String),
}

impl TimeFormat {
    /// Reads `unix`, `s`, `ms`, `us`, `ns` or a strftime format.
    ///
    /// # Errors
    /// [`Error::Option`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let per_second = match text {
            "unix" | "s" => 1,
            "ms" => 1_000,
            "us" | "µs" => 1_000_000,
            "ns" => 1_000_000_000,
            _ if text.contains('%')
                && StrftimeItems::new(text).all(|item| !matches!(item, Item::Error)) =>
            {
                return Ok(Self::Strftime(text.to_owned()));
            }
            _ => {
                return Err(Error::Option {
                    option: "--time-format",
                    value: text.escape_debug().to_string(),
                    rule: "write unix, ms, us, ns or a format such as %d.%m.%Y %H:%M".into(),
                });
            }
        };
        Ok(Self::Unix(per_second))
    }
}

/// Seconds since 1970 of a text in a strftime format. What the format leaves out of
/// the clock is zero.
pub(super) fn seconds_of(text: &str, format: &str) -> Option<i64> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, StrftimeItems::new(format)).ok()?;
    if let Some(seconds) = parsed.timestamp() {
        return Some(seconds);
    }
    let day = parsed.to_naive_date().ok()?;
    let hour = match (parsed.hour_div_12(), parsed.hour_mod_12()) {
        (Some(half), Some(hour)) => half * 12 + hour,
        (None, Some(hour)) => hour,
        _ => 0,
    };
    let moment = day.and_hms_opt(
        hour,
        parsed.minute().unwrap_or(0),
        parsed.second().unwrap_or(0).min(59),
    )?;
    Some(moment.and_utc().timestamp() - i64::from(parsed.offset().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, format: &str, expected: Option<i64>) {
        assert_eq!(seconds_of(text, format), expected, "{text} as {format}");
    }

    #[test]
    fn formats_are_strftime() {
        check("01.02.2018 23:00", "%d.%m.%Y %H:%M", Some(1_517_526_000));
        check("2018-02-01 11 PM", "%Y-%m-%d %I %p", Some(1_517_526_000));
        check("2018-02-01T23", "%Y-%m-%dT%H", Some(1_517_526_000));
        check(
            "02/02/18 01:00 +0200",
            "%d/%m/%y %H:%M %z",
            Some(1_517_526_000),
        );
        check("1517526000", "%s", Some(1_517_526_000));
        check("30.02.2018 23:00", "%d.%m.%Y %H:%M", None);
        check("", "%d.%m.%Y %H:%M", None);
    }

    #[test]
    fn what_is_no_format_is_refused() {
        assert_eq!(TimeFormat::parse("ms").ok(), Some(TimeFormat::Unix(1_000)));
        for text in ["", "iso", "%Q", "%"] {
            assert!(TimeFormat::parse(text).is_err(), "{text}");
        }
    }
}
