//! The accuracy suite from outside: anyone's profiler, described in a file.

use std::io::{BufRead, BufReader};
use std::process;
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;

use crate::sandbox::{Sandbox, refusal, sandbox};

/// A profiler that is a line of the shell, which finds the program's words in "$@" and
/// the file to write in $out.
fn with_subject(line: &str) -> Sandbox {
    let subject = format!(
        "name = 'mine'\nversion = 'sh -c \"echo 1.0\"'\n\
         command = '''sh -c 'out=$1; shift; {line}' sh {{out}} {{cmd}}'''\n"
    );
    sandbox().with("mine.toml", subject)
}

const QUICK: &str = "accuracy run -s mine.toml -w rust/split --seconds 0.05 --repeats 1";

/// The one grade of a run.
fn graded(sandbox: &Sandbox, code: i32) -> Value {
    let ran = sandbox.run(&format!("{QUICK} --json -")).exits_with(code);
    ran.json()["results"][0].clone()
}

#[test]
fn the_list_says_what_each_workload_catches() {
    let list = sandbox().run("accuracy list --json").succeeds().json();
    let workloads = list["workloads"].as_array().expect("a list");
    assert!(workloads.len() > 30);
    assert!(workloads.iter().all(|workload| {
        workload["catches"]
            .as_str()
            .is_some_and(|text| text.len() > 20)
    }));
    let subjects: Vec<_> = list["subjects"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|s| &s["name"])
        .collect();
    for name in [
        "ours, in-process",
        "perf fp",
        "samply",
        "pprof-rs",
        "py-spy",
        "austin",
        "cProfile",
    ] {
        assert!(subjects.iter().any(|subject| *subject == name), "{name}");
    }
    let text = sandbox().run("accuracy list").succeeds().stdout;
    assert!(text.contains("rust/recursion-1000"), "{text}");
}

#[test]
fn every_way_to_be_broken_has_its_verdict() {
    for (line, begins) in [
        ("\"$@\"", "no output: "),
        ("\"$@\"; : > $out", "empty output: "),
        ("\"$@\"; echo hello world > $out", "unreadable output: "),
        ("\"$@\"; echo main:other 100 > $out", "missing functions: "),
        ("echo no luck >&2; exit 3", "crashed: "),
        ("kill -9 $$", "crashed: "),
        ("echo sieve_primes 100 > $out", "the program failed: "),
    ] {
        let grade = graded(&with_subject(line), 1);
        assert_eq!(grade["verdict"], "broken", "{line}: {grade:#}");
        let text = grade["findings"][0]["text"].as_str().expect("a finding");
        assert!(text.starts_with(begins), "{line}: {text}");
    }
}

/// Half of it is in `hash_text`, says this one, where it is less than a third.
const LIE: &str = "\"$@\"; printf \"sieve_primes 3000\\nhash_text 5000\\nedit_distance 1500\\n\
                   multiply_matrices 500\\n\" > $out";

#[test]
fn a_lie_is_found_and_explained() {
    let sandbox = with_subject(LIE);
    let ran = sandbox.run(&format!(
        "{QUICK} --json r.json --html r.html --junit r.xml --markdown r.md"
    ));
    let text = ran.exits_with(1).stdout;
    assert!(text.contains("FAIL"), "{text}");
    assert_eq!(
        sandbox.names(),
        ["mine.toml", "r.html", "r.json", "r.md", "r.xml"]
    );
    let results: Value = serde_json::from_str(&sandbox.text("r.json")).expect("JSON");
    let grade = &results["results"][0];
    assert_eq!(
        (&results["schema"], &grade["verdict"]),
        (&2.into(), &"fail".into())
    );
    for field in [
        "max_error_pp",
        "z",
        "bias_pp",
        "samples",
        "rate_asked",
        "rate_obtained",
    ] {
        assert!(grade[field].is_number(), "{field}: {grade:#}");
    }
    let explained = sandbox
        .run("accuracy explain r.json split")
        .succeeds()
        .stdout;
    assert!(
        explained.contains("hash_text") && explained.contains("50.0 %"),
        "{explained}"
    );
    assert!(sandbox.text("r.xml").contains("<failure"));
    assert!(sandbox.text("r.md").contains("**FAIL**"));
    // What was known before is not worse now.
    sandbox.run("accuracy compare r.json r.json").succeeds();
}

#[test]
fn a_profiler_that_is_not_here_is_skipped() {
    let subject =
        "name = 'mine'\ncommand = 'no-such-profiler {out} {cmd}'\ninstall = 'make mine'\n";
    let sandbox = sandbox().with("mine.toml", subject);
    let grade = graded(&sandbox, 0);
    assert_eq!(grade["verdict"], "skipped");
    let reason = grade["findings"][0]["text"].as_str().expect("a reason");
    assert!(
        reason.contains("no-such-profiler") && reason.contains("`make mine` installs it"),
        "{reason}"
    );
}

/// The profiler notes each of its runs; what was noted before the interruption is not run
/// again.
#[test]
fn an_interrupted_suite_goes_on() {
    let line = "echo run >> $HOME/log; \"$@\"; echo sieve_primes 100 > $out";
    let sandbox = with_subject(line);
    let home = sandbox.path("");
    let words = "accuracy run -s mine.toml -w rust/split --seconds 0.05 --repeats 8 --json r.json";
    let mut started = sandbox.start_at(&home, words.split(' '));
    let kept = sandbox.path("r.json.partial");
    let n_kept = || {
        let file = std::fs::File::open(&kept);
        file.map_or(0, |file| {
            BufReader::new(file).lines().count().saturating_sub(1)
        })
    };
    while n_kept() < 3 && started.try_wait().expect("it is ours").is_none() {
        thread::sleep(Duration::from_millis(5));
    }
    interrupt(&started);
    let code = started.wait().expect("it ends").code();
    assert_eq!(code, Some(130));
    let before = n_kept();
    assert!((3..12).contains(&before), "{before} runs are kept");
    let log = || sandbox.text("log").lines().count();
    let run_before = log();
    let mut rest = sandbox.start_at(&home, words.split(' '));
    assert_eq!(rest.wait().expect("it ends").code(), Some(1));
    // Eight runs under the profiler, but for one that the interruption may have cost.
    assert!(
        (8..=9).contains(&log()),
        "{} runs, {run_before} of them before",
        log()
    );
    assert!(!kept.exists());
}

fn interrupt(child: &process::Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it is ours");
}

#[test]
fn what_is_not_there_is_refused() {
    assert_snapshot!(refusal("accuracy run -s perv"), @r"
    error: there is no subject `perv`
    hint: there are ours, in-process; ours, launched; ours, attached; perf fp; perf dwarf; samply; pprof-rs; py-spy; py-spy nonblocking; py-spy native; austin; cProfile; yappi; pyinstrument; scalene; or name a file that ends in .toml
    ");
    assert_snapshot!(refusal("accuracy run -s mine.toml"), @r"
    error: cannot read mine.toml: could not read the description of a profiler: No such file or directory (os error 2)
    hint: check the path for a typing mistake
    ");
    assert_snapshot!(refusal("accuracy run -w python/spilt"), @r"
    error: there is no workload `python/spilt`
    hint: `profiler accuracy list` names them
    ");
    assert_snapshot!(refusal("accuracy run --rate 0"), @"error: `0` is not a valid --rate: it has to be a whole number from 1 to 10000");
    assert_snapshot!(refusal("accuracy run --seconds 1h"), @"error: `1h` is not a valid --seconds: it has to be a number from 0.05 to 600, in CPU seconds");
    assert_snapshot!(refusal("accuracy run --level 2"), @"error: `2` is not a valid --level: it has to be a probability above 0 and up to 0.5");
    assert_snapshot!(refusal("accuracy run --json missing/r.json"), @r"
    error: cannot write `missing/r.json`: No such file or directory (os error 2)
    hint: check the path for a typing mistake
    ");
    assert_snapshot!(refusal("accuracy explain r.json split"), @r"
    error: cannot read r.json: No such file or directory (os error 2)
    hint: check the path for a typing mistake
    ");
    let sandbox = sandbox()
        .with("r.json", "{\"schema\": 3}")
        .with("bad.toml", "name = 1\n");
    assert_snapshot!(sandbox.refusal("accuracy compare r.json r.json"), @r"
    error: cannot read r.json: result of an accuracy suite, `schema`: it is 3, and this version reads 2
    hint: `profiler accuracy run --json FILE` writes one
    ");
    assert_snapshot!(sandbox.refusal("accuracy run -s bad.toml"), @r"
    error: cannot read bad.toml: description of a profiler, line 1, column 8: invalid type: integer `1`, expected a string
    hint: `profiler accuracy run --help` shows how a profiler is described
    ");
}
