//! What the command says to input that it cannot use: what, where, and what to do.
//!
//! `refusal` asserts the rest: exit code 2, nothing on standard output, and no file made
//! or changed.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use insta::assert_snapshot;

use crate::sandbox::{refusal, sandbox, with_profiles};

#[test]
fn numbers_that_are_none() {
    assert_snapshot!(refusal("record --pid=x -o a.svg"), @"error: `x` is not a valid --pid: it has to be the number of a process, as `pgrep NAME` prints it");
    assert_snapshot!(refusal("record --pid -1 -o a.svg"), @"error: `-1` is not a valid --pid: it has to be the number of a process, as `pgrep NAME` prints it");
    assert_snapshot!(refusal("dump --pid 0"), @"error: `0` is not a valid --pid: it has to be the number of a process, as `pgrep NAME` prints it");
    assert_snapshot!(refusal("record --pid=1 --rate=0 -o a.svg"), @"error: `0` is not a valid --rate: it has to be a number from 0.1 to 5000, in samples per second");
    assert_snapshot!(refusal("record --pid=1 --rate=nan -o a.svg"), @"error: `nan` is not a valid --rate: it has to be a number from 0.1 to 5000, in samples per second");
    assert_snapshot!(refusal("record --pid=1 --rate=1e6 -o a.svg"), @"error: `1e6` is not a valid --rate: it has to be a number from 0.1 to 5000, in samples per second");
    assert_snapshot!(refusal("record --pid=1 --duration=soon -o a.svg"), @"error: `soon` is not a valid --duration: write seconds, or a number with ms, s, m or h, such as 10, 1.5, 500ms or 2m");
    assert_snapshot!(refusal("record --pid=1 --duration -1 -o a.svg"), @"error: `-1` is not a valid --duration: it has to be from 1ms to ten years");
    assert_snapshot!(refusal("record --pid=1 --seed=1.5 -o a.svg"), @"error: `1.5` is not a valid --seed: it has to be a whole number from 0 to 2^64 - 1");
    assert_snapshot!(refusal("record --pid=1 --max-overhead=1 -o a.svg"), @"error: `1` is not a valid --max-overhead: write a percentage from 0.01% to 100%, such as 1%");
    assert_snapshot!(refusal("record --pid=1 --max-memory=64MB -o a.svg"), @"error: `64MB` is not a valid --max-memory: write bytes, or a number with KiB, MiB or GiB, such as 64MiB");
    assert_snapshot!(refusal("record --pid=1 --max-memory=1KiB -o a.svg"), @"error: `1KiB` is not a valid --max-memory: it has to be from 1MiB to 1024GiB");
    assert_snapshot!(refusal("top --pid=1 --interval=10ms"), @"error: `10ms` is not a valid --interval: it has to be at least 100ms");
    assert_snapshot!(with_profiles().refusal("report before.folded --limit=-1"), @"error: `-1` is not a valid --limit: it has to be a whole number, 0 for all rows");
}

#[test]
fn outputs_are_looked_at_before_anything_is_recorded() {
    assert_snapshot!(refusal("record -o flame.png -- true"));
    assert_snapshot!(refusal("record -o - -- true"));
    assert_snapshot!(refusal("record -o a.svg --format gif -- true"));
    assert_snapshot!(refusal("record -o a.svg -o a.svg -- true"), @"error: `a.svg` is not a valid --output: it is named twice; name each output once");
    assert_snapshot!(refusal("record -o missing/a.svg -- true"), @r"
    error: cannot write `missing/a.svg`: No such file or directory (os error 2)
    hint: check the path for a typing mistake
    ");
    assert_snapshot!(refusal("record -o . --format svg -- true"), @r"
    error: cannot write `.`: is a directory
    hint: name a file in this folder
    ");
}

#[test]
fn targets_that_are_not_there() {
    assert_snapshot!(refusal("record --pid 2147483646 -o a.svg"), @r"
    error: there is no process 2147483646
    hint: `ps -e` lists the processes there are; `profiler record -- COMMAND` starts one
    ");
    assert_snapshot!(refusal("dump --pid 4294967295"), @r"
    error: there is no process 4294967295
    hint: `ps -e` lists the processes there are; `profiler record -- COMMAND` starts one
    ");
    assert_snapshot!(refusal("record -o a.svg -- no-such-program"), @r"
    error: there is no program `no-such-program`
    hint: check the name for a typing mistake; programs are looked for in $PATH
    ");
    assert_snapshot!(sandbox().with("run.sh", "").refusal("top -- run.sh"), @r"
    error: there is no program `run.sh`
    hint: a program in this folder is started as ./run.sh
    ");
    assert_snapshot!(sandbox().with("run.sh", "").refusal("record -o a.svg -- ./run.sh"), @r"
    error: `./run.sh` cannot be run
    hint: if it is a script, `chmod +x ./run.sh` lets it run
    ");
    assert_snapshot!(refusal("record -o a.svg -- ./"), @r"
    error: `./` cannot be run
    hint: name a program in this folder
    ");
}

#[test]
fn words_that_contradict_one_another() {
    assert_snapshot!(refusal("record -o a.svg"), @r"
    error: the following required arguments were not provided:
      <--pid <PID>|COMMAND>

    Usage: profiler record [OPTIONS] --pid <PID>
           profiler record [OPTIONS] -- <COMMAND>...

    For more information, try '--help'.
    ");
    assert!(refusal("record --pid 1 -- true").contains("cannot be used with"));
    assert!(refusal("record --pid 1 --function --line").contains("cannot be used with"));
    assert!(refusal("record --pid 1 --push-tag a=b").contains("--push <URL>"));
    assert!(refusal("report").contains("<FILE>"));
    assert!(refusal("recrod").contains("'record'"));
}

#[test]
fn files_that_are_no_profiles() {
    let sandbox = sandbox()
        .with("empty", "")
        .with("prose", "Once upon a time.\n")
        .with("zero.folded", "main 0\n")
        .with("cut.json", "{\"$schema\": \"https://www.speedscope.app/fi")
        .with("bytes", b"\x7fELF\x02\x01\x01\0\0\0");
    for name in [
        "missing",
        "empty",
        "prose",
        "zero.folded",
        "cut.json",
        "bytes",
        ".",
    ] {
        let said = sandbox.refusal(&format!("report {name}"));
        assert!(said.starts_with("error: cannot "), "{said}");
        assert!(said.contains(&format!("`{name}`")), "{said}");
        assert!(said.contains("\nhint: "), "{said}");
        assert_eq!(sandbox.refusal(&format!("diff {name} zero.folded")), said);
        assert_eq!(sandbox.refusal(&format!("convert {name} a.svg")), said);
    }
    assert_snapshot!(sandbox.refusal("report prose"));
    assert_snapshot!(sandbox.refusal("report zero.folded"), @r"
    error: cannot use `zero.folded`: the profile has no samples; run longer or at a higher rate
    hint: record longer, or with a higher --rate
    ");
}

#[test]
fn words_that_are_not_utf_8() {
    let odd = OsStr::from_bytes(b"\xff");
    let said = sandbox().refusal_of([OsStr::new("report"), odd]);
    assert!(said.starts_with("error: cannot read `\u{fffd}`"), "{said}");
    let said = sandbox().refusal_of([
        OsStr::new("record"),
        OsStr::new("-oa.svg"),
        OsStr::new("--"),
        odd,
    ]);
    assert!(said.contains("there is no program"), "{said}");
}
