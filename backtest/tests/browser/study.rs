//! A study to look at: two months in two rounds, run once, by the program itself.

use std::fs;

use assert_cmd::Command;
use serde_json::Value;

/// The report's page, and what the study says as JSON.
pub struct Study {
    pub page: Vec<u8>,
    pub answer: Value,
}

/// Runs the study.
pub fn study() -> Study {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let report = dir.path().join("report");
    let json = dir.path().join("study.json");
    let output = Command::new(env!("CARGO_BIN_EXE_backtest"))
        .args([
            "case-study",
            "--start=2017-12",
            "--end=2018-02",
            "--rounds=2",
        ])
        .arg("--report")
        .arg(&report)
        .arg("--json")
        .arg(&json)
        .env("BACKDRAFT_ROOT", dir.path().join("root"))
        .output()
        .expect("the program can be started");
    // Whether two short rounds reproduce the talk is not what is tested here.
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let answer = fs::read_to_string(&json).expect("the answer is there");
    Study {
        page: fs::read(report.join("index.html")).expect("the page is there"),
        answer: serde_json::from_str(&answer).expect("the answer is JSON"),
    }
}
