//! Dates that are read, and dates that are not.

use super::*;
use crate::time::Timestamp;

#[track_caller]
fn check(text: &str, order: DayOrder, expected: Result<&str, &str>) {
    let read = date(text.as_bytes(), order)
        .map(|moment| Timestamp::from_seconds(moment.seconds).to_string());
    assert_eq!(
        read.as_deref().map_err(|flaw| flaw.problem.as_str()),
        expected,
        "{text}"
    );
}

#[test]
fn dates_have_twelve_or_twenty_four_hours() {
    for text in [
        "2018-02-01 11-PM",
        "2018-02-01 11-pm",
        "2018-02-01 11:00 PM",
        "2018-02-01 11:00:00PM",
        "2018-02-01 23",
        "2018-02-01 23:00",
        "2018-02-01 23:00:00",
        "2018-02-01 23:00:00.000000",
        "2018-02-01T23:00:00Z",
        "2018-02-01T23:00:00.000Z",
        "2018-02-01 23:00:00+00:00",
        "2018-02-01 23:00:00 UTC",
        "2018-02-02 01:00:00+02:00",
        "2018-02-01 18:00 -0500",
        "2018/02/01 23:00",
        "2018.02.01 23:00",
        "2018-2-1 23:00",
        "20180201 230000",
        "20180201 2300",
        "201802012300",
        "20180201230000",
        "20180201T23",
        "Thu, 01 Feb 2018 23:00:00 GMT",
        "Thursday 1 February 2018 23:00",
        "Thu Feb 01 2018, 11:00 PM",
        "Feb 1, 2018 23:00",
        "February 01, 2018, 23:00",
        "Fri Feb 02 2018 00:00:00 GMT+0100 (Central European Standard Time)",
        "Thu Feb 01 2018 23:00:00 GMT+0000 (Coordinated Universal Time)",
        "2018-02-02T00:00+01:00[Europe/Berlin]",
    ] {
        check(text, DayOrder::YearFirst, Ok("2018-02-01 23:00"));
    }
    check(
        "2018-02-01 12-AM",
        DayOrder::YearFirst,
        Ok("2018-02-01 00:00"),
    );
    check(
        "2018-02-01 12-PM",
        DayOrder::YearFirst,
        Ok("2018-02-01 12:00"),
    );
    check("2018-02-01", DayOrder::YearFirst, Ok("2018-02-01 00:00"));
}

#[test]
fn days_come_in_three_orders() {
    check(
        "18-02-01 23:00",
        DayOrder::YearFirst,
        Ok("2018-02-01 23:00"),
    );
    check(
        "01.02.2018 23:00:00.000 GMT+0000",
        DayOrder::DayFirst,
        Ok("2018-02-01 23:00"),
    );
    check("01/02/18 23:00", DayOrder::DayFirst, Ok("2018-02-01 23:00"));
    check(
        "01-Feb-2018 23:00",
        DayOrder::DayFirst,
        Ok("2018-02-01 23:00"),
    );
    check(
        "2/1/18 11:00 PM",
        DayOrder::MonthFirst,
        Ok("2018-02-01 23:00"),
    );
    check(
        "02/01/2018 23:00",
        DayOrder::MonthFirst,
        Ok("2018-02-01 23:00"),
    );
    check("01/02/99 23:00", DayOrder::DayFirst, Ok("1999-02-01 23:00"));
}

#[test]
fn what_is_not_a_date_says_why() {
    for text in [
        "",
        "x",
        "2017-02-30 00:00",
        "2017-13-01 00:00",
        "2017-00-01 00:00",
        "2017",
        "2017-02",
        "-",
        "é",
    ] {
        check(
            text,
            DayOrder::YearFirst,
            Err("is not a date such as 2018-02-01"),
        );
    }
    for text in [
        "2017-02-01 13-PM",
        "2017-02-01 00-AM",
        "2017-02-01 11-XM",
        "2017-02-01 24:00",
        "2017-02-01 25:00",
        "2017-02-01 23:60",
        "2017-02-01 23:00:00:00",
        "2017-02-01 +1:00",
        "2017-02-01 23:00 noon",
        "2017-02-01 23:00 (Eastern Standard Time)",
    ] {
        check(text, DayOrder::YearFirst, Err("is not a time of day"));
    }
    check(
        "1889-02-01 23:00",
        DayOrder::YearFirst,
        Err("is not a time between 1990 and 2100"),
    );
    let kind = |text: &str| {
        date(text.as_bytes(), DayOrder::YearFirst)
            .err()
            .and_then(|flaw| flaw.kind)
    };
    assert_eq!(kind("2017-02-30 00:00"), Some(DefectKind::ImpossibleDates));
    assert_eq!(kind("2017-02-01 25:00"), Some(DefectKind::ImpossibleDates));
    assert_eq!(kind("soon"), Some(DefectKind::UnreadableRows));
}

proptest::proptest! {
    /// The short way for dashes gives what slashes, which go the long way, give.
    #[test]
    fn the_short_way_and_the_long_way_agree(
        day in "[0-9]{4}-[01][0-9]-[0-3][0-9]{1,2}",
        clock in "( [0-2][0-9](:[0-5][0-9])?)?",
    ) {
        let read = |day: &str| date(format!("{day}{clock}").as_bytes(), DayOrder::YearFirst);
        proptest::prop_assert_eq!(read(&day), read(&day.replace('-', "/")));
    }
}
