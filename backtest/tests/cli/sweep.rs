//! Many runs of one strategy, and what is asked of them.

use std::fs;

use serde_json::Value;

use crate::sandbox::{DECEMBER, Sandbox, backtest, refusal, sandbox};

/// Six points, one of which is none of the strategy's.
const SMALL: &str =
    "sweep --start=2017-12 --end=2018-01 --pairs=1 --param fast=4..6 --param slow=6..12:6";

fn sweep(sandbox: &Sandbox, more: &str) -> Value {
    let ran = sandbox
        .backtest(&format!("{SMALL} --json - {more}"))
        .exits_with(0);
    serde_json::from_str(&ran.stdout).expect("JSON")
}

#[test]
fn a_sweep_is_the_runs_that_it_is_made_of() {
    let found = sweep(&sandbox(), "");
    let results = found["results"].as_array().expect("a list");
    assert_eq!(results.len(), 6);
    for result in results {
        let strategy = result["strategy"].as_str().expect("a text");
        if strategy == "sma-cross:fast=6,slow=6" {
            assert_eq!(result["result"], Value::Null);
            continue;
        }
        let alone = backtest(&format!(
            "{DECEMBER} --pairs=1 --strategy {strategy} --json -"
        ));
        let alone: Value = serde_json::from_str(&alone.exits_with(0).stdout).expect("JSON");
        for metric in ["final_value", "sharpe", "fills", "max_drawdown"] {
            assert_eq!(
                result["result"][metric], alone[metric],
                "{strategy} {metric}"
            );
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let one = sweep(&sandbox(), "--threads 1");
    let three = sweep(&sandbox(), "--threads 3");
    assert_eq!(one, three);
}

#[test]
fn values_alone_are_those_of_the_full_sweep() {
    let (full, values) = (sweep(&sandbox(), ""), sweep(&sandbox(), "--values-only"));
    assert_eq!(values["objective"], "total_return");
    let results = |found: &Value| found["results"].as_array().expect("a list").clone();
    for (full, value) in results(&full).iter().zip(&results(&values)) {
        for name in ["final_value", "fills", "total_return"] {
            assert_eq!(full["result"][name], value["result"][name]);
        }
        assert_eq!(value["result"]["sharpe"], Value::Null);
    }
}

#[test]
fn the_best_come_first_by_what_is_asked_for() {
    let found = sweep(&sandbox(), "--objective max_drawdown --top 2");
    let drawdown = |row: &Value| row["result"]["max_drawdown"].as_f64().expect("a number");
    let best = found["best"].as_array().expect("a list");
    assert_eq!(best.len(), 2);
    assert!(drawdown(&best[0]) <= drawdown(&best[1]));
}

#[test]
fn a_sweep_that_was_broken_off_goes_on_and_ends_the_same() {
    let sandbox = sandbox();
    let whole = sandbox.backtest(&format!("{SMALL} --json whole.json"));
    assert!(!whole.succeeds().stdout.is_empty());
    assert!(!sandbox.path("whole.json.partial").exists());
    // A journal of the same sweep with its last line cut off, as a kill leaves it.
    let journal = journal(&sandbox);
    let cut = &journal[..journal.len() * 2 / 3];
    fs::write(sandbox.path("again.json.partial"), cut).expect("it can be written");
    let again = sandbox.backtest(&format!("{SMALL} --json again.json"));
    assert!(again.stderr.contains("going on with"), "{}", again.stderr);
    let read = |name| fs::read_to_string(sandbox.path(name)).expect("it was written");
    assert_eq!(read("whole.json"), read("again.json"));
    assert!(!sandbox.path("again.json.partial").exists());
}

/// What a sweep has written down when it cannot write its result.
fn journal(sandbox: &Sandbox) -> String {
    let names = ["fast=4,slow=6", "fast=4,slow=12"];
    let units: Vec<_> = names
        .iter()
        .map(|name| format!("sma-cross:{name}"))
        .collect();
    let ran = sandbox.backtest(&format!("{SMALL} --json probe.json"));
    assert!(!ran.succeeds().stdout.is_empty());
    let probe = fs::read_to_string(sandbox.path("probe.json")).expect("it was written");
    let probe: Value = serde_json::from_str(&probe).expect("JSON");
    let mut text = serde_json::to_string(&probe["identity"]).expect("JSON") + "\n";
    for (point, row) in probe["results"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
    {
        let is_kept = units.iter().any(|unit| row["strategy"] == unit.as_str());
        if is_kept || point > 3 {
            text += &serde_json::json!({ "point": point, "row": row }).to_string();
            text.push('\n');
        }
    }
    text
}

#[test]
fn random_points_are_the_same_for_the_same_seed() {
    let points = |more: &str| {
        let line = format!("{SMALL} --sampling latin:4 --sampling-seed {more} --json -");
        let found: Value =
            serde_json::from_str(&backtest(&line).exits_with(0).stdout).expect("JSON");
        found["results"].clone()
    };
    assert_eq!(points("1").as_array().map(Vec::len), Some(4));
    assert_eq!(points("1"), points("1"));
}

#[test]
fn walking_forward_hands_the_money_on() {
    let line = "sweep --start=2017-11 --end=2018-01 --pairs=1 --param fast=2,4 --param slow=8 \
                --walk-forward train=20d,test=10d --json -";
    let found: Value = serde_json::from_str(&backtest(line).exits_with(0).stdout).expect("JSON");
    let windows = found["windows"].as_array().expect("a list");
    assert_eq!(windows.len(), 5);
    let product: f64 = windows
        .iter()
        .map(|window| 1.0 + window["total_return"].as_f64().expect("a number"))
        .product();
    let total = 1.0 + found["total_return"].as_f64().expect("a number");
    assert!((product - total).abs() < 1e-9);
}

#[test]
fn tables_and_pages_are_written() {
    let sandbox = sandbox();
    sandbox
        .backtest(&format!("{SMALL} --csv s.csv --html s.html"))
        .succeeds();
    let table = fs::read_to_string(sandbox.path("s.csv")).expect("it was written");
    assert_eq!(table.lines().count(), 7);
    let run = "--start=2017-12 --end=2018-01 --pairs=2 --strategy sma-cross:fast=3,slow=9";
    sandbox
        .backtest(&format!("{run} --csv tables --html t.html"))
        .succeeds();
    for name in ["equity", "fills", "orders", "trades", "positions"] {
        let path = sandbox.path("tables").join(format!("{name}.csv"));
        assert!(path.exists(), "{name}");
    }
    let page = fs::read_to_string(sandbox.path("t.html")).expect("it was written");
    assert!(page.contains("Returns by month"));
}

#[test]
fn honest_strategies_do_not_look_ahead() {
    let ran =
        backtest("check-lookahead sma-cross:fast=3,slow=9 --start=2017-12 --end=2018-01 --pairs=1");
    assert!(
        ran.succeeds()
            .stdout
            .contains("No decision changed with the future.")
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (line, expected) in [
        ("sweep --param fast", "`fast` is not a valid --param"),
        (
            "sweep --param fast=1..2 --param fast=3",
            "this parameter stands twice",
        ),
        ("sweep --param fats=1..2", "sma-cross has no fats"),
        (
            "sweep --param fast=1..2 --objective luck",
            "`luck` is not a valid --objective",
        ),
        (
            "sweep --param fast=1..2 --values-only --objective sharpe",
            "with --values-only, choose total_return or final_value",
        ),
        (
            "sweep --param fast=1..2 --sampling dice",
            "`dice` is not a valid --sampling",
        ),
        (
            "sweep --param fast=1..2 --sampling-seed x",
            "`x` is not a valid --sampling-seed",
        ),
        (
            "sweep --param fast=1..2 --threads 0",
            "`0` is not a valid --threads",
        ),
        (
            "sweep --param fast=1..1e5:0.1 --param slow=1..1e5",
            "more than 10000000 points",
        ),
        (
            "sweep --param fast=1..2 --walk-forward train=6m",
            "write it as train=6m,test=1m",
        ),
        ("check-lookahead idle --cuts 0", "`0` is not a valid --cuts"),
        ("--fill open", "choose one of next-open, next-close, close"),
        ("--size all", "choose one of on-fill, on-decision"),
        (
            "--intra-bar hopeful",
            "choose one of pessimistic, optimistic",
        ),
        (
            "--commission maker=0.1",
            "name one of percent, maker with taker, fixed, and tiers",
        ),
        ("--commission percent=x", "`x` cannot be the percent"),
        ("--slippage much", "write none, fixed=0.5, bps=5"),
        ("--volume-limit 0", "above 0 and at most 100"),
        ("--margin leverage=0", "`0` cannot be the leverage"),
        ("--margin loan=1", "there is no term `loan`"),
        (
            "--rules DOGE/EUR:min=1",
            "its pair is not traded in this run",
        ),
        (
            "--strategy sma-cross:fast=9,slow=3",
            "fast is at least 1 hour and less than slow",
        ),
    ] {
        let said = refusal(line);
        assert!(said.contains(expected), "{line}: {said}");
    }
}
