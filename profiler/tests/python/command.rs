//! `profiler record`, `top` and `dump` on Python.

use std::process::Command;

use crate::interpreters::{self, minors};
use crate::workload::{Scripts, Waiting, bare};

fn profiler() -> Command {
    Command::new(env!("CARGO_BIN_EXE_profiler"))
}

fn run(command: &mut Command) -> Option<String> {
    let output = command.output().expect("it can be started");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if errors.contains("may not ") {
        eprintln!("skipped: {errors}");
        return None;
    }
    assert!(output.status.success(), "{errors}");
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn a_command_is_recorded_from_its_start() {
    let scripts = Scripts::new();
    let out = scripts.folder.path().join("out.folded");
    interpreters::each(minors(), |minor, python| {
        let mut command = profiler();
        command
            .args(["record", "--function", "--rate", "500", "-o"])
            .arg(&out)
            .arg("--")
            .arg(python)
            .arg(&scripts.script)
            .args(["split", "--seconds", "1"]);
        if run(&mut command).is_some() {
            let folded = std::fs::read_to_string(&out).expect("it was written");
            let has = |name: &str| folded.lines().any(|line| line.contains(name));
            assert!(has("sieve_primes (kernel.py:"), "3.{minor}: {folded}");
            assert!(has("<module> (workload.py:"), "3.{minor}: {folded}");
        }
    });
}

#[test]
fn variables_are_shown_with_each_frame() {
    let script = "\
def outer(number, text, items):
    ratio = 0.5
    nothing = None
    inner(-number, 2 ** 40)

def inner(small, large):
    print('ready', flush=True)
    input()

outer(7, 'né', [1, 2, 3])
";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("script.py");
    std::fs::write(&path, script).expect("it can be written");
    interpreters::each(minors(), |minor, python| {
        let mut child = Command::new(python)
            .arg(&path)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("the interpreter is there");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("text");
        let pid = child.id().to_string();
        let dumped = run(profiler().args(["dump", "--locals", "--pid", &pid]));
        let native = run(profiler().args(["dump", "--native", "--pid", &pid]));
        child.kill().expect("it waits");
        child.wait().expect("it is ours");
        let (Some(dumped), Some(native)) = (dumped, native) else {
            return;
        };
        let expected = "\
    inner (script.py:8)
        small = -7
        large = 1099511627776
    outer (script.py:4)
        number = 7
        text = \"né\"
        items = <list of 3>
        ratio = 0.5
        nothing = None
    <module> (script.py:10)
";
        assert!(dumped.contains(expected), "3.{minor}: {dumped}");
        let at = |name: &str| {
            native
                .find(name)
                .unwrap_or_else(|| panic!("{name} in 3.{minor}: {native}"))
        };
        assert!(at("read") < at("inner (script.py:8)"), "{native}");
        assert!(at("<module> (script.py:10)") < at("main"), "{native}");
    });
}

#[test]
fn top_lists_pythons_functions() {
    let scripts = Scripts::new();
    interpreters::each([11, 13], |minor, python| {
        let mut waiting = Waiting::start(scripts.command(python, "split", "20"));
        waiting.go();
        let pid = waiting.pid().to_string();
        let table = run(profiler().args(["top", "--duration", "2", "--pid", &pid]));
        if let Some(table) = table {
            let has = |line: &str| {
                line.split_whitespace()
                    .any(|word| bare(word) == "sieve_primes")
            };
            assert!(table.lines().any(has), "3.{minor}: {table}");
        }
    });
}

#[test]
fn a_version_that_is_not_known_is_refused_in_words() {
    let Some(home) = std::env::home_dir() else {
        return;
    };
    let Ok(versions) = std::fs::read_dir(home.join(".pyenv/versions")) else {
        eprintln!("skipped: there is no Python 3.7 here");
        return;
    };
    let python = versions
        .flatten()
        .map(|version| version.path().join("bin/python3.7"))
        .find(|path| path.exists());
    let Some(python) = python else {
        eprintln!("skipped: there is no Python 3.7 here");
        return;
    };
    let scripts = Scripts::new();
    let script = scripts.folder.path().join("wait.py");
    std::fs::write(&script, "print('ready', flush=True)\ninput()\n").expect("it can be written");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the interpreter is there");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("text");
    let pid = child.id().to_string();
    let output = profiler()
        .args(["dump", "--pid", &pid])
        .output()
        .expect("it can be started");
    child.kill().expect("it waits");
    child.wait().expect("it is ours");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if errors.contains("may not ") {
        eprintln!("skipped: {errors}");
        return;
    }
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("runs Python 3.7"), "{errors}");
    assert!(errors.contains("--no-python"), "{errors}");
}
