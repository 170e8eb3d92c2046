//! Files that something has happened to: whatever it was, loading ends in bars or in
//! an error, and never in a panic.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use backtest::data::{ImportOptions, Policy, check};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::support::{file, sound, text};

/// Small files of every layout, real ones among them where these are at hand.
fn seeds() -> &'static [(String, Vec<u8>)] {
    static SEEDS: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let plain = text(&sound(40));
        let mut seeds = vec![
            ("BTC_USD.csv".to_owned(), plain.clone().into_bytes()),
            ("prices.csv".to_owned(), plain.replace(',', ";").replace('.', ",").into_bytes()),
            ("quoted.csv".to_owned(), plain.replace(',', "\",\"").into_bytes()),
            ("dates.csv".to_owned(), b"date,open,high,low,close,volume\n01/02/18 1:00 PM,1,2,1,2,3\n1/13/2018 02-PM,1,2,1,2,3\n".to_vec()),
            ("rows.json".to_owned(), b"{\"symbol\":\"BTC/USD\",\"ohlcv\":[[1517518800000,9100,9234,8943.67,9065.55,2425.12],[1517522400000,9065.55,9119.01,8905,8939.98,1274.87]]}".to_vec()),
        ];
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/real");
        let mut names: Vec<_> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
            .collect();
        names.sort();
        for path in names {
            let content = fs::read(&path).expect("a real file can be read");
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            seeds.push((name.into_owned(), content[..content.len().min(3_000)].to_vec()));
        }
        seeds
    })
}

/// One thing that happens to a file.
#[derive(Clone, Debug)]
enum Mutation {
    /// Bytes are overwritten.
    Write(Index, Vec<u8>),
    /// Bytes are put in between.
    Insert(Index, Vec<u8>),
    /// The file ends here.
    Cut(Index),
    /// A stretch is missing.
    Remove(Index, usize),
    /// A stretch stands twice.
    Repeat(Index, usize),
    /// Every one of a byte is another.
    Replace(u8, u8),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let words = select(vec![
        &b","[..],
        b";",
        b"\n",
        b"\r",
        b"\"",
        b"-",
        b"nan",
        b"1e308",
        b"-1e-400",
        b"99999999999999999999",
        b"0",
        b".",
        b"2018-02-30 25:00",
        b"31/12/99",
        b"\0",
        b"\xff",
        b"e",
        b"+",
        b"open",
        b" AM",
        b"1,000",
        b"253402300800",
        b"9223372036854775807",
        b"-9223372036854775808",
    ])
    .prop_map(<[u8]>::to_vec);
    let bytes = prop_oneof![words, prop::collection::vec(any::<u8>(), 1..4)];
    prop_oneof![
        (any::<Index>(), bytes.clone()).prop_map(|(at, bytes)| Mutation::Write(at, bytes)),
        (any::<Index>(), bytes).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        any::<Index>().prop_map(Mutation::Cut),
        (any::<Index>(), 1..200_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (any::<Index>(), 1..200_usize).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        (
            select(b",;.\n\"0123456789-: \r".to_vec()),
            select(b",;.\n\"05-: \r\tx".to_vec())
        )
            .prop_map(|(from, to)| Mutation::Replace(from, to)),
    ]
}

fn apply(content: &mut Vec<u8>, mutation: &Mutation) {
    if content.is_empty() {
        return;
    }
    let stretch = |at: &Index, length: usize| {
        let start = at.index(content.len());
        start..content.len().min(start + length)
    };
    match mutation {
        Mutation::Write(at, bytes) => {
            let range = stretch(at, bytes.len());
            content.splice(range, bytes.iter().copied());
        }
        Mutation::Insert(at, bytes) => {
            let range = stretch(at, 0);
            content.splice(range, bytes.iter().copied());
        }
        Mutation::Cut(at) => content.truncate(at.index(content.len())),
        Mutation::Remove(at, length) => drop(content.drain(stretch(at, *length))),
        Mutation::Repeat(at, length) => {
            let range = stretch(at, *length);
            let copy = content[range.clone()].to_vec();
            content.splice(range.end..range.end, copy);
        }
        Mutation::Replace(from, to) => {
            for byte in content.iter_mut().filter(|byte| *byte == from) {
                *byte = *to;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn any_mutation_ends_in_bars_or_an_error(
        seed in any::<Index>(),
        mutations in prop::collection::vec(mutation(), 1..6),
        policy in select(vec![Policy::Strict, Policy::Repair, Policy::Keep]),
    ) {
        let (name, content) = seed.get(seeds());
        let mut content = content.clone();
        for mutation in &mutations {
            apply(&mut content, mutation);
        }
        let text = String::from_utf8_lossy(&content).replace("\r\n", "\n");
        let n_lines = text.split(['\n', '\r']).count() as u64;
        let (_folder, path) = file(name, &content);
        let mut options = ImportOptions::default();
        options.policy = policy;
        match check(&[path], &options).expect("there is no reference").remove(0) {
            Err(error) => prop_assert!(!error.to_string().is_empty()),
            Ok(checked) => {
                let findings = &checked.report.findings;
                prop_assert!(findings.iter().all(|found| found.n > 0 && found.n >= found.lines.len()));
                if !name.ends_with("json") {
                    prop_assert!(findings.iter().flat_map(|found| &found.lines).all(|line| (1..=n_lines).contains(line)));
                }
                if let Ok(listing) = checked.listing {
                    let bars = listing.bars;
                    prop_assert!(policy != Policy::Strict || checked.report.is_clean());
                    for idx in 0..bars.len() {
                        let bar = bars.bar(idx);
                        prop_assert!(bar.low.as_units() > 0 && bar.volume >= 0.0 && bar.volume.is_finite());
                        if policy == Policy::Repair {
                            prop_assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
                        }
                    }
                }
            }
        }
    }
}
