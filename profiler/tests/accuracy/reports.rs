//! Results of simulated profilers: what is read from them, and what got worse.

use std::collections::BTreeMap;

use profiler::accuracy::{
    Family, LEVEL, Plan, Ratio, Results, Slowdown, SubjectResult, Verdict, grade, regressions,
    report,
};

use crate::support::{Fault, ideal, suite, truths};

fn results(fault: Fault, seed: u64) -> Results {
    let grades = grade(&suite(&truths(12), fault, seed), LEVEL);
    Results {
        schema: 2,
        date: "2020-02-02".to_owned(),
        machine: "2 cores".to_owned(),
        plan: Plan {
            rate_hz: 1_000,
            n_repeats: 6,
            seconds: 2.0,
            seed,
            level: LEVEL,
        },
        subjects: vec![SubjectResult {
            name: "simulated".to_owned(),
            version: Ok("1 <script>".to_owned()),
            is_by_cpu: true,
            is_sampling: true,
            slowdown: BTreeMap::new(),
        }],
        results: grades,
    }
}

/// Four points in the first function of every workload.
fn biased(truth: &[f64], _repeat: usize) -> Vec<f64> {
    let mut shares = truth.to_vec();
    shares[0] -= 0.04;
    shares[1] += 0.04;
    shares
}

/// With 1 % for each comparison as a whole, 300 comparisons of two sound results have more
/// than 12 false alarms once in 10,000 times; the seeds are fixed.
#[test]
fn nothing_is_worse_where_nothing_changed() {
    let alarms = (0..300).filter(|seed| {
        let (one, other) = (results(&ideal, *seed), results(&ideal, 1_000 + seed));
        !regressions(&one, &other, LEVEL).is_empty()
    });
    let alarms = alarms.count();
    println!("{alarms} of 300");
    assert!(alarms <= 12, "{alarms} of 300");
}

#[test]
fn a_bias_that_is_new_is_named() {
    let found = regressions(&results(&ideal, 1), &results(&biased, 2), LEVEL);
    assert!(
        found.iter().any(|one| one.text.contains("`f1`")),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .all(|one| one.p_value.is_some_and(|p| p < LEVEL))
    );
    // What was wrong before is not worse.
    assert_eq!(
        regressions(&results(&biased, 4), &results(&biased, 5), LEVEL),
        []
    );
    // And what was repaired is better.
    assert_eq!(
        regressions(&results(&biased, 2), &results(&ideal, 3), LEVEL),
        []
    );
}

#[test]
fn what_broke_or_went_away_is_worse() {
    let before = results(&ideal, 1);
    let mut after = before.clone();
    after.results[3].verdict = Verdict::Broken;
    after.results[4].verdict = Verdict::Skipped;
    after.results.remove(5);
    let found = regressions(&before, &after, LEVEL);
    let workloads: Vec<&str> = found.iter().map(|one| one.workload.as_str()).collect();
    assert_eq!(
        workloads,
        [
            "workload 3 (rust)",
            "workload 4 (rust)",
            "workload 5 (rust)"
        ]
    );
}

#[test]
fn more_cut_stacks_are_worse() {
    let before = results(&ideal, 1);
    let mut after = before.clone();
    let mut whole = before.clone();
    whole.results[0].complete_stacks = Some(1.0);
    after.results[0].complete_stacks = Some(0.99);
    let found = regressions(&whole, &after, LEVEL);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].text, "cut stacks: 1.0 %, and were 0.0 %");
}

#[test]
fn results_are_read_as_they_were_written() {
    let results = results(&biased, 1);
    let text = serde_json::to_string_pretty(&results).expect("JSON");
    assert_eq!(Results::parse(&text).expect("it is a result"), results);
    let newer = text.replacen("\"schema\": 2", "\"schema\": 3", 1);
    let error = Results::parse(&newer).expect_err("it is newer").to_string();
    assert!(error.contains("`schema`: it is 3"), "{error}");
}

#[test]
fn every_report_has_every_workload() {
    let mut results = results(&biased, 1);
    results.results[1].workload = "<b>bold".to_owned();
    let page = report::html(&results);
    assert!(page.contains("1 &lt;script&gt;") && page.contains("&lt;b&gt;bold"));
    assert!(!page.contains("<script"), "names stay text");
    let xml = report::junit(&results).expect("XML");
    let read = quick_junit::Report::deserialize_from_str(&xml).expect("it is JUnit's XML");
    assert_eq!(read.test_suites[0].test_cases.len(), 12);
    assert!(read.failures > 0 && read.errors == 0);
    for text in [report::text(&results), report::markdown(&results)] {
        for at in 2..12 {
            assert!(text.contains(&format!("workload {at}")), "{text}");
        }
    }
}

#[test]
fn a_table_has_the_slow_down_of_its_own_workloads() {
    let mut results = results(&ideal, 1);
    let slowdown = |percent: f64| {
        let ratio = |percent: f64| 1.0 + percent / 100.0;
        let ratio = Ratio {
            mean: ratio(percent),
            low: ratio(percent - 1.0),
            high: ratio(percent + 1.0),
        };
        Slowdown {
            cpu: ratio,
            wall: ratio,
        }
    };
    results.results[1].language = "python".to_owned();
    results.subjects[0].slowdown = BTreeMap::from([
        (Family::Native, slowdown(2.0)),
        (Family::Python, slowdown(50.0)),
    ]);
    let (native, python) = ("+2.0 % (+1.0 to +3.0)", "+50.0 % (+49.0 to +51.0)");
    let markdown = report::markdown(&results);
    let (first, second) = markdown.split_once("## Python").expect("two tables");
    for (table, own, other) in [(first, native, python), (second, python, native)] {
        assert!(table.contains(&format!("| slow-down, CPU | {own} |")));
        assert!(table.contains(&format!("| slow-down, wall | {own} |")));
        assert!(!table.contains(other), "{table}");
    }
    let page = report::html(&results);
    let text = report::text(&results);
    for (family, own) in [("native code", native), ("Python", python)] {
        for what in ["more CPU time", "more wall time"] {
            let row = format!("{what}, {family}</th><td class=\"number\">{own}</td>");
            assert!(page.contains(&row), "{page}");
        }
        assert!(text.contains(&format!("over all of {family}: the program takes {own}")));
    }
    let json = serde_json::to_value(&results).expect("JSON");
    assert_eq!(
        json["subjects"][0]["slowdown"]["python"]["cpu"]["ratio"],
        1.5
    );
}

#[test]
fn an_explanation_draws_truth_and_report() {
    let results = results(&biased, 1);
    insta::assert_snapshot!(report::explanation(&results.results[0]));
}
