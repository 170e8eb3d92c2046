//! Files that are written here, as other tools see them.

use std::io::Write;
use std::process::{Command, Stdio};

use profiler::format::Format;
use profiler::{Profile, Quality, WeightUnit};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::{bytes, profiles};

/// The schema that speedscope publishes.
#[test]
fn speedscope_files_are_what_its_schema_says() {
    let schema = include_str!("../data/speedscope-schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut runner = TestRunner::deterministic();
    for unit in [
        WeightUnit::Samples,
        WeightUnit::Nanoseconds,
        WeightUnit::Bytes,
    ] {
        for _ in 0..20 {
            let profile = profiles(unit).new_tree(&mut runner).unwrap().current();
            let written = bytes(Format::Speedscope, &profile);
            let mut file: serde_json::Value = serde_json::from_slice(&written).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&file)
                .map(|error| error.to_string())
                .collect();
            assert!(errors.is_empty(), "{errors:?}");
            // The schema does object to what is not allowed.
            if let Some(part) = file["profiles"].get_mut(0) {
                part["unit"] = "apples".into();
                assert!(!validator.is_valid(&file));
            }
        }
    }
}

/// Go's reader of pprof, the reference, where it is installed.
#[test]
fn go_reads_pprof_files() {
    let has_go = Command::new("go").args(["tool", "-n", "pprof"]).output();
    if !has_go.is_ok_and(|output| output.status.success()) {
        println!("skipped: `go tool pprof` is not installed");
        return;
    }
    let mut profile = Profile::from_stacks([
        (vec!["main", "work", "<script>alert(1)</script>"], 30),
        (vec!["main", "work"], 50),
        (vec!["main", "a;b \"c\""], 20),
    ]);
    let mut quality = Quality::default();
    quality.rate_asked = 200.0;
    profile.set_quality(quality);
    let path = std::env::temp_dir().join(format!("profile-{}.pb.gz", std::process::id()));
    std::fs::write(&path, bytes(Format::Pprof, &profile)).unwrap();
    let report = |kind: &str| {
        let output = Command::new("go")
            .args([
                "tool",
                "pprof",
                "-symbolize=none",
                "-sample_index=samples",
                kind,
            ])
            .arg(&path)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    let top = report("-top");
    let raw = report("-raw");
    std::fs::remove_file(&path).unwrap();
    // flat, flat%, sum%, cum, cum%, name
    let rows: Vec<Vec<&str>> = top
        .lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|row: &Vec<&str>| row.len() > 5)
        .collect();
    let row = |name: &str| {
        let row = rows.iter().find(|row| row[5..].join(" ") == name);
        row.map(|row| (row[0], row[3]))
    };
    assert_eq!(row("main"), Some(("0", "100")), "{top}");
    assert_eq!(row("work"), Some(("50", "80")), "{top}");
    assert_eq!(
        row("<script>alert(1)</script>"),
        Some(("30", "30")),
        "{top}"
    );
    assert_eq!(row("a;b \"c\""), Some(("20", "20")), "{top}");
    // At 200 a second, a sample is 5 ms.
    assert!(raw.contains("Period: 5000000"), "{raw}");
    assert!(
        raw.contains("samples/count") && raw.contains("cpu/nanoseconds"),
        "{raw}"
    );
    assert!(raw.contains("30  150000000:"), "{raw}");
    assert!(raw.contains("thread:[main]"), "{raw}");
}

/// The first script that drew flame graphs, where it is on the path.
#[test]
fn flamegraph_pl_draws_folded_files() {
    let drawing = Command::new("flamegraph.pl")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut drawing) = drawing else {
        println!("skipped: there is no flamegraph.pl on the path");
        return;
    };
    let profile = Profile::from_stacks([
        (vec!["main", "work", "<script>alert(1)</script>"], 30),
        (
            vec!["main", "work", "core::iter::<impl Iterator for &[T]>::next"],
            50,
        ),
        (vec!["main", "a;b \"c\""], 20),
    ]);
    let mut input = drawing.stdin.take().unwrap();
    input.write_all(&bytes(Format::Folded, &profile)).unwrap();
    drop(input);
    let output = drawing.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    let svg = String::from_utf8(output.stdout).unwrap();
    for title in [
        "main (100 samples, 100.00%)",
        "work (80 samples, 80.00%)",
        "&lt;script&gt;alert(1)&lt;/script&gt; (30 samples, 30.00%)",
        "core::iter::&lt;impl Iterator for &amp;[T]&gt;::next (50 samples, 50.00%)",
        "a\\x3bb &quot;c&quot; (20 samples, 20.00%)",
    ] {
        assert!(svg.contains(title), "{title}: {svg}");
    }
    // Each is one box: what is in a name divides nothing.
    assert_eq!(svg.matches("<title>").count(), 1 + 5, "{svg}");
}

/// Odd names stay text in a drawing.
#[test]
fn names_stay_text_in_drawings() {
    let names = [
        "<script>alert(1)</script>",
        "a\"b'c&d;e",
        "x\0\u{1b}\u{7f}\u{ffff}y\nz",
    ];
    let profile = Profile::from_stacks([(names, 5)]);
    let drawing = String::from_utf8(bytes(Format::Svg, &profile)).unwrap();
    assert!(!drawing.contains("<script>alert"), "{drawing}");
    for name in [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "a&quot;b&apos;c&amp;d;e",
        "y z",
    ] {
        assert!(drawing.contains(name), "{name}: {drawing}");
    }
    // XML 1.0 has no way to write these, not even as a reference (section 2.2, Char).
    let is_legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(drawing.chars().all(is_legal));
}
