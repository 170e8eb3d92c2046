//! Lines that end, quote or lack something in a way of their own: each is one line, has
//! its number, and costs no other.

use backtest::data::{DefectKind as K, Policy};

use super::judge::{NAME, changed, defect, filled};
use super::support::{checked, error_of, found, ohlcv, time};

/// Two rows with a price that is none, on lines 12 and 22.
fn broken() -> String {
    changed(|lines| {
        for line in [11, 21] {
            lines[line] = format!("{},x,1,1,1,1", time(line - 1));
        }
    })
}

#[test]
fn lines_have_the_same_numbers_whatever_ends_them() {
    for end in ["\n", "\r\n", "\r"] {
        let content = broken().replace('\n', end);
        let bars = defect(&content, K::UnreadableRows, 2, &[12, 22]);
        assert_eq!(filled(&bars), [10, 20]);
        assert_eq!(
            error_of(NAME, content),
            "BTC_USD.csv:12: column open holds x, which is not a number"
        );
    }
    let mut ends = ["\r", "\n", "\r\n"].into_iter().cycle();
    let mixed: String = broken()
        .lines()
        .flat_map(|line| [line, ends.next().expect("it goes on for ever")])
        .collect();
    defect(&mixed, K::UnreadableRows, 2, &[12, 22]);
}

#[test]
fn a_quote_that_nobody_closed_costs_its_own_line() {
    for quoted in [[11, 11], [11, 21]] {
        let content = changed(|lines| {
            for line in quoted {
                lines[line] = format!("\"{},{}", time(line - 1), ohlcv(line - 1));
            }
        });
        let seen = checked(NAME, content, Policy::Repair);
        let n_broken = if quoted[0] == quoted[1] { 1 } else { 2 };
        assert_eq!(seen.report.n_rows, 48);
        let finding = found(&seen, K::UnreadableRows);
        assert_eq!(
            (finding.n, &finding.lines[..]),
            (n_broken, &[12, 22][..n_broken])
        );
        assert_eq!(seen.report.absent.n_hours, n_broken);
    }
}

#[test]
fn rows_without_prices_may_be_most_of_a_file() {
    // As in files of every minute since 2012, when few of them had a trade.
    let content = changed(|lines| {
        for (hour, line) in lines[1..].iter_mut().enumerate() {
            if hour % 4 != 0 {
                *line = format!("{},NaN,NaN,NaN,NaN,NaN", time(hour));
            }
        }
        lines.push(format!("{},{}", time(48), ohlcv(48)));
        lines.push(format!("{},{}", time(49), ohlcv(49)));
    });
    defect(&content, K::MissingPrices, 36, &[3, 4, 5, 7, 8]);
    let content = changed(|lines| lines[11] = format!("{},#N/A,1,1,1,1", time(10)));
    defect(&content, K::MissingPrices, 1, &[12]);
}
