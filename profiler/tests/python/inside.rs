//! Sampling an interpreter from inside, by a library that it loads.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use profiler::Profile;
use profiler::accuracy::Truth;

use crate::interpreters::{self, minors};
use crate::workload::{Scripts, assert_true, bare};

/// The example `inside_python`, which is built with all tests, or else now.
fn library() -> PathBuf {
    let mut folder = env::current_exe().expect("the test's own path");
    folder.pop();
    folder.pop();
    let library = folder.join("examples/libinside_python.so");
    if !library.exists() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "-p", "profiler", "--example", "inside_python"])
            .args(if cfg!(debug_assertions) {
                None
            } else {
                Some("--release")
            })
            .status();
        assert!(built.is_ok_and(|status| status.success()));
    }
    library
}

/// Runs lines of Python between the start and the stop of the library.
fn sample(scripts: &Scripts, python: &Path, code: &str, args: &[&str]) -> (Profile, String) {
    let out = scripts.folder.path().join("inside.json");
    let program = format!(
        "import ctypes, sys\n\
         library = ctypes.CDLL({:?})\n\
         library.sum_of_roots.restype = ctypes.c_double\n\
         assert library.start(500) == 0\n\
         {code}\n\
         assert library.stop() == 0\n",
        library().to_str().expect("a plain path")
    );
    let output = Command::new(python)
        .args(["-c", &program])
        .args(args)
        .env("PROFILE", &out)
        .env("PYTHONPATH", scripts.folder.path())
        .output()
        .expect("the interpreter is there");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    let file = File::open(&out).expect("it was written");
    let profile = profiler::format::read(file, Some(&out)).expect("it is a profile");
    (profile, String::from_utf8(output.stdout).expect("text"))
}

fn workload(scripts: &Scripts, python: &Path, name: &str) -> (Profile, Truth) {
    let run = "import runpy\nrunpy.run_path(sys.argv[0], run_name='__main__')";
    let code = format!("sys.argv = sys.argv[1:]\n{run}");
    let script = scripts.script.to_str().expect("text");
    let (profile, text) = sample(scripts, python, &code, &[script, name, "--seconds", "1.5"]);
    (profile, Truth::find_in(&text).expect("its report"))
}

#[test]
fn shares_are_true_in_every_version() {
    let scripts = Scripts::new();
    interpreters::each(minors(), |minor, python| {
        for name in ["split", "threads", "generators", "asyncio", "exceptions"] {
            let (profile, truth) = workload(&scripts, python, name);
            assert_true(
                &profile,
                &truth,
                &format!("{name} in 3.{minor}, from inside"),
            );
        }
    });
}

#[test]
fn a_recursion_has_all_its_frames() {
    let scripts = Scripts::new();
    interpreters::each(minors(), |minor, python| {
        let (profile, truth) = workload(&scripts, python, "recursion");
        assert_true(
            &profile,
            &truth,
            &format!("recursion in 3.{minor}, from inside"),
        );
        let mut n_at_bottom = 0;
        for (stack, weight) in profile.stacks() {
            let names: Vec<&str> = stack.iter().map(|frame| bare(frame)).collect();
            if names.contains(&"hash_at_the_bottom") {
                let n = names.iter().filter(|name| **name == "descend").count();
                assert_eq!(n, 250, "3.{minor}: {names:?}");
                n_at_bottom += weight.as_samples();
            }
        }
        assert!(n_at_bottom > 100, "3.{minor}: {n_at_bottom}");
    });
}

#[test]
fn one_stack_reads_from_python_to_the_extensions_functions() {
    let scripts = Scripts::new();
    let code = "\
import time
def caller():
    end = time.process_time() + 0.5
    while time.process_time() < end:
        library.sum_of_roots(300_000)
def outer():
    caller()
outer()";
    interpreters::each(minors(), |minor, python| {
        let (profile, _) = sample(&scripts, python, code, &[]);
        let mut n = 0;
        for (stack, weight) in profile.stacks() {
            let at = |wanted: &str| stack.iter().position(|frame| bare(frame).contains(wanted));
            if let Some(leaf) = at("sum_of_roots") {
                assert!(at("caller") < Some(leaf), "3.{minor}: {stack:?}");
                assert!(at("outer") < at("caller"), "3.{minor}: {stack:?}");
                assert!(at("main") < at("outer"), "3.{minor}: {stack:?}");
                n += weight.as_samples();
            }
        }
        assert!(n > 50, "3.{minor}: {n} samples, {}", profile.quality());
    });
}

/// Code that comes and goes is named where it can be, and counted where it cannot.
#[test]
fn code_that_is_freed_at_once_is_counted() {
    let scripts = Scripts::new();
    let code = "\
import time
end = time.process_time() + 1
while time.process_time() < end:
    space = {}
    exec('def short_lived():\\n    return sum(i * i for i in range(3000))', space)
    space['short_lived']()";
    interpreters::each(minors(), |minor, python| {
        let (profile, _) = sample(&scripts, python, code, &[]);
        let quality = profile.quality();
        let taken = quality.taken.as_samples() as f64 / quality.cpu_time.as_secs_f64();
        assert!(taken > 300.0, "3.{minor}: {quality}");
        let named =
            profile.share_of(|function| matches!(bare(function), "short_lived" | "<unreadable>"));
        assert!(named.value > 0.5, "3.{minor}: {named}");
    });
}
