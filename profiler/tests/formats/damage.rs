//! Damaged files: an error that says what is wrong where, or what is left of the
//! profile; never a panic.

use std::path::Path;
use std::sync::LazyLock;

use profiler::Profile;
use profiler::format::{Format, read};
use proptest::prelude::*;

use crate::support::bytes;

/// One good file of every format that is read, with its name.
fn good_files() -> &'static [(String, Vec<u8>)] {
    static FILES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(make_files);
    &FILES
}

fn make_files() -> Vec<(String, Vec<u8>)> {
    let data = |name: &str| {
        let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
        (name.to_owned(), std::fs::read(path).unwrap())
    };
    let mut files = vec![
        data("go-cpu.pb.gz"),
        data("perf-script.txt"),
        data("py-spy.raw"),
        data("py-spy.speedscope.json"),
        data("samply.json.gz"),
        data("before.folded"),
    ];
    // Damage to packed bytes is found by the packer; damage inside goes further.
    for at in [0, 4] {
        let mut plain = Vec::new();
        let mut unpacker = flate2::read::GzDecoder::new(&files[at].1[..]);
        std::io::Read::read_to_end(&mut unpacker, &mut plain).unwrap();
        let name = files[at].0.replace(".gz", "");
        files.push((name, plain));
    }
    let profile = Profile::from_stacks([(vec!["main", "a"], 3), (vec!["main", "b;\n\0"], 4)]);
    for format in Format::all().filter(|format| *format != Format::Svg) {
        files.push((format!("own.{format}"), bytes(format, &profile)));
    }
    files
}

/// Reads, and lets only good errors pass.
fn read_or_explain(bytes: &[u8], name: Option<&str>) -> Result<(), TestCaseError> {
    if let Err(error) = read(bytes, name.map(Path::new)) {
        let text = error.to_string();
        prop_assert!(!text.is_empty() && text.chars().count() < 500, "{}", text);
    }
    Ok(())
}

proptest! {
    // Each case is two dozen files; unoptimised, 256 of them would take a minute.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn files_that_end_early(part in 0.0..1.0_f64) {
        for (name, bytes) in good_files() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a small file")]
            let end = (bytes.len() as f64 * part) as usize;
            read_or_explain(&bytes[..end], None)?;
            read_or_explain(&bytes[..end], Some(name))?;
        }
    }

    #[test]
    fn files_with_other_bytes(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        for (name, bytes) in good_files() {
            let mut bytes = bytes.clone();
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            read_or_explain(&bytes, None)?;
            read_or_explain(&bytes, Some(name))?;
        }
    }

    /// Digits are what indices and lengths are made of in JSON and text.
    #[test]
    fn files_with_other_numbers(
        changes in prop::collection::vec((any::<prop::sample::Index>(), b'0'..=b'9'), 1..6),
    ) {
        for (name, bytes) in good_files() {
            let mut bytes = bytes.clone();
            let digits: Vec<usize> =
                (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            for (at, byte) in changes.iter().filter(|_| !digits.is_empty()) {
                bytes[digits[at.index(digits.len())]] = *byte;
            }
            read_or_explain(&bytes, Some(name))?;
        }
    }

    #[test]
    fn bytes_that_are_no_file(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_or_explain(&bytes, None)?;
        read_or_explain(&bytes, Some("a.pprof"))?;
        read_or_explain(&[&b"{\""[..], &bytes].concat(), None)?;
        read_or_explain(&[&b"\x0a\x04\x08\x01\x10\x02"[..], &bytes].concat(), None)?;
        read_or_explain(&[&b"a 1 5.5: 1 cycles:\n\t"[..], &bytes].concat(), None)?;
    }
}

/// Reads what is damaged; the error names the place and says what is wrong there.
fn check(text: &str, expected: &str) {
    let error = match read(text.as_bytes(), None) {
        Ok(_) => panic!("{text} was read"),
        Err(error) => error.to_string(),
    };
    assert!(error.contains(expected), "{text}\n{error}");
}

#[test]
fn damaged_speedscope_is_explained() {
    let speedscope = |profiles: &str| {
        format!(
            r#"{{"$schema":"","shared":{{"frames":[{{"name":"f"}}]}},"profiles":[{profiles}]}}"#
        )
    };
    for (text, expected) in [
        (
            speedscope(r#"{"type":"sampled","unit":"none","samples":[[0],[1]],"weights":[1,1]}"#),
            "speedscope, profiles[0].samples[1]: there is no frame 1 among 1",
        ),
        (
            speedscope(r#"{"type":"sampled","unit":"none","samples":[[0]],"weights":[]}"#),
            "profiles[0].samples[0]: there are 1 for 0 weights",
        ),
        (
            speedscope(r#"{"type":"sampled","unit":"none","samples":[[0]],"weights":[-1]}"#),
            "profiles[0].weights[0]: -1 is negative",
        ),
        (
            speedscope(r#"{"type":"sampled","unit":"apples"}"#),
            "profiles[0]: the unit `apples`",
        ),
        (
            speedscope(r#"{"type":"sampled","unit":"none"},{"type":"sampled","unit":"bytes"}"#),
            "profiles[1]: its unit",
        ),
        (
            speedscope(
                r#"{"type":"evented","unit":"none","events":[{"type":"C","frame":0,"at":1}]}"#,
            ),
            "profiles[0].events[0]: frame 0 is closed",
        ),
    ] {
        check(&text, expected);
    }
}

#[test]
fn damaged_json_is_explained() {
    let own = |stacks: &str, samples: &str| {
        format!(
            r#"{{"schema":"backdraft-profile-1","unit":"samples","quality":{{}},
            "weight_squares":1,"threads":[{{"name":"t"}}],"frames":[{{"function":"f"}}],
            "stacks":{stacks},"samples":{samples}}}"#
        )
    };
    for (text, expected) in [
        (
            own("[[0,0]]", "[]"),
            "stacks[0]: 0 is not the number of an earlier stack",
        ),
        (
            own("[[null,1]]", "[]"),
            "stacks[0]: 1 is not the number of a frame",
        ),
        (
            own("[]", "[[5,0,1]]"),
            "samples[0]: 5 is not the number of a stack",
        ),
        (
            own("[]", "[[0,7,1]]"),
            "samples[0]: 7 is not the number of a thread",
        ),
        (own("[]", "7"), "JSON profile, line 3, column"),
        (
            own("[]", "[]").replace("profile-1", "profile-9"),
            "`backdraft-profile-9` is not",
        ),
    ] {
        check(&text, expected);
    }
}

#[test]
fn damaged_firefox_profiles_are_explained() {
    let firefox = |stacks: &str, samples: &str| {
        format!(
            r#"{{"meta":{{"preprocessedProfileVersion":55}},"threads":[{{"samples":{samples},
            "stackTable":{stacks},"frameTable":{{"func":[0]}},"funcTable":{{"name":[9]}},
            "stringArray":[]}}]}}"#
        )
    };
    for (text, expected) in [
        (
            firefox(r#"{"prefix":[0],"frame":[0]}"#, r#"{"stack":[0]}"#),
            "threads[0].samples[0]: the prefix 0 of stack 0 does not come first",
        ),
        (
            firefox(r#"{"prefix":[null],"frame":[0]}"#, r#"{"stack":[0]}"#),
            "threads[0].samples[0]: stack 0: there is no string 9",
        ),
        (
            firefox(r#"{"prefixOffset":[7],"frame":[0]}"#, r#"{"stack":[0]}"#),
            "threads[0].samples[0]: the prefix of stack 0 is 7 before it",
        ),
        (
            firefox(r#"{"frame":[0]}"#, r#"{"stack":[0]}"#),
            "threads[0].samples[0]: the stacks have no prefixes",
        ),
        (
            firefox(r#"{"prefix":[null],"frame":[0]}"#, r#"{"stack":[4]}"#),
            "threads[0].samples[0]: there is no stack 4",
        ),
    ] {
        check(&text, expected);
    }
}

#[test]
fn damaged_text_is_explained() {
    for (text, expected) in [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        (
            "main;f 3\nnonsense\n",
            "folded stacks, line 2: there is no space",
        ),
        ("main;f 3x", "line 1: `3x` is not a whole number"),
        ("{}", "none of the keys"),
        ("{\"meta\": {}", "JSON, line 1, column 11: EOF"),
        (
            "a 1 5.5: 1 cycles:\n\tno frame\n",
            "perf script, line 2: `no frame`",
        ),
        (
            "a 1 5.5: 1 cycles:\n\nno sample\n",
            "perf script, line 3: `no sample`",
        ),
        (r#"{"meta":{},"threads":[]}"#, "as Firefox sends it"),
    ] {
        check(text, expected);
    }
}

/// Bytes that are not UTF-8 are replaced, not refused.
#[test]
fn names_that_are_not_utf8_are_read() {
    let files: [&[u8]; 3] = [
        b"main;f\xff 3\n",
        b"a 1 5.5: 1 cycles:\n\tff f\xff+0x1 (a)\n\tfe main (a)\n",
        b"{\"$schema\":\"\",\"shared\":{\"frames\":[{\"name\":\"main\"},{\"name\":\"f\xff\"}]},\
          \"profiles\":[{\"type\":\"sampled\",\"unit\":\"none\",\"samples\":[[0,1]],\"weights\":[3]}]}",
    ];
    for bytes in files {
        let profile = read(bytes, None).unwrap();
        let (stack, _) = profile.stacks().next().unwrap();
        assert_eq!(stack, ["main", "f\u{fffd}"]);
    }
}

/// Anything beyond the greatest sum would have shares of more than all.
#[test]
fn counts_that_cannot_be_added_up_are_refused() {
    let problem = |text: &str| read(text.as_bytes(), None).expect_err(text).to_string();
    let half = u64::MAX / 2 + 1;
    let text = problem(&format!("a;b {half}\na;c {half}\n"));
    assert!(text.starts_with("its counts are too large"), "{text}");
    let large = format!("a;b {}\na;c {half}\n", half - 2);
    let profile = read(large.as_bytes(), None).expect("they can be added up");
    assert_eq!(profile.total().as_units(), u64::MAX - 1);
    for format in Format::all() {
        bytes(format, &profile);
    }
}

#[test]
fn what_people_look_at_is_no_profile() {
    let profile = Profile::from_stacks([(["<svg", "<html>"], 3)]);
    for format in [Format::Svg, Format::Html] {
        let error = read(&bytes(format, &profile)[..], None).expect_err("no profile");
        assert!(error.to_string().starts_with("it is a drawing or a page"));
    }
    let folded = bytes(Format::Folded, &profile);
    read(&folded[..], None).expect("functions may have such names");
}
