//! Every defect, in a small file that has it: counted, its lines named, refused under
//! `strict`, and repaired as the catalogue says.

use backtest::data::{DefectKind as K, Policy};
use backtest::{BarSeries, Price};

use super::support::{bars, checked, error_of, found, load_text, ohlcv, sound, text, time};

const NAME: &str = "BTC_USD.csv";

/// A sound file of 48 hours, changed.
fn changed(change: impl FnOnce(&mut Vec<String>)) -> String {
    let mut lines = sound(48);
    change(&mut lines);
    text(&lines)
}

/// Asserts that a file has so many of a kind on these lines and no other defect, that
/// `strict` refuses it, and returns the bars that `repair` makes of it.
#[track_caller]
fn defect(content: &str, kind: K, n: usize, lines: &[u64]) -> BarSeries {
    let seen = checked(NAME, content, Policy::Repair);
    let finding = found(&seen, kind);
    assert_eq!((finding.n, finding.lines.as_slice()), (n, lines));
    let others = seen.report.findings.iter().filter(|other| {
        !other.kind.is_note() && other.kind != kind && other.kind != K::AbsentHours
    });
    assert_eq!(others.count(), 0, "{}", seen.report.full_text());
    let refused = checked(NAME, content, Policy::Strict);
    refused
        .listing
        .expect_err("a defect is an error under strict");
    seen.listing.expect("it can be repaired").bars
}

/// Asserts that a file has a note and nothing else, and is not refused.
#[track_caller]
fn note(content: impl AsRef<[u8]>, kind: K, n: usize) {
    let seen = checked(NAME, content, Policy::Strict);
    assert_eq!(found(&seen, kind).n, n);
    assert!(seen.report.is_clean(), "{}", seen.report.full_text());
    let bars = seen.listing.expect("a note is no defect").bars;
    assert_eq!(bars, whole(), "a note changes no bar");
}

/// The bars of the sound file.
fn whole() -> BarSeries {
    let loaded = load_text(NAME, changed(|_| {})).expect("it is sound");
    assert!(loaded.reports[0].is_clean());
    bars(&loaded).clone()
}

/// Which bars are filled.
fn filled(bars: &BarSeries) -> Vec<usize> {
    (0..bars.len()).filter(|idx| bars.filled()[*idx]).collect()
}

#[test]
fn notes() {
    let plain = changed(|_| {});
    note(format!("\u{feff}{plain}"), K::ByteOrderMark, 1);
    note(plain.replace('\n', "\r\n"), K::Crlf, 49);
    note(format!("A banner, with a comma\n\n{plain}"), K::Banner, 1);
    note(changed(|lines| drop(lines.remove(0))), K::NoHeader, 1);
    note(plain.replace(',', ";"), K::Delimiter, 1);
    note(plain.replace(',', "\t"), K::Delimiter, 1);
    note(
        plain.replace(',', ";").replace('.', ","),
        K::DecimalComma,
        1,
    );
    note(changed(|lines| lines[1..].reverse()), K::Descending, 48);
    let times = |form: &dyn Fn(i64) -> String| {
        changed(|lines| {
            for (hour, line) in lines[1..].iter_mut().enumerate() {
                *line = format!("{},{}", form(time(hour)), ohlcv(hour));
            }
        })
    };
    for zeros in ["000", "000000", "000000000", ".0"] {
        note(times(&|time| format!("{time}{zeros}")), K::TimeUnit, 48);
    }
    note(
        times(&|time| format!("{:e}", time as f64 * 1e3)),
        K::ScientificNotation,
        48,
    );
    let am_pm = |time: i64| {
        let (day, hour) = (time / 86_400 - 17_531, time / 3_600 % 24);
        let half = if hour < 12 { "AM" } else { "PM" };
        format!(
            "2018-01-{day:02} {:02}-{half}",
            if hour % 12 == 0 { 12 } else { hour % 12 }
        )
    };
    note(times(&am_pm), K::AmPm, 48);
    note(
        plain.replace(",10010,", ",1.001e4,"),
        K::ScientificNotation,
        plain.matches(",10010,").count(),
    );
}

#[test]
fn quotes_change_nothing() {
    let quoted = changed(|lines| {
        for line in lines {
            *line = format!("\"{}\"", line.replace(',', "\",\""));
        }
    });
    let loaded = load_text(NAME, quoted).expect("it is sound");
    assert!(loaded.reports[0].is_clean());
    assert_eq!(*bars(&loaded), whole());
}

#[test]
fn short_bars_are_joined() {
    for minutes in [1, 5, 15, 30] {
        let mut lines = vec!["unix,open,high,low,close,volume".to_owned()];
        let n_rows = 4 * 60 / minutes;
        for row in 0..n_rows {
            let price = 1_000 + row;
            lines.push(format!(
                "{},{price},{},{},{},0.5",
                time(0) + 60 * minutes * row,
                price + 2,
                price - 1,
                price + 1
            ));
        }
        let seen = checked(NAME, text(&lines), Policy::Strict);
        let rows = usize::try_from(n_rows).expect("a few");
        assert_eq!(found(&seen, K::ShortBars).n, rows);
        let bars = seen.listing.expect("short bars are no defect").bars;
        let a_bar = 60 / minutes;
        assert_eq!(bars.len(), 4);
        for hour in 0..4_i64 {
            let bar = bars.bar(usize::try_from(hour).expect("a few"));
            let whole = |price: i64| Price::from_units(price * 10_000_000_000);
            assert_eq!(bar.open, whole(1_000 + hour * a_bar));
            assert_eq!(bar.close, whole(1_000 + (hour + 1) * a_bar));
            assert_eq!(bar.high, whole(1_001 + (hour + 1) * a_bar));
            assert_eq!(bar.low, whole(999 + hour * a_bar));
            assert_eq!(bar.volume.to_bits(), (0.5 * a_bar as f64).to_bits());
        }
    }
}

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
fn prices_that_are_none_cost_their_row() {
    for (price, kind) in [
        ("0", K::NonPositivePrices),
        ("-1", K::NonPositivePrices),
        ("0.00", K::NonPositivePrices),
        ("", K::MissingPrices),
        ("NaN", K::MissingPrices),
        ("null", K::MissingPrices),
        ("x", K::UnreadableRows),
        ("1e30", K::UnreadableRows),
    ] {
        let content =
            changed(|lines| lines[6] = format!("{},10000,10001,{price},10000,1", time(5)));
        assert_eq!(filled(&defect(&content, kind, 1, &[7])), [5], "{price}");
    }
}

#[test]
fn ranges_are_widened_to_hold_all_prices() {
    for prices in [
        "10000,9990,10010,10005",
        "10000,10004,9990,10010",
        "9980,10010,9990,10005",
    ] {
        let content = changed(|lines| lines[6] = format!("{},{prices},1", time(5)));
        let bars = defect(&content, K::BrokenRanges, 1, &[7]);
        let bar = bars.bar(5);
        assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
        let kept = checked(NAME, &content, Policy::Keep)
            .listing
            .expect("it is kept")
            .bars;
        assert_ne!(kept.bar(5), bar, "keep leaves it as it is");
    }
}

#[test]
fn bad_ticks_cost_their_row() {
    let with =
        |hour: usize, row: &str| changed(|lines| lines[hour + 1] = format!("{},{row}", time(hour)));
    for (hour, row) in [
        (20, "10000,100000,9990,100000,20"),
        (20, "10000,10010,1000,1000,20"),
        (20, "100000,100100,99900,100000,20"),
        (20, "10000,12500,9990,12500,20"),
        (20, "16000,16000,9990,10000,20"),
        (0, "40000,40000,9990,10000,20"),
        (0, "100000,100100,99900,100000,20"),
        (47, "100000,100100,99900,100000,20"),
    ] {
        let content = with(hour, row);
        let line = hour as u64 + 2;
        let bars = defect(&content, K::BadTicks, 1, &[line]);
        if hour == 20 {
            assert_eq!(filled(&bars), [20], "{row}");
        }
        let kept = checked(NAME, &content, Policy::Keep)
            .listing
            .expect("it is kept")
            .bars;
        assert_eq!(kept.len(), 48, "keep leaves it as it is");
    }
}

#[test]
fn crashes_and_wicks_are_no_bad_ticks() {
    let with = |rows: &[(usize, &str)]| {
        let content = changed(|lines| {
            for (hour, row) in rows {
                lines[hour + 1] = format!("{},{row}", time(*hour));
            }
        });
        let seen = checked(NAME, content, Policy::Strict);
        assert!(seen.report.is_clean(), "{}", seen.report.full_text());
    };
    // A crash that the hour closed in, and the next hour came back from.
    with(&[
        (20, "10000,10000,2600,3000,900"),
        (21, "3000,9900,2900,9880,900"),
    ]);
    // A flash crash within the hour.
    with(&[(20, "10000,10010,10,9990,900")]);
    // A price that moves for good.
    let moved: Vec<_> = (20..48)
        .map(|hour| (hour, "14000,14010,13990,14005,20"))
        .collect();
    with(&moved);
}

#[test]
fn volumes() {
    for volume in ["-1", "NaN", "", "inf"] {
        let content =
            changed(|lines| lines[6] = format!("{},10000,10001,9999,10000,{volume}", time(5)));
        let bars = defect(&content, K::BadVolumes, 1, &[7]);
        assert_eq!(bars.bar(5).volume.to_bits(), 0);
        assert!(filled(&bars).is_empty());
    }
    let swapped = |is_swapped: fn(usize) -> bool| {
        changed(|lines| {
            lines[0] = "unix,open,high,low,close,Volume BTC,Volume USD".into();
            for (hour, line) in lines[1..].iter_mut().enumerate() {
                let row = ohlcv(hour);
                let (prices, volume) = row.rsplit_once(',').expect("five cells");
                let money = volume.parse::<f64>().expect("a number") * 10_050.0;
                *line = if is_swapped(hour) {
                    format!("{},{prices},{money},{volume}", time(hour))
                } else {
                    format!("{},{prices},{volume},{money}", time(hour))
                };
            }
        })
    };
    assert_eq!(
        defect(&swapped(|_| true), K::SwappedVolumes, 48, &[2, 3, 4, 5, 6]),
        whole()
    );
    assert_eq!(
        defect(
            &swapped(|hour| hour > 44),
            K::SwappedVolumes,
            3,
            &[47, 48, 49]
        ),
        whole()
    );
    let sound = load_text(NAME, swapped(|_| false)).expect("it is sound");
    assert!(sound.reports[0].is_clean());
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
}

#[test]
fn thousands_are_never_guessed() {
    let quoted = changed(|lines| lines[6] = format!("{},\"10,000\",10001,9999,10000,1", time(5)));
    assert_eq!(
        super::support::refusal_of(NAME, quoted),
        "BTC_USD.csv:7: column open holds 10,000, which has thousands separators; write plain numbers"
    );
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
