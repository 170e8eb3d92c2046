//! Prices and volumes that cannot be, and crashes that were.

use backtest::data::{DefectKind as K, Policy};

use super::judge::{NAME, changed, defect, filled, whole};
use super::support::{checked, load_text, ohlcv, text, time};

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
fn decimals_that_no_price_holds_are_told() {
    let with = |price: &str| {
        changed(|lines| {
            for (hour, line) in lines.iter_mut().enumerate().skip(1) {
                let price = if hour == 6 { price } else { "0.0000000123" };
                *line = format!("{},{price},{price},{price},{price},1", time(hour - 1));
            }
        })
    };
    for (price, read) in [("0.000000012345", 1.23e-8), ("1.2355e-8", 1.24e-8)] {
        let bars = defect(&with(price), K::RoundedPrices, 1, &[7]);
        assert_eq!(bars.bar(5).close.as_f64().to_bits(), f64::to_bits(read));
    }
    // Those that a float adds are no loss.
    for price in ["0.00000001230000000004", "0.0000000123"] {
        let report = checked(NAME, with(price), Policy::Repair).report;
        assert_eq!(report.finding(K::RoundedPrices), None, "{price}");
    }
}

#[test]
fn coins_of_a_few_price_steps_move_by_as_much() {
    let closes = [3, 3, 4, 3, 3, 3, 3, 5, 3, 2, 3, 3, 3, 4, 3, 3, 3, 3];
    let satoshi = |closes: &[i64]| {
        let rows = closes.iter().enumerate().map(|(hour, close)| {
            let price = format!("0.0000000{close}");
            format!("{},{price},{price},{price},{price},20", time(hour))
        });
        let header = "timestamp,open,high,low,close,volume".to_owned();
        text(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
    };
    let report = checked(NAME, satoshi(&closes), Policy::Repair).report;
    assert_eq!(report.finding(K::BadTicks), None);
    // What is ten times as much is no step.
    let mut closes = closes;
    closes[10] = 9;
    let report = checked(NAME, satoshi(&closes), Policy::Repair).report;
    assert_eq!(report.finding(K::BadTicks).map(|found| found.n), Some(1));
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
