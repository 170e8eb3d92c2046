//! Every defect, in a small file that has it: counted, its lines named, refused under
//! `strict`, and repaired as the catalogue says.

use backtest::Price;
use backtest::data::{DefectKind as K, Policy};

use super::judge::{NAME, changed, defect, filled, whole};
use super::support::{checked, error_of, found, load_text, ohlcv, text, time};

#[test]
fn absent_hours_are_filled() {
    let bars = defect(
        &changed(|lines| drop(lines.drain(11..13))),
        K::AbsentHours,
        2,
        &[12],
    );
    assert_eq!(filled(&bars), [10, 11]);
    let refusal = error_of(NAME, changed(|lines| drop(lines.drain(11..13))));
    assert_eq!(
        refusal,
        "BTC_USD.csv:12: 2 hours are absent between the bars of 2018-01-01 09:00 and 2018-01-01 12:00"
    );
}

/// Four hours of bars of so many minutes, but for the rows left out.
fn short_bars(minutes: usize, is_there: impl Fn(usize) -> bool) -> String {
    let mut lines = vec!["unix,open,high,low,close,volume".to_owned()];
    let bars = (0..4 * 60 / minutes).filter(|bar| is_there(*bar));
    lines.extend(bars.map(|bar| {
        let seconds = i64::try_from(60 * minutes * bar).expect("four hours");
        format!("{},100,101,99,100,1", time(0) + seconds)
    }));
    text(&lines)
}

#[test]
fn hours_that_are_partly_there_are_made_of_what_is() {
    // Of the first hour the first two, of the third the last minute, of the last all.
    let content = short_bars(1, |minute| !matches!(minute, 0 | 1 | 179 | 180..));
    let bars = defect(&content, K::PartialHours, 2, &[2, 120]);
    let volumes = [58.0, 60.0, 59.0].map(f64::to_bits);
    let found_volumes: Vec<_> = bars.volumes().iter().map(|v| v.to_bits()).collect();
    assert_eq!(found_volumes, volumes);
    let detail = |content| {
        let seen = checked(NAME, content, Policy::Repair);
        found(&seen, K::PartialHours).detail.clone()
    };
    let absent = Some("3 bars of 1 minute absent in them".to_owned());
    assert_eq!(detail(content), absent);
    let absent = Some("1 bar of 15 minutes absent in them".to_owned());
    assert_eq!(detail(short_bars(15, |bar| bar != 6)), absent);
    assert_eq!(
        error_of(NAME, short_bars(5, |bar| bar != 20)),
        "BTC_USD.csv:14: the hour 2018-01-01 01:00 has 11 of its 12 bars of 5 minutes"
    );
    // An hour without any bar is an absent one.
    let bars = defect(&short_bars(30, |bar| bar / 2 != 1), K::AbsentHours, 1, &[4]);
    assert_eq!(filled(&bars), [1]);
}

#[test]
fn duplicates_are_dropped() {
    let equal = changed(|lines| lines.insert(12, lines[11].clone()));
    assert_eq!(defect(&equal, K::EqualDuplicates, 1, &[13]), whole());
    // Of rows that disagree the one that has traded more is the whole hour.
    let partial = format!("{},10000,10001,9999,10000,0.1", time(10));
    let before = changed(|lines| lines.insert(11, partial.clone()));
    assert_eq!(defect(&before, K::ConflictingDuplicates, 1, &[13]), whole());
    let after = changed(|lines| lines.insert(12, partial.clone()));
    assert_eq!(defect(&after, K::ConflictingDuplicates, 1, &[13]), whole());
}

#[test]
fn mixed_order_is_sorted() {
    assert_eq!(
        defect(
            &changed(|lines| lines.swap(10, 20)),
            K::MixedOrder,
            2,
            &[12, 21]
        ),
        whole()
    );
}

#[test]
fn units_may_change_in_a_file() {
    let mixed = changed(|lines| {
        for hour in 40..48 {
            lines[hour + 1] = format!("{}000,{}", time(hour), ohlcv(hour));
        }
    });
    assert_eq!(
        defect(&mixed, K::MixedUnits, 8, &[42, 43, 44, 45, 46]),
        whole()
    );
}

/// The sound file with dates instead of unix times.
fn dated(date: impl Fn(usize) -> String) -> String {
    changed(|lines| {
        lines[0] = lines[0].replace("unix", "date");
        for (hour, line) in lines[1..].iter_mut().enumerate() {
            *line = format!("{},{}", date(hour), ohlcv(hour));
        }
    })
}

#[test]
fn years_of_two_digits_are_of_this_century() {
    let two_digits =
        |form: fn(usize, usize) -> String| dated(move |hour| form(1 + hour / 24, hour % 24));
    let lines = &[2, 3, 4, 5, 6];
    let year_first = two_digits(|day, hour| format!("18-01-{day:02} {hour:02}:00"));
    assert_eq!(defect(&year_first, K::TwoDigitYears, 48, lines), whole());
    let month_first = two_digits(|day, hour| format!("1/{day}/18 {hour}:00"));
    assert_eq!(defect(&month_first, K::TwoDigitYears, 48, lines), whole());
    let day_first = two_digits(|day, hour| format!("{:02}.01.18 {hour:02}:00", day + 12));
    assert_eq!(defect(&day_first, K::TwoDigitYears, 48, lines).len(), 48);
}

#[test]
fn days_and_months_that_cannot_be_told_apart_are_asked_for() {
    let same = dated(|hour| format!("02/01/2018 {:02}:00", hour % 24));
    let refusal = super::support::refusal_of(NAME, same);
    assert!(refusal.contains("--time-format"), "{refusal}");
}

#[test]
fn impossible_dates_cost_their_row() {
    let date = |hour: usize| format!("2018-01-{:02} {:02}:00", 1 + hour / 24, hour % 24);
    let feb = dated(|hour| {
        if hour == 5 {
            "2018-02-30 05:00".into()
        } else {
            date(hour)
        }
    });
    assert_eq!(filled(&defect(&feb, K::ImpossibleDates, 1, &[7])), [5]);
    let late = dated(|hour| {
        if hour == 5 {
            "2018-01-01 25:00".into()
        } else {
            date(hour)
        }
    });
    assert_eq!(filled(&defect(&late, K::ImpossibleDates, 1, &[7])), [5]);
    let other_month = changed(|lines| lines[6] = lines[6].replace("15147", "00000"));
    assert_eq!(
        filled(&defect(&other_month, K::ImpossibleDates, 1, &[7])),
        [5]
    );
}

#[test]
fn half_hours_are_joined_to_hours() {
    let halves = changed(|lines| {
        for hour in [30, 31] {
            let first = format!("{},10000,10020,9990,10010,8", time(hour));
            let second = format!("{},10010,10030,9980,10000,9", time(hour) + 1_800);
            let at = lines
                .iter()
                .position(|line| line.starts_with(&time(hour).to_string()));
            lines.splice(
                at.expect("the hour")..=at.expect("the hour"),
                [first, second],
            );
        }
    });
    let bars = defect(&halves, K::MixedBarLengths, 4, &[32, 33, 34, 35]);
    assert_eq!(bars.len(), 48);
    let bar = bars.bar(30);
    let whole = |price: i64| Price::from_units(price * 10_000_000_000);
    assert_eq!(
        [bar.open, bar.high, bar.low, bar.close].map(Price::as_units),
        [10_000, 10_030, 9_980, 10_000].map(|price| whole(price).as_units())
    );
    assert_eq!(bar.volume.to_bits(), 17.0_f64.to_bits());
}

#[test]
fn rows_off_the_hour() {
    let stray = changed(|lines| lines.push(format!("{},10000,10001,9999,10000,1", time(47) + 431)));
    assert_eq!(defect(&stray, K::OffTheHour, 1, &[50]), whole());
    let closes = changed(|lines| {
        for (hour, line) in lines[1..].iter_mut().enumerate() {
            *line = format!("{}999,{}", time(hour) + 3_599, ohlcv(hour));
        }
    });
    assert_eq!(
        defect(&closes, K::CloseTimes, 48, &[2, 3, 4, 5, 6]),
        whole()
    );
    let half_past = changed(|lines| {
        for (hour, line) in lines[1..].iter_mut().enumerate() {
            *line = format!("{},{}", time(hour) + 1_800, ohlcv(hour));
        }
    });
    let refusal = super::support::refusal_of(NAME, half_past);
    assert!(refusal.contains("30 minutes past the hour"), "{refusal}");
}

#[test]
fn orphans_are_dropped() {
    let early = changed(|lines| lines.insert(1, "1262304000,1,1,1,1,1".into()));
    assert_eq!(defect(&early, K::OrphanRows, 1, &[2]), whole());
    let late = changed(|lines| lines.push("1999998000,1,1,1,1,1".into()));
    assert_eq!(defect(&late, K::OrphanRows, 1, &[50]), whole());
    let kept = checked(NAME, early, Policy::Keep);
    assert!(kept.report.absent.n_hours > 60_000, "keep fills up to it");
}

#[test]
fn lines_that_are_no_rows() {
    let mut cut = changed(|_| {});
    cut.truncate(cut.len() - 14);
    let bars = defect(&cut, K::TruncatedLine, 1, &[49]);
    assert_eq!(bars.len(), 47);
    let repeated = changed(|lines| lines.insert(20, lines[0].clone()));
    assert_eq!(defect(&repeated, K::RepeatedHeader, 1, &[21]), whole());
    let junk = changed(|lines| lines.insert(20, "-- page 2 --".into()));
    assert_eq!(defect(&junk, K::UnreadableRows, 1, &[21]), whole());
    let ends = changed(|lines| lines[1..].iter_mut().for_each(|line| line.push(',')));
    assert!(checked(NAME, ends, Policy::Strict).report.is_clean());
    let header = changed(|lines| lines[0].push(','));
    assert!(checked(NAME, header, Policy::Strict).report.is_clean());
}

#[test]
fn thousands_are_never_guessed() {
    let quoted = |open: &str| {
        changed(|lines| lines[6] = format!("{},\"{open}\",10001,9999,10000,1", time(5)))
    };
    // The volumes have points before their decimals.
    assert!(load_text(NAME, quoted("10,000")).is_ok());
    assert_eq!(
        super::support::refusal_of(NAME, quoted("10,00")),
        "BTC_USD.csv:7: column open holds 10,00, which has separators at places that are not clear; write plain numbers"
    );
    for delimiter in [",", ";"] {
        let unclear = quoted("10#000").replace(".5", "").replace(',', delimiter);
        assert_eq!(
            super::support::refusal_of(NAME, unclear.replace('#', ",")),
            "`BTC_USD.csv` has numbers such as `9,010`, whose comma may stand before decimals or between thousands; write plain numbers"
        );
    }
}

#[test]
fn clock_changes_give_local_time_away() {
    let of = |hours: &dyn Fn(usize) -> String| {
        let mut lines = vec!["date,open,high,low,close,volume".to_owned()];
        lines.extend((0..48).map(|hour| format!("{},{}", hours(hour), ohlcv(hour))));
        checked(NAME, text(&lines), Policy::Repair)
    };
    let label =
        |month: &str, hour: usize| format!("2018-{month}-{:02} {:02}:00", hour / 24, hour % 24);
    // New York, from 2018-03-10 and from 2018-11-03; 02:00 is left out, 01:00 repeated.
    let spring = of(&|hour| label("03", 240 + hour + usize::from(hour >= 26)));
    assert_eq!(found(&spring, K::LocalTime).lines, [28]);
    let autumn = of(&|hour| label("11", 72 + hour - usize::from(hour >= 26)));
    assert_eq!(found(&autumn, K::LocalTime).lines, [28]);
    // A hole of an hour at another time is a hole.
    let other = of(&|hour| label("03", 240 + hour + usize::from(hour >= 30)));
    assert_eq!(other.report.finding(K::LocalTime), None);
}

#[test]
fn local_time_leaves_its_mark() {
    let content = dated(|hour| format!("2018-01-{:02} {:02}:00", 1 + hour / 24, hour % 24));
    let mut lines: Vec<_> = content.lines().map(str::to_owned).collect();
    // The four bars before label 24 stand again at the four labels from it on.
    for hour in 24..28 {
        lines[hour + 1] = lines[hour + 1]
            .split(',')
            .take(1)
            .chain(ohlcv(hour - 4).split(','))
            .collect::<Vec<_>>()
            .join(",");
    }
    let seen = checked(NAME, text(&lines), Policy::Repair);
    let finding = found(&seen, K::LocalTime);
    assert_eq!(
        (finding.n, finding.lines.as_slice()),
        (4, &[22, 23, 24, 25][..])
    );
    assert_eq!(
        finding.treatment, None,
        "the rows do not tell where it began"
    );
    checked(NAME, text(&lines), Policy::Strict)
        .listing
        .expect_err("a defect");
}

#[test]
fn a_file_that_names_no_pair_is_called_after_itself() {
    let seen = checked("my prices.csv", changed(|_| {}), Policy::Repair);
    assert_eq!(
        found(&seen, K::NamelessPair).detail.as_deref(),
        Some("called MYPRICES/USD")
    );
    let refused = checked("my prices.csv", changed(|_| {}), Policy::Strict);
    let error = refused.listing.expect_err("strict wants a name");
    assert!(
        matches!(error, backtest::Error::NamelessFile { .. }),
        "{error}"
    );
}
