//! A price file that exists while a test looks at it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use backtest::data::{
    Checked, DefectKind, Finding, ImportOptions, Loaded, Policy, check, load_with,
};
use backtest::{BarSeries, Error, Result};
use tempfile::TempDir;

/// The first hour of the files below, 2018-01-01 00:00.
pub const FIRST_HOUR: i64 = 1_514_764_800;

/// Loads one file with this name and content.
pub fn load_text(name: &str, content: impl AsRef<[u8]>) -> Result<Loaded> {
    load_text_with(name, content, &ImportOptions::default())
}

/// Loads one file with these options.
pub fn load_text_with(
    name: &str,
    content: impl AsRef<[u8]>,
    options: &ImportOptions,
) -> Result<Loaded> {
    let (_folder, path) = file(name, content);
    load_with(&[path], options)
}

/// What is found in one file under a policy.
#[track_caller]
pub fn checked(name: &str, content: impl AsRef<[u8]>, policy: Policy) -> Checked {
    let (_folder, path) = file(name, content);
    let mut checked = check(&[path], &with(policy)).expect("there is no reference");
    checked.remove(0).expect("its layout is understood")
}

/// Options that are the usual ones but for the policy.
pub fn with(policy: Policy) -> ImportOptions {
    let mut options = ImportOptions::default();
    options.policy = policy;
    options
}

/// What the user reads when a file is refused under the policy `strict`, without the
/// temporary folder.
#[track_caller]
pub fn error_of(name: &str, content: impl AsRef<[u8]>) -> String {
    let (folder, path) = file(name, content);
    let error = load_with(&[path], &with(Policy::Strict)).expect_err("the file is broken");
    plain(&error, folder.path())
}

/// What the user reads when a file is refused under the policy `repair`.
#[track_caller]
pub fn refusal_of(name: &str, content: impl AsRef<[u8]>) -> String {
    let (folder, path) = file(name, content);
    let error = load_with(&[path], &with(Policy::Repair)).expect_err("it cannot be repaired");
    plain(&error, folder.path())
}

fn plain(error: &Error, folder: &Path) -> String {
    let folder = format!("{}/", folder.display());
    error.to_string().replace(&folder, "")
}

/// A file in a folder that goes away with the first value.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join(name);
    fs::write(&path, content).expect("a temporary folder can be written");
    (folder, path)
}

/// What was found of a kind.
#[track_caller]
pub fn found(checked: &Checked, kind: DefectKind) -> &Finding {
    let finding = checked.report.finding(kind);
    finding.unwrap_or_else(|| panic!("no {kind:?} in\n{}", checked.report.full_text()))
}

/// The bars of a loaded file.
pub fn bars(loaded: &Loaded) -> &BarSeries {
    let pair = loaded.market.pairs().next().expect("one pair");
    loaded.market.bars(pair)
}

/// The second at which the `hour`-th bar of the files below opens.
pub fn time(hour: usize) -> i64 {
    FIRST_HOUR + 3_600 * i64::try_from(hour).expect("small files")
}

/// The open, high, low, close and volume of an hour that nothing is wrong with.
pub fn ohlcv(hour: usize) -> String {
    let close = |hour: usize| 10_000 + (hour * 37) % 90;
    let open = close(hour.wrapping_sub(1).min(hour));
    let close = close(hour);
    format!(
        "{open},{},{},{close},{}.5",
        open.max(close) + 5,
        open.min(close) - 5,
        20 + hour % 7
    )
}

/// A sound file of so many hours, a header first.
pub fn sound(n_hours: usize) -> Vec<String> {
    let mut lines = vec!["unix,open,high,low,close,volume".to_owned()];
    lines.extend((0..n_hours).map(|hour| format!("{},{}", time(hour), ohlcv(hour))));
    lines
}

/// Lines as the content of a file.
pub fn text(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        writeln!(text, "{line}").expect("text can be written");
    }
    text
}
