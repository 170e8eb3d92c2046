//! Ways of writing that have one meaning: noted, never refused, and no bar is another.

use backtest::Price;
use backtest::data::{DefectKind as K, Policy};

use super::judge::{NAME, changed, note, whole};
use super::support::{bars, checked, found, load_text, ohlcv, text, time};

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
    // Prices of 10,005 and the like, with points before decimals and with commas.
    let grouped = |separator: &str| {
        let quoted = plain.replace(',', "\",\"").replace('\n', "\"\n\"");
        let quoted = format!("\"{}", &quoted[..quoted.len() - 1]);
        quoted.replace("\"10", &format!("\"10{separator}"))
    };
    note(grouped(","), K::ThousandsSeparators, 48);
    let european = grouped(",").replace("\",\"", "\";\"");
    let swapped = european
        .replace('.', "#")
        .replace(',', ".")
        .replace('#', ",");
    note(swapped, K::DecimalComma, 1);
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
fn utf_16_changes_nothing() {
    let text = changed(|_| {}).replace(',', "\t");
    for text in [text.clone(), format!("\u{feff}{text}")] {
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<_> = text.encode_utf16().flat_map(to_bytes).collect();
            let loaded = load_text(NAME, bytes).expect("it is sound");
            assert!(loaded.reports[0].is_clean());
            assert_eq!(*bars(&loaded), whole());
        }
    }
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
