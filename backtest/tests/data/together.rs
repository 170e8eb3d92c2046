//! Files read beside one another are what each is alone.

use backtest::data::{ImportOptions, check, import, load};

use super::support::{bars, ohlcv, text, time};

/// Files of many sizes, so that they end in another order than they begin in.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let name = |idx: usize| folder.join(format!("C{idx}_USD.csv"));
    (0..24)
        .map(|idx| {
            let n_hours = 50 + 37 * (idx * 7 % 24);
            let rows = (0..n_hours).filter(|hour| hour % (idx + 9) != 8);
            let mut lines = vec!["unix,open,high,low,close,volume".to_owned()];
            lines.extend(rows.map(|hour| format!("{},{}", time(hour), ohlcv(hour))));
            std::fs::write(name(idx), text(&lines)).expect("it can be written");
            name(idx)
        })
        .collect()
}

#[test]
fn many_files_are_read_as_one_by_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = files(folder.path());
    let together = load(&files).expect("they are repaired");
    let findings = check(&files, &ImportOptions::default()).expect("there is no reference");
    for ((file, pair), (report, finding)) in files
        .iter()
        .zip(together.market.pairs())
        .zip(together.reports.iter().zip(findings))
    {
        let alone = load(&[file]).expect("it is repaired");
        assert_eq!(*together.market.bars(pair), *bars(&alone));
        assert_eq!(*report, alone.reports[0]);
        assert_eq!(finding.expect("its layout is understood").report, *report);
    }
}

#[test]
fn many_imports_have_the_bytes_of_each_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = files(folder.path());
    let options = ImportOptions::default();
    let written = |name: &str, group: &[std::path::PathBuf]| -> Vec<Vec<u8>> {
        let imports = import(group, &options, Some(&folder.path().join(name)));
        let imports = imports.expect("they are repaired").into_iter();
        imports
            .map(|(_, path)| std::fs::read(path).expect("it was written"))
            .collect()
    };
    let together = written("together", &files);
    let alone = files
        .iter()
        .flat_map(|file| written("alone", std::slice::from_ref(file)));
    assert!(alone.eq(together));
}
