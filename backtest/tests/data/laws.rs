//! What holds for any file: no panic, no bar lost, no bar made up.

use std::fmt::Write;

use backtest::{Bar, BarSeries, Price, Timestamp};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use super::support::load_text;

const FIRST_HOUR: i64 = 1_451_606_400;

/// Bars of consecutive hours, with prices of any size, which do not move so far that
/// they would be bad ticks.
fn bars() -> impl Strategy<Value = Vec<Bar>> {
    let rows = (8..=i64::MAX / 2).prop_flat_map(|least| {
        let cells = (prop::array::uniform4(least..=least + least / 8), 0.0..1e9);
        prop::collection::vec(cells, 1..60)
    });
    rows.prop_map(|rows| {
        let hours = (0..).map(|hour| Timestamp::from_seconds(FIRST_HOUR).plus_hours(hour));
        let bar = |(open_time, (mut units, volume)): (Timestamp, ([i64; 4], f64))| {
            units.sort_unstable();
            let [low, open, close, high] = units.map(Price::from_units);
            Bar {
                open_time,
                open,
                high,
                low,
                close,
                volume,
                filled: false,
            }
        };
        hours.zip(rows).map(bar).collect()
    })
}

/// How a file may be laid out.
fn layout() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop_oneof![
        Just(("kraken_XBTUSD_60.csv", "")),
        Just(("a.csv", "unix,symbol,open,high,low,close,volume\n")),
        Just((
            "b.csv",
            "banner\ndate,symbol,open,high,low,close,Volume XBT,x\n"
        )),
    ]
}

fn text_of((name, header): (&str, &str), bars: &[Bar]) -> String {
    let mut text = header.to_owned();
    for bar in bars {
        let seconds = bar.open_time.as_seconds();
        let Bar {
            open,
            high,
            low,
            close,
            volume,
            ..
        } = bar;
        let ohlcv = format!("{open},{high},{low},{close},{volume}");
        match name {
            "a.csv" => writeln!(text, "{seconds}.0,BTCUSD,{ohlcv}"),
            "b.csv" => writeln!(text, "{},BTC/USD,{ohlcv},", bar.open_time),
            _ => writeln!(text, "{seconds},{ohlcv},1"),
        }
        .expect("text can be written");
    }
    text
}

fn load_bars(layout: (&str, &str), bars: &[Bar]) -> (BarSeries, backtest::data::LoadReport) {
    let mut loaded = load_text(layout.0, text_of(layout, bars)).expect("the file is sound");
    let pair = loaded.market.pairs().next().expect("one pair");
    (loaded.market.bars(pair).clone(), loaded.reports.remove(0))
}

fn all(series: &BarSeries) -> Vec<Bar> {
    (0..series.len())
        .map(|bar_idx| series.bar(bar_idx))
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_is_loaded(bars in bars(), layout in layout()) {
        let (series, report) = load_bars(layout, &bars);
        prop_assert!(report.is_clean(), "{report}");
        prop_assert_eq!(all(&series), bars);
    }

    #[test]
    fn the_order_of_rows_is_no_matter(bars in bars().prop_flat_map(|bars| (Just(bars.clone()), Just(bars).prop_shuffle())), layout in layout(), again in any::<Index>()) {
        let (in_order, mut shuffled) = bars;
        let twice = *again.get(&shuffled);
        shuffled.push(twice);
        let (series, report) = load_bars(layout, &shuffled);
        prop_assert_eq!(report.n_equal_duplicates, 1);
        prop_assert_eq!(report.n_rows, in_order.len() + 1);
        prop_assert_eq!(all(&series), in_order);
    }

    #[test]
    fn absent_hours_are_filled_and_no_other(
        (bars, kept) in bars().prop_flat_map(|bars| {
            let n_bars = bars.len();
            (Just(bars), subsequence((0..n_bars).collect::<Vec<_>>(), 1..=n_bars))
        }),
        layout in layout(),
    ) {
        let rows: Vec<_> = kept.iter().map(|&bar_idx| bars[bar_idx]).collect();
        // Bars that could as well be longer than an hour are refused, by another test.
        prop_assume!(rows.len() < 3 || kept.windows(2).any(|two| two[1] - two[0] == 1));
        let (series, report) = load_bars(layout, &rows);
        let mut n_runs = 0;
        let mut last = rows[0];
        for bar in all(&series) {
            if let Some(row) = rows.iter().find(|row| row.open_time == bar.open_time) {
                prop_assert_eq!(bar, *row);
                last = *row;
            } else {
                prop_assert_eq!(bar, Bar::fill(bar.open_time, last.close));
                n_runs += usize::from(bar.open_time == last.open_time.plus_hours(1));
            }
        }
        prop_assert_eq!(Some(series.end()), rows.last().map(|row| row.open_time.plus_hours(1)));
        prop_assert_eq!(report.absent.n_hours, series.len() - rows.len());
        prop_assert_eq!(report.absent.n_runs, n_runs);
        // Of equal keys `max_by_key` takes the last, so from the end the earliest.
        let longest = kept.windows(2).rev().map(|two| (two[0], two[1] - two[0] - 1));
        let longest = longest.max_by_key(|(_, n_hours)| *n_hours).filter(|(_, n_hours)| *n_hours > 0);
        prop_assert_eq!(
            report.absent.longest.map(|run| (run.after, run.n_hours)),
            longest.map(|(bar_idx, n_hours)| (bars[bar_idx].open_time, n_hours))
        );
    }

    #[test]
    fn any_bytes_load_or_say_why(content in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Err(error) = load_text("XBTUSD_60.csv", content) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    /// Bytes that come past the first lines: a sound file with some places overwritten.
    #[test]
    fn any_damage_loads_or_says_where(
        bars in bars(),
        layout in layout(),
        damage in prop::collection::vec((any::<Index>(), any::<u8>()), 1..6),
    ) {
        let mut content = text_of(layout, &bars).into_bytes();
        let n_lines = content.split(|byte| *byte == b'\n').count() + damage.len();
        for (place, byte) in damage {
            *place.get_mut(&mut content) = byte;
        }
        match load_text(layout.0, content) {
            Err(backtest::Error::Row { line, .. }) => {
                prop_assert!((1..=n_lines as u64).contains(&line));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
            Ok(loaded) => prop_assert!(loaded.reports[0].n_rows <= n_lines),
        }
    }
}
