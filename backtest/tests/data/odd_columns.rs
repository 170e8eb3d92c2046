//! Columns that are called, ordered or filled in a way of their own.

use backtest::data::{DefectKind as K, Policy};

use super::judge::{NAME, changed, defect, whole};
use super::support::{bars, checked, found, load_text, ohlcv, refusal_of, text, time};

/// The sound file with its times written by the row.
fn times(form: impl Fn(usize) -> String) -> String {
    changed(|lines| {
        for (hour, line) in lines[1..].iter_mut().enumerate() {
            *line = format!("{},{}", form(hour), ohlcv(hour));
        }
    })
}

fn date(hour: usize) -> String {
    format!("2018-01-{:02} {:02}:00:00", 1 + hour / 24, hour % 24)
}

#[test]
fn unix_times_and_dates_may_stand_in_one_column() {
    for header in ["unix", "date"] {
        let content = times(|hour| match hour {
            36.. => date(hour),
            _ => time(hour).to_string(),
        });
        let content = content.replacen("unix", header, 1);
        let bars = defect(&content, K::MixedUnits, 12, &[38, 39, 40, 41, 42]);
        assert_eq!(bars, whole());
        let content = times(|hour| match hour % 4 {
            0 => time(hour).to_string(),
            1 => format!("{}000", time(hour)),
            _ => date(hour),
        });
        let content = content.replacen("unix", header, 1);
        let bars = defect(&content, K::MixedUnits, 36, &[3, 4, 5, 7, 8]);
        assert_eq!(bars, whole());
    }
}

#[test]
fn a_column_that_looks_like_times_needs_no_known_name() {
    let plain = changed(|_| {});
    for name in ["Datum", "id", "Zeit (UTC)", ""] {
        let content = plain.replacen("unix", name, 1);
        let loaded = load_text(NAME, content).expect("times look like times");
        assert!(loaded.reports[0].is_clean());
        assert_eq!(*bars(&loaded), whole());
    }
    // A second and a third header line, as yfinance writes them.
    let content = times(date).replacen("unix", "Price", 1).replacen(
        '\n',
        "\nTicker,BTC-USD,BTC-USD,BTC-USD,BTC-USD,BTC-USD\nDatetime,,,,,\n",
        1,
    );
    let bars = defect(&content, K::UnreadableRows, 2, &[2, 3]);
    assert_eq!(bars, whole());
    let content = times(|hour| format!("row {hour}")).replacen("unix", "row", 1);
    assert_eq!(
        refusal_of(NAME, content),
        "`BTC_USD.csv` has a layout that is not understood: its header is \
         `row,open,high,low,close,volume`, without a column unix or date"
    );
}

#[test]
fn the_first_date_tells_the_order_of_days_and_not_the_first_row() {
    let day_first = |hour: usize| format!("{:02}/02/2018 {:02}:00", 1 + hour / 24, hour % 24);
    let content = times(day_first).replacen('\n', "\nTicker,,,,,\n", 1);
    let seen = checked(NAME, content, Policy::Repair);
    assert_eq!(found(&seen, K::UnreadableRows).lines, [2]);
    assert_eq!(seen.report.first.to_string(), "2018-02-01 00:00");
}

#[test]
fn prices_in_no_known_order_are_no_prices() {
    // Gate.io has the volume first and the open last.
    let rows: Vec<_> = (0..48)
        .map(|hour| {
            let ohlcv = ohlcv(hour);
            let cells: Vec<_> = ohlcv.split(',').collect();
            let [open, high, low, close, volume] = cells[..] else {
                unreachable!("there are five");
            };
            format!("{},{volume},{close},{high},{low},{open}", time(hour))
        })
        .collect();
    assert_eq!(
        refusal_of("gate_BTC_USDT.csv", text(&rows)),
        "`gate_BTC_USDT.csv` has a layout that is not understood: its first line is \
         `1514764800,20.5,10000,10005,9995,10000`"
    );
}

#[test]
fn a_time_with_a_fraction_is_noted_once() {
    let content = changed(|lines| lines[11] = format!("{}.5,{}", time(10), ohlcv(10)));
    let seen = checked(NAME, content, Policy::Repair);
    let finding = found(&seen, K::TimeUnit);
    assert_eq!((finding.n, &finding.lines[..]), (1, &[12][..]));
}

#[test]
fn the_average_of_a_volume_is_not_of_a_coin_called_ma() {
    // As TradingView exports a chart with its indicators.
    let content = changed(|lines| {
        for line in &mut *lines {
            *line += ",NaN";
        }
        lines[0] = "time,open,high,low,close,Volume,Volume MA".into();
    });
    let loaded = load_text("BITSTAMP_BTCUSD, 60.csv", content).expect("it is sound");
    let report = &loaded.reports[0];
    assert!(report.is_clean(), "{}", report.full_text());
    assert_eq!(report.symbol.to_string(), "BTC/USD");
    assert_eq!(*bars(&loaded), whole());
}

#[test]
fn a_file_without_volumes_says_so() {
    let content = changed(|lines| {
        for line in lines {
            let (prices, _) = line.rsplit_once(',').expect("there are six columns");
            *line = prices.to_owned();
        }
    });
    let (_, headerless) = content.split_once('\n').expect("there is a header");
    for content in [&content, headerless] {
        let seen = checked(NAME, content, Policy::Strict);
        assert_eq!(found(&seen, K::NoVolumes).lines, [1]);
        let bars = seen.listing.expect("a note is no defect").bars;
        assert!(bars.volumes().iter().all(|volume| volume.to_bits() == 0));
        assert_eq!(bars.closes(), whole().closes());
    }
}

#[test]
fn two_volumes_of_which_one_is_an_amount_are_told_apart_by_the_prices() {
    // Huobi's `amount` are coins and its `vol` is money; elsewhere it is the reverse.
    let rows = |is_huobi: bool| {
        let header = if is_huobi { "amount,vol" } else { "vol,amount" };
        changed(|lines| {
            lines[0] = format!("unix,open,high,low,close,{header}");
            for line in &mut lines[1..] {
                let (_, volume) = line.rsplit_once(',').expect("there are six columns");
                let volume: f64 = volume.parse().expect("it is a number");
                line.extend([",", &(volume * 10_040.0).to_string()]);
            }
        })
    };
    let bars = defect(&rows(true), K::SwappedVolumes, 48, &[2, 3, 4, 5, 6]);
    assert_eq!(bars, whole());
    let loaded = load_text(NAME, rows(false)).expect("it is sound");
    assert!(loaded.reports[0].is_clean());
    assert_eq!(*super::support::bars(&loaded), whole());
}

#[test]
fn a_header_is_never_taken_for_a_banner() {
    // Prices alone do not tell open and close apart; here the close comes first.
    let with = |header: &str| {
        changed(|lines| {
            lines[0] = header.into();
            for line in &mut lines[1..] {
                let cells: Vec<_> = line.split(',').collect();
                let [time, open, high, low, close, volume] = cells[..] else {
                    unreachable!("there are six columns")
                };
                *line = [time, close, open, high, low, volume].join(",");
            }
        })
    };
    for header in [
        "Timestamp,Close (USD),Open (USD),High (USD),Low (USD),Volume",
        "time,btc_close,btc_open,btc_high,btc_low,btc_volume",
        "Date,Price,Open,High,Low,Vol.",
    ] {
        let loaded = load_text(NAME, with(header)).expect("the names are known");
        assert_eq!(bars(&loaded).closes(), whole().closes());
        assert_eq!(bars(&loaded).opens(), whole().opens());
    }
    let unknown = with("Datum,Schluss,Start,Hoch,Tief,Volumen");
    insta::assert_snapshot!(refusal_of("BTCUSD.csv", unknown), @"`BTCUSD.csv` has a layout that is not understood: its header is `Datum,Schluss,Start,Hoch,Tief,Volumen`, without columns open, high, low and close");
}
