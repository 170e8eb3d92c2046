//! A row's time as its cell has it: seconds, and how they were written.

use super::flaw::Flaw;
use super::number;
use super::plain::{Plain, plain};
use crate::data::DefectKind;

/// The earliest time believed, 1990-01-01. Together with [`LATEST`] it tells the
/// units apart: their ranges do not touch.
const EARLIEST: i64 = 631_152_000;
/// The first time no longer believed, 2100-01-01.
const LATEST: i64 = 4_102_444_800;

/// How many of a unit make a second.
pub const UNITS: [i64; 4] = [1, 1_000, 1_000_000, 1_000_000_000];

/// A time and its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Whole seconds since 1970.
    pub seconds: i64,
    /// Whether there is a fraction of a second beside them.
    pub has_rest: bool,
    pub form: Form,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A count of so many to a second, with a point in it or without.
    Unix {
        per_second: i64,
        is_float: bool,
        is_scientific: bool,
    },
    /// A date.
    Date {
        is_am_pm: bool,
        is_two_digit_year: bool,
        has_clock: bool,
    },
}

/// Reads a unix time. Its size tells its unit, unless `per_second` does.
pub fn unix(cell: &[u8], per_second: Option<i64>) -> Result<Moment, Flaw> {
    let (count, has_fraction, form) = count(cell)?;
    let unit = match per_second {
        Some(unit) => Some(unit).filter(|unit| is_believed(count.div_euclid(*unit))),
        None => UNITS
            .into_iter()
            .find(|unit| is_believed(count.div_euclid(*unit))),
    };
    let per_second = unit.ok_or_else(out_of_range)?;
    let (is_float, is_scientific) = form;
    Ok(Moment {
        seconds: count.div_euclid(per_second),
        has_rest: has_fraction || count.rem_euclid(per_second) != 0,
        form: Form::Unix {
            per_second,
            is_float,
            is_scientific,
        },
    })
}

/// The time of a count of seconds without a point, which is how most files have it,
/// from a cell and the number that it is.
pub fn whole_seconds(cell: &[u8], number: Plain) -> Option<Moment> {
    let seconds = i64::try_from(number.mantissa).ok()?;
    let is_whole = number.n_decimals == 0 && cell.last() != Some(&b'.');
    (is_whole && is_believed(seconds)).then_some(Moment {
        seconds,
        has_rest: false,
        form: Form::Unix {
            per_second: 1,
            is_float: false,
            is_scientific: false,
        },
    })
}

/// Whether a time is one that a bar may have.
pub fn is_believed(seconds: i64) -> bool {
    (EARLIEST..LATEST).contains(&seconds)
}

/// The flaw of a time that no bar may have.
pub fn out_of_range() -> Flaw {
    Flaw::new(
        DefectKind::ImpossibleDates,
        "is not a time between 1990 and 2100",
    )
}

/// The whole part of a number, whether a fraction is left, and whether it is written
/// with a point or with an exponent.
fn count(cell: &[u8]) -> Result<(i64, bool, (bool, bool)), Flaw> {
    if let Some(Plain {
        mantissa,
        n_decimals,
    }) = plain(cell)
        && n_decimals < cell.len() - usize::from(n_decimals > 0)
    {
        let scale = 10_u64.pow(u32::try_from(n_decimals).expect("fewer than 20"));
        let count = i64::try_from(mantissa / scale).unwrap_or(i64::MAX);
        return Ok((count, mantissa % scale != 0, (cell.contains(&b'.'), false)));
    }
    let flaw = || Flaw::unreadable("is not a time in unix seconds");
    let text = number::text_of(cell)?;
    if number::is_scientific(cell) {
        // Spreadsheets write long counts so, and lose none of the digits that an hour has.
        let value: f64 = text.parse().map_err(|_| flaw())?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast saturates, and what is too large is out of range"
        )]
        return Ok((value.trunc() as i64, value.fract() != 0.0, (false, true)));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || !is_digits(digits) || !is_digits(fraction) {
        return Err(flaw());
    }
    // What does not fit an i64 is out of range all the more.
    let count = whole.parse().unwrap_or(i64::MAX);
    let has_fraction = fraction.bytes().any(|digit| digit != b'0');
    Ok((count, has_fraction, (text.contains('.'), false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(i64, bool), &str>) {
        let read = unix(text.as_bytes(), None).map(|moment| (moment.seconds, moment.has_rest));
        assert_eq!(
            read.as_ref().map_err(|flaw| flaw.problem.as_str()),
            expected.as_ref().map_err(|problem| *problem),
            "{text}"
        );
    }

    #[test]
    fn unix_times_come_in_many_units() {
        for text in [
            "1517526000",
            "1517526000.0",
            "1517526000.",
            "1517526000.00000000000",
            "1517526000000",
            "1517526000000.0",
            "1517526000000000",
            "1517526000000000000",
            "1.517526E+9",
            "1.517526e12",
        ] {
            check(text, Ok((1_517_526_000, false)));
        }
        check("631152000", Ok((631_152_000, false)));
        check("1517526000.5", Ok((1_517_526_000, true)));
        check("1517526000001", Ok((1_517_526_000, true)));
    }

    #[test]
    fn what_is_not_a_unix_time_says_why() {
        for text in [
            "",
            ".",
            "-",
            "--1",
            "15175x",
            "1517526000.x",
            "1.5.0",
            "NaN",
        ] {
            check(text, Err("is not a time in unix seconds"));
        }
        for text in [
            "0",
            "-1517526000",
            "4102444800",
            "631148400",
            "99999999999999999999999",
            "1e9",
            "1e300",
        ] {
            // 1e9 is 2001, believed; the others are not.
            if text == "1e9" {
                check(text, Ok((1_000_000_000, false)));
            } else {
                check(text, Err("is not a time between 1990 and 2100"));
            }
        }
    }
}
