//! `profiler report`.

use insta::assert_snapshot;

use crate::sandbox::with_profiles;

#[test]
fn a_table_with_intervals() {
    assert_snapshot!(
        with_profiles()
            .run("report before.folded")
            .succeeds()
            .stdout
    );
}

#[test]
fn the_largest_totals_first() {
    let sandbox = with_profiles();
    assert_snapshot!(
        sandbox
            .run("report after.folded --sort total --limit 3")
            .succeeds()
            .stdout
    );
    let all = sandbox
        .run("report after.folded --limit 0")
        .succeeds()
        .stdout;
    assert!(!all.contains("more;"), "{all}");
}

#[test]
fn json_has_every_function_and_the_ends_of_its_intervals() {
    let json = with_profiles()
        .run("report before.folded --json")
        .succeeds()
        .json();
    assert_eq!(json["version"], 1);
    assert_eq!(json["unit"], "samples");
    assert_eq!(json["total"], 1000);
    let functions = json["functions"].as_array().expect("a list");
    let mean = functions
        .iter()
        .find(|function| function["function"] == "indicator::mean::<[f64; 24]>")
        .expect("it is listed");
    assert_eq!(mean["self"], 410);
    assert_eq!(mean["total"], 410);
    assert_eq!(mean["self_share"]["value"], 0.41);
    // Wilson's interval of 410 in 1000, by R's `prop.test(410, 1000, correct = FALSE)`.
    let close =
        |value: &serde_json::Value, to: f64| (value.as_f64().expect("a number") - to).abs() < 1e-4;
    assert!(close(&mean["self_share"]["low"], 0.3799), "{mean}");
    assert!(close(&mean["self_share"]["high"], 0.4408), "{mean}");
}

#[test]
fn standard_input_is_a_file_as_well() {
    let sandbox = with_profiles();
    let by_name = sandbox.run("report before.folded").succeeds();
    let mut command = sandbox.command();
    command
        .args(["report", "-"])
        .write_stdin(sandbox.text("before.folded"));
    let output = command.output().expect("it can be started");
    assert_eq!(sandbox.seen(output).succeeds(), by_name);
}

#[test]
fn threads_are_told_apart() {
    let sandbox = with_profiles();
    assert_eq!(
        sandbox.run("report before.folded --thread main").succeeds(),
        sandbox.run("report before.folded").succeeds()
    );
    assert_snapshot!(sandbox.refusal("report before.folded --thread worker --thread 7"), @r"
    error: no samples of a thread `worker`, `7`
    hint: the profile has main
    ");
}

#[test]
fn a_closed_pipe_is_nobodys_error() {
    use std::io::Read;
    let sandbox = with_profiles();
    let lines: Vec<String> = (0..20_000)
        .map(|n| format!("main;function_{n} 1"))
        .collect();
    let sandbox = sandbox.with("large.folded", lines.join("\n"));
    let mut child = sandbox.start(["report", "large.folded", "--limit", "0"]);
    let mut first = [0; 10];
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_exact(&mut first)
        .expect("it prints");
    let ran = sandbox.seen(child.wait_with_output().expect("it ends"));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}
