//! Files of other tools, read right. What is expected was read off those tools' own
//! reports, or follows from the format's description.

use std::collections::BTreeMap;

use profiler::format::{perf_script, read, speedscope};
use profiler::{Profile, Weight, WeightUnit};

use crate::support::stacks;

fn data(name: &str) -> Profile {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::File::open(&path).expect("the file is committed");
    read(file, None).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn weight_of(profile: &Profile, is_meant: impl Fn(&str) -> bool) -> u64 {
    profile
        .stacks()
        .filter(|(stack, _)| stack.iter().any(|label| is_meant(label)))
        .map(|(_, weight)| weight.as_units())
        .sum()
}

/// Weights by the names and numbers of threads.
fn threads(profile: &Profile) -> BTreeMap<(&str, Option<u32>, Option<u32>), u64> {
    let mut threads = BTreeMap::new();
    for sample in profile.samples() {
        let thread = profile.thread(sample.thread);
        *threads
            .entry((thread.name, thread.pid, thread.tid))
            .or_default() += sample.weight.as_units();
    }
    threads
}

fn folded(profile: &Profile) -> String {
    let lines = profile
        .stacks()
        .map(|(stack, weight)| format!("{} {}\n", stack.join(";"), weight.as_units()));
    lines.collect()
}

/// `go tool pprof -top` says 2.50 s at 10 ms a sample: 1.93 s in and below `main.burn`,
/// 0.57 s in and below `main.other`, of which 0.50 s in and below `math.sin`.
#[test]
fn pprof_of_go() {
    let profile = data("go-cpu.pb.gz");
    assert_eq!(profile.unit(), WeightUnit::Samples);
    assert_eq!(profile.total().as_samples(), 250);
    assert!((profile.quality().rate_asked - 100.0).abs() < 1e-9);
    for (name, n) in [("main.burn", 193), ("main.other", 57), ("math.sin", 50)] {
        let is_function = |label: &str| label.split(" (").next() == Some(name);
        assert_eq!(weight_of(&profile, is_function), n, "{name}");
    }
    let burn = profile
        .frame_ids()
        .map(|id| profile.frame(id))
        .find(|frame| frame.function == "main.burn")
        .unwrap();
    assert_eq!(burn.module, Some("burn"));
    assert!(burn.file.unwrap().ends_with("main.go"), "{burn:?}");
    assert_eq!(burn.line, Some(5));
}

#[test]
fn perf_script_of_perf() {
    let profile = data("perf-script.txt");
    assert_eq!(profile.total().as_samples(), 4);
    let threads: Vec<(&str, u64)> = threads(&profile)
        .into_iter()
        .map(|((name, _, tid), n)| {
            assert!(tid.is_some());
            (name, n)
        })
        .collect();
    assert_eq!(threads, [("burn", 2), ("worker 1", 2)]);
    for (stack, _) in profile.stacks() {
        assert!(["_start", "clone3"].contains(&stack[0]), "{stack:?}");
        assert!(stack.contains(&"burn::mid"), "{stack:?}");
    }
    // `burn::mid` is inlined into a function of the program.
    let mid = profile
        .frame_ids()
        .map(|id| profile.frame(id))
        .find(|frame| frame.function == "burn::mid")
        .unwrap();
    assert_eq!(mid.module, Some("burn"));
    let times: Vec<_> = profile.timeline().map(|moment| moment.at).collect();
    assert_eq!(times.len(), 4);
    assert!(times[0].is_zero() && times[1] > times[0], "{times:?}");
}

/// Lines as perf prints them with other options, each with the stack that it means.
#[test]
fn perf_script_of_every_shape() {
    for (text, expected) in [
        // Both numbers, a processor, modifiers of the event; a period or none.
        (
            "a 1/2 [003] 5.25: 7 cycles:ppp:\n\tff f+0x1 (/l/a.so)\n\n",
            "f 1\n",
        ),
        ("a 1/2 5.25: cpu-clock:\n\tff f+0x1 (/l/a.so)\n", "f 1\n"),
        // A name with spaces, numbers and a colon.
        (
            "k 0:1 w 77 5.000001: 1 cycles: \n\tff g+0x2 (a)\n\tfe f+0x1 (a)\n",
            "f;g 1\n",
        ),
        // No call chains: frames on the same line, names padded.
        (
            "   a 1 5.5: 1 cycles:  ff f+0x1 (a)\n   b 2 5.6: 1 cycles:  ff g+0x1 (a)\n",
            "f 1\ng 1\n",
        ),
        // Files and lines.
        (
            "a 1 5.5: 1 cycles:\n\tff g+0x1\n  b.rs:7 (inlined)\n\tff f+0x1 (a)\n  b.rs:9\n",
            "f (b.rs:9);g (b.rs:7) 1\n",
        ),
        // No name, no module, a file that is gone, the kernel, an operator.
        (
            "a 1 5.5: 1 cycles:\n\tff [unknown] (/x/l.so)\n\tfe [unknown] ([unknown])\n\
             \tfd f (/memfd:j (deleted))\n\tfc s+0x5 ([kernel.kallsyms])\n\
             \tfb <fn() -> i32 as T>::c+0x5 (inlined)\n\tfa a::operator()(int)+0x1 (p)\n",
            "a::operator()(int);<fn() -> i32 as T>::c;s;f;[unknown];[l.so] 1\n",
        ),
        // No stack at all, and a header of perf's own.
        (
            "# captured on: never\n#\na 1 5.5: 1 cycles:\n\n",
            "[empty] 1\n",
        ),
        // A second event is left out; the two kinds of cores are one.
        (
            "a 1 5.5: 1 cpu_core/cycles/:\n\tff f (a)\n\na 1 5.5: 1 faults:\n\tff g (a)\n\n\
             a 1 5.6: 1 cpu_atom/cycles/:\n\tff f (a)\n\na 1 5.5: 1 faults:  ff g (a)\n",
            "f 2\n",
        ),
    ] {
        let profile = read(text.as_bytes(), None).unwrap_or_else(|error| panic!("{text}{error}"));
        assert_eq!(folded(&profile), expected, "{text}");
        assert_eq!(
            folded(&perf_script::read(text.as_bytes()).unwrap()),
            expected
        );
    }
}

/// py-spy counts 32 and 26 samples in its lines.
#[test]
fn raw_stacks_of_py_spy() {
    let profile = data("py-spy.raw");
    let expected = [
        (("MainThread", Some(8326), Some(8326)), 26),
        (("worker one", Some(8326), Some(8379)), 32),
    ];
    assert_eq!(threads(&profile), BTreeMap::from(expected));
    let inner = profile
        .frame_ids()
        .map(|id| profile.frame(id))
        .find(|frame| frame.function == "inner")
        .unwrap();
    assert_eq!((inner.file, inner.line), (Some("work.py"), Some(4)));
    assert_eq!(
        weight_of(&profile, |label| label == "inner (work.py:4)"),
        58
    );
}

/// Five samples of 20 ms on each of two threads.
#[test]
fn speedscope_of_py_spy() {
    let profile = data("py-spy.speedscope.json");
    assert_eq!(profile.unit(), WeightUnit::Nanoseconds);
    let weights: Vec<u64> = threads(&profile).into_values().collect();
    assert_eq!(weights, [100_000_000, 100_000_000]);
    let inner = weight_of(&profile, |label| label == "inner (work.py:4)");
    assert_eq!(inner, 200_000_000);
    // Weights that are times count as the samples that they are.
    let share = profile.share(Weight::from_units(100_000_000));
    assert!((share.low - profiler::Share::new(5, 10).low).abs() < 1e-12);
}

/// samply keeps addresses, and the names beside the file.
#[test]
fn firefox_profile_of_samply() {
    let profile = data("samply.json.gz");
    assert_eq!(profile.total().as_samples(), 19);
    let counts: Vec<(&str, u64)> = threads(&profile)
        .into_iter()
        .map(|((name, _, _), n)| (name, n))
        .collect();
    assert_eq!(counts, [("burn", 11), ("worker 1", 8)]);
    assert!((profile.quality().rate_asked - 199.0).abs() < 0.01);
    for sample in profile.samples() {
        let leaf = profile.frame(profile.leaf(sample.stack));
        assert!(leaf.function.starts_with("0x"), "{leaf:?}");
        assert_eq!(leaf.module, Some("burn"));
    }
    let last = profile.timeline().map(|moment| moment.at).max().unwrap();
    assert!(last.as_secs_f64() < 1.0, "{last:?}");
}

/// What the Firefox Profiler makes of a file that was written here from perf's: it
/// brings version 55 up to its own, with the same stacks on the same threads.
#[test]
fn firefox_profile_of_the_firefox_profiler() {
    let (after, before) = (data("firefox-70.json.gz"), data("perf-script.txt"));
    assert_eq!(stacks(&after), stacks(&before));
    let tids = |profile: &Profile| -> Vec<Option<u32>> {
        threads(profile)
            .into_keys()
            .map(|(_, _, tid)| tid)
            .collect()
    };
    assert_eq!(tids(&after), tids(&before));
}

/// Version 58 and later: tables and strings are all threads', files are a table.
#[test]
fn firefox_profile_with_shared_tables() {
    let text = r#"{
        "meta": {"preprocessedProfileVersion": 58, "interval": 2},
        "libs": [{"name": "a.so"}],
        "shared": {
            "stringArray": ["f", "g", "src/a.c"],
            "sources": {"length": 1, "filename": [2], "id": [null]},
            "stackTable": {"length": 2, "prefix": [null, 0], "frame": [0, 1]},
            "frameTable": {"length": 2, "func": [0, 1], "line": [null, 7]},
            "funcTable": {"length": 2, "name": [0, 1], "resource": [-1, 0], "source": [null, 0]},
            "resourceTable": {"length": 1, "lib": [0], "name": [1], "host": [null], "type": [1]}
        },
        "threads": [
            {"name": "GeckoMain", "isMainThread": true, "processName": "app", "pid": "12.1",
             "tid": 12, "samples": {"stack": [1, null, 0], "timeDeltas": [1, 2, 3], "length": 3}},
            {"name": "w", "pid": "12", "tid": "13",
             "samples": {"stack": [1], "time": [4], "weight": [3], "weightType": "samples"}}
        ]
    }"#;
    let profile = read(text.as_bytes(), None).unwrap();
    assert_eq!(folded(&profile), "f 1\nf;g (a.c:7) 4\n");
    let expected = [
        (("app", Some(12), Some(12)), 2),
        (("w", Some(12), Some(13)), 3),
    ];
    assert_eq!(threads(&profile), BTreeMap::from(expected));
    let times: Vec<u128> = profile.timeline().map(|m| m.at.as_millis()).collect();
    assert_eq!(times, [1, 6, 4]);
}

/// `f` runs from 1 to 9 and calls `g` from 2 to 5; between 9 and 10 nothing runs.
#[test]
fn evented_speedscope() {
    let text = r#"{
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "shared": {"frames": [{"name": "f"}, {"name": "g", "file": "a.js", "line": 3}]},
        "profiles": [{"type": "evented", "name": "t", "unit": "milliseconds",
            "startValue": 1, "endValue": 11, "events": [
                {"type": "O", "frame": 0, "at": 1}, {"type": "O", "frame": 1, "at": 2},
                {"type": "C", "frame": 1, "at": 5}, {"type": "C", "frame": 0, "at": 9},
                {"type": "O", "frame": 0, "at": 10}, {"type": "C", "frame": 0, "at": 10.5}
            ]}]
    }"#;
    let profile = speedscope::read(text).unwrap();
    assert_eq!(folded(&profile), "f 5500000\nf;g (a.js:3) 3000000\n");
    assert_eq!(profile.unit(), WeightUnit::Nanoseconds);
}
