//! The case study from outside, in small: its shape, not its figures.
//!
//! The test build takes a second to name the functions of each profile. So the runs
//! are long enough that a few give the samples that the study asks for.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::sandbox::{Ran, sandbox};

const SMALL: &str = "case-study --end=2018-01 --pairs=1 --rounds=2 --json=-";

#[test]
fn a_study_has_its_numbers_its_verdict_and_the_exit_code_of_that() {
    let sandbox = sandbox();
    let ran = sandbox.backtest(&format!("{SMALL} --start=2017-12 --window=4000"));
    let study = ran.json();
    check(&ran, &study);
    assert_eq!(study["ticks"], 31 * 24);
    assert_eq!(study["window"], 4000);
    let home = sandbox.data_root().with_file_name("home");
    let n_files = fs::read_dir(home).expect("a folder").count();
    assert_eq!(n_files, 0, "data stays in its root");
}

#[test]
fn calibration_says_what_it_measured_and_what_it_did() {
    let ran = sandbox().backtest(&format!("{SMALL} --start=2017-06 --calibrate"));
    let study = ran.json();
    check(&ran, &study);
    assert_eq!(study["ticks"], 214 * 24);
    let window = study["window"].as_u64().expect("a number of hours");
    assert!((48..=2_000).contains(&window), "{window}");
    let said = ran.stderr.lines().next().expect("it says something");
    for part in [
        "Calibrated: on this machine a message costs ",
        " µs, a folder check ",
        &format!("A window of {window} hours makes both fixes save about "),
    ] {
        assert!(said.contains(part), "{said}");
    }
}

/// Checks what holds of every study, whatever it measured.
#[track_caller]
fn check(ran: &Ran, study: &Value) {
    assert_eq!(study["schema"], "backdraft.case-study/1");
    assert_eq!(study["pairs"], 1);
    let toggles = study["variants"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|variant| {
            assert!(number(&variant["seconds"]) > 0.0);
            ["logging", "folder_check"].map(|toggle| variant[toggle].as_str().expect("a word"))
        });
    assert_eq!(
        toggles.collect::<Vec<_>>(),
        [
            ["eager", "every-call"],
            ["lazy", "every-call"],
            ["eager", "once"],
            ["lazy", "once"]
        ]
    );
    for fix in ["lazy", "cached", "both"] {
        ordered(&study["savings"][fix], "median");
        ordered(&study["predicted"][fix], "share");
    }
    let predicted = |fix: &str| number(&study["predicted"][fix]["share"]);
    assert!(predicted("lazy") > 0.0 && predicted("cached") > 0.0);
    let parts = predicted("lazy") + predicted("cached");
    assert!(
        (parts - predicted("both")).abs() < 1e-9,
        "no sample is in both"
    );
    assert_eq!(study["agrees"], agrees(study));
    assert!(study["environment"]["cores"].as_u64() > Some(0));

    let both = &study["savings"]["both"];
    let reproduced = number(&both["low"]) <= 35.0 && number(&both["high"]) >= 30.0;
    let (verdict, code) = if reproduced {
        ("REPRODUCED", 0)
    } else {
        ("NOT REPRODUCED", 1)
    };
    assert_eq!(study["verdict"], verdict);
    assert_eq!(ran.code, Some(code), "{}", ran.stderr);
    let last = ran
        .stderr
        .lines()
        .last()
        .expect("the text, out of the JSON's way");
    assert!(last.starts_with(&format!("{verdict}: ")), "{last}");
}

/// Whether the intervals of measurement and prediction overlap for every fix.
fn agrees(study: &Value) -> bool {
    ["lazy", "cached", "both"].into_iter().all(|fix| {
        let (measured, predicted) = (&study["savings"][fix], &study["predicted"][fix]);
        number(&measured["low"]) <= number(&predicted["high"])
            && number(&predicted["low"]) <= number(&measured["high"])
    })
}

#[track_caller]
fn ordered(interval: &Value, middle: &str) {
    let [low, middle, high] = ["low", middle, "high"].map(|key| number(&interval[key]));
    assert!(low <= middle && middle <= high, "{low} {middle} {high}");
}

#[track_caller]
fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[test]
fn a_variant_that_fails_has_the_last_word() {
    let sandbox = sandbox();
    fs::write(sandbox.data_root(), "a file where the folder should be").expect("it can be written");
    assert_snapshot!(sandbox.refusal(&format!("{SMALL} --start=2017-12")), @r#"
    error: the variant "before" failed: cannot create the data folder `[sandbox]/root/data/exchanges/poloniex`: Not a directory (os error 20)
    hint: a part of this path is a file where a folder is needed; set BACKDRAFT_ROOT to another folder
    "#);
}
