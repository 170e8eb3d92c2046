//! A sound file, changed, and what is then to be found in it.

use backtest::BarSeries;
use backtest::data::{DefectKind as K, Policy};

use super::support::{bars, checked, found, load_text, sound, text};

/// A name that has a pair.
pub const NAME: &str = "BTC_USD.csv";

/// A sound file of 48 hours, changed.
pub fn changed(change: impl FnOnce(&mut Vec<String>)) -> String {
    let mut lines = sound(48);
    change(&mut lines);
    text(&lines)
}

/// Asserts that a file has so many of a kind on these lines and no other defect, that
/// `strict` refuses it, and returns the bars that `repair` makes of it.
#[track_caller]
pub fn defect(content: &str, kind: K, n: usize, lines: &[u64]) -> BarSeries {
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
pub fn note(content: impl AsRef<[u8]>, kind: K, n: usize) {
    let seen = checked(NAME, content, Policy::Strict);
    assert_eq!(found(&seen, kind).n, n);
    assert!(seen.report.is_clean(), "{}", seen.report.full_text());
    let bars = seen.listing.expect("a note is no defect").bars;
    assert_eq!(bars, whole(), "a note changes no bar");
}

/// The bars of the sound file.
pub fn whole() -> BarSeries {
    let loaded = load_text(NAME, changed(|_| {})).expect("it is sound");
    assert!(loaded.reports[0].is_clean());
    bars(&loaded).clone()
}

/// Which bars are filled.
pub fn filled(bars: &BarSeries) -> Vec<usize> {
    (0..bars.len()).filter(|idx| bars.filled()[*idx]).collect()
}
