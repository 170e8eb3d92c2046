//! Numbers for people.

use std::borrow::Cow;
use std::time::Duration;

use profiler::Share;

/// A count with commas between thousands.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A fraction in percentage points, with two digits that matter.
pub fn points(fraction: f64) -> String {
    let points = 100.0 * fraction;
    match points {
        0.0 => "0".to_owned(),
        _ if points < 0.0095 => format!("{points:.3}"),
        _ if points < 0.95 => format!("{points:.2}"),
        _ if points < 9.95 => format!("{points:.1}"),
        _ => format!("{points:.0}"),
    }
}

/// A share with the half-width of its interval, both in per cent, like `12.3 ±0.4`.
pub fn share(share: Share) -> String {
    format!(
        "{:.1} ±{:.1}",
        100.0 * share.value,
        100.0 * share.half_width()
    )
}

/// A name that takes no more than `room` characters: what is cut is in its middle, as
/// both ends tell names apart.
pub fn fit(name: &str, room: Option<usize>) -> Cow<'_, str> {
    let length = name.chars().count();
    let Some(room) = room
        .map(|room| room.max(MIN_NAME))
        .filter(|room| *room < length)
    else {
        return name.into();
    };
    let head: String = name.chars().take((room - 1) / 2).collect();
    let tail: String = name.chars().skip(length - room / 2).collect();
    format!("{head}…{tail}").into()
}

/// A name shorter than this tells nothing.
const MIN_NAME: usize = 16;

/// A p-value with as many digits as it deserves.
pub fn p_value(p: f64) -> String {
    if p < 0.0001 {
        "<0.0001".to_owned()
    } else if p < 0.1 {
        format!("{p:.4}")
    } else {
        format!("{p:.2}")
    }
}

/// Elapsed time, like `4.2 s`, `3:07` or `1:02:03`.
pub fn elapsed(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, _) => format!("{:.1} s", duration.as_secs_f64()),
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn points_have_two_digits_that_matter() {
        for (fraction, text) in [
            (0.0, "0"),
            (0.000_01, "0.001"),
            (0.0042, "0.42"),
            (0.022, "2.2"),
            (0.0999, "10"),
            (0.5, "50"),
        ] {
            assert_eq!(points(fraction), text);
        }
    }

    #[test]
    fn names_are_cut_in_the_middle() {
        assert_eq!(fit("a::short::name", Some(20)), "a::short::name");
        assert_eq!(
            fit("a::rather::long::name", Some(20)),
            "a::rather…long::name"
        );
        assert_eq!(fit("a::rather::long::name", Some(20)).chars().count(), 20);
        assert_eq!(fit("a::rather::long::name", None), "a::rather::long::name");
        assert_eq!(
            fit("ä::räther::lông::näme", Some(3)).chars().count(),
            MIN_NAME
        );
    }

    #[test]
    fn time_is_short() {
        for (seconds, text) in [(4.24, "4.2 s"), (187.0, "3:07"), (3_723.0, "1:02:03")] {
            assert_eq!(elapsed(Duration::from_secs_f64(seconds)), text);
        }
    }
}
