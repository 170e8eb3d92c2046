//! `profiler diff`.

use insta::assert_snapshot;

use crate::sandbox::{sandbox, with_profiles};

#[test]
fn only_changes_beyond_chance_are_listed() {
    assert_snapshot!(
        with_profiles()
            .run("diff before.folded after.folded")
            .succeeds()
            .stdout
    );
}

#[test]
fn all_changes_are_listed_if_asked_for() {
    let ran = with_profiles()
        .run("diff before.folded after.folded --all --limit 0")
        .succeeds();
    assert_snapshot!(ran.stdout);
}

#[test]
fn the_same_behaviour_has_no_changes() {
    let twice = |n: u32, m: u32| format!("main;a {n}\nmain;b {m}\n");
    let sandbox = sandbox()
        .with("one.folded", twice(500, 480))
        .with("two.folded", twice(490, 510));
    assert_snapshot!(sandbox.run("diff one.folded two.folded").succeeds().stdout, @r"
    None of 3 functions changed beyond chance (p below 0.05 after Holm's correction for 3).
    From 980 samples to 1,000 samples, a difference is known to ±4.4 points or better. That two runs differ by themselves is not in it: compare more than one of each.
    ");
}

#[test]
fn json_has_every_change_with_its_p_value() {
    let json = with_profiles()
        .run("diff before.folded after.folded --json")
        .succeeds()
        .json();
    let changes = json["changes"].as_array().expect("a list");
    let of = |name: &str| {
        let change = changes.iter().find(|change| change["function"] == name);
        change.unwrap_or_else(|| panic!("{name} is not listed"))
    };
    assert_eq!(of("folder::ensure_directory")["beyond_chance"], true);
    assert_eq!(of("rare")["beyond_chance"], false);
    for change in changes {
        let number = |value: &serde_json::Value| value.as_f64().expect("a number");
        let (p, corrected) = (number(&change["p"]), number(&change["p_corrected"]));
        assert!((0.0..=1.0).contains(&p) && p <= corrected, "{change}");
        let difference = &change["difference"];
        let range = number(&difference["low"])..=number(&difference["high"]);
        assert!(range.contains(&number(&difference["value"])), "{change}");
    }
}

#[test]
fn the_difference_is_drawn() {
    let sandbox = with_profiles();
    let ran = sandbox
        .run("diff before.folded after.folded -o d.svg --title Mended")
        .succeeds();
    assert!(ran.stdout.contains("changed beyond chance"));
    let svg = sandbox.text("d.svg");
    assert!(
        svg.contains("Mended") && svg.contains("in all stacks"),
        "{svg:.300}"
    );
}

#[test]
fn the_two_are_compared_on_a_page() {
    let sandbox = with_profiles();
    sandbox
        .run("diff before.folded after.folded -o d.html")
        .succeeds();
    let page = sandbox.text("d.html");
    assert!(page.starts_with("<!doctype html>"), "{page:.100}");
    assert!(page.contains("before.folded to after.folded"));
}

#[test]
fn other_drawings_are_refused() {
    let sandbox = with_profiles();
    assert_snapshot!(sandbox.refusal("diff before.folded after.folded -o d.folded"));
    assert_snapshot!(sandbox.refusal("diff - -"), @"error: `-` is not a valid AFTER: standard input is BEFORE already");
}
