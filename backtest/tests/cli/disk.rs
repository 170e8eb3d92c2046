//! Bundles on a disk that is full, read-only, damaged, or cut off in the middle of a write.

use std::fs;
use std::process::{Command as Process, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use insta::assert_snapshot;

use crate::sandbox::{DECEMBER, Ran, Sandbox, backtest, sandbox};

/// A run that needs a bundle of about 950 KB.
fn line() -> String {
    format!("{DECEMBER} --pairs=1 --strategy=buy-and-hold --folder-check=once")
}

/// What that run prints when all is well.
fn well() -> Ran {
    backtest(&line()).succeeds()
}

#[test]
fn a_damaged_bundle_is_replaced() {
    let sandbox = sandbox();
    let well = sandbox.backtest(&line()).succeeds();
    let path = sandbox.bundle("btc_usdt");
    let whole = fs::read(&path).expect("the run left it");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let mut longer = whole.clone();
    longer.push(0);
    let damaged: [&[u8]; 5] = [
        b"",
        &whole[..whole.len() / 2],
        &flipped,
        &longer,
        b"BDBARS01",
    ];
    for bytes in damaged {
        fs::write(&path, bytes).expect("it can be written");
        assert_eq!(sandbox.backtest(&line()), well);
        assert_eq!(fs::read(&path).expect("it is there"), whole);
    }
}

#[test]
fn the_bundle_of_another_seed_is_replaced() {
    let sandbox = sandbox();
    let other = format!("{} --seed=1", line());
    assert_eq!(sandbox.backtest(&other), backtest(&other));
    assert_eq!(sandbox.backtest(&line()), well());
}

#[test]
fn what_a_broken_off_write_left_is_not_taken_for_a_bundle() {
    let sandbox = sandbox();
    let folder = sandbox.bundle("btc_usdt").with_file_name("");
    fs::create_dir_all(&folder).expect("it can be made");
    fs::write(folder.join(".backdraft-a1b2c3"), "BDBARS01").expect("it can be written");
    assert_eq!(sandbox.backtest(&line()), well());
}

#[test]
fn runs_that_share_a_data_root_do_not_disturb_one_another() {
    let sandbox = &sandbox();
    let well = &well();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || assert_eq!(sandbox.backtest(&line()), *well));
        }
    });
}

#[test]
fn a_run_that_is_killed_leaves_no_output_behind() {
    let sandbox = sandbox();
    let mut child = Process::new(env!("CARGO_BIN_EXE_backtest"))
        .args("--pairs=3 --logging=eager --json=out.json --profile=flame.svg".split(' '))
        .current_dir(sandbox.path(""))
        .env("BACKDRAFT_ROOT", sandbox.data_root())
        .stdout(Stdio::null())
        .spawn()
        .expect("it can be started");
    let began = Instant::now();
    while !sandbox.bundle("ltc_usdt").exists() {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "no bundle in a minute"
        );
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it simulates still");
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), None, "it was killed in the middle");
    let left = fs::read_dir(sandbox.path("")).expect("a folder").count();
    assert_eq!(
        left, 0,
        "neither a half-written result nor a temporary file"
    );
}

#[test]
fn a_file_or_a_folder_in_the_way_is_told() {
    let said = |in_the_way: &dyn Fn(&Sandbox)| {
        let sandbox = sandbox();
        in_the_way(&sandbox);
        sandbox.refusal(&line())
    };
    assert_snapshot!(said(&|s| fs::write(s.data_root(), "").expect("it can be written")), @r"
    error: cannot create the data folder `[sandbox]/root/data/exchanges/poloniex`: Not a directory (os error 20)
    hint: a part of this path is a file where a folder is needed; set BACKDRAFT_ROOT to another folder
    ");
    assert_snapshot!(said(&|s| {
        fs::create_dir_all(s.data_root().join("data/exchanges")).expect("it can be made");
        fs::write(s.data_root().join("data/exchanges/poloniex"), "").expect("it can be written");
    }), @r"
    error: cannot create the data folder `[sandbox]/root/data/exchanges/poloniex`: not a directory
    hint: a part of this path is a file where a folder is needed; set BACKDRAFT_ROOT to another folder
    ");
    assert_snapshot!(said(&|s| {
        fs::create_dir_all(s.data_root().join("data/exchanges/poloniex")).expect("it can be made");
        let bundle = s.data_root().join("data/exchanges/poloniex/hourly_bundle");
        fs::write(bundle, "").expect("it can be written");
    }), @r"
    error: cannot write the bundle `[sandbox]/root/data/exchanges/poloniex/hourly_bundle/btc_usdt.bars`: not a directory
    hint: a part of this path is a file where a folder is needed; set BACKDRAFT_ROOT to another folder
    ");
    assert_snapshot!(said(&|s| {
        fs::create_dir_all(s.bundle("btc_usdt").join("x")).expect("it can be made");
    }), @r"
    error: cannot write the bundle `[sandbox]/root/data/exchanges/poloniex/hourly_bundle/btc_usdt.bars`: Is a directory (os error 21)
    hint: remove the folder that has this name, or set BACKDRAFT_ROOT to another folder
    ");
}

#[test]
fn a_full_disk_is_told_and_the_next_run_with_space_is_right() {
    let sandbox = sandbox();
    let script = "
        mount -t tmpfs -o size=200k none $ROOT
        run full
        find $ROOT -type f > left
        mount -o remount,size=100m $ROOT
        run spacious
        find $ROOT -type f > kept";
    if !in_a_namespace(&sandbox, script) {
        return;
    }
    let full = ran(&sandbox, "full").exits_with(2);
    assert_eq!(full.stdout, "");
    assert_snapshot!(full.stderr, @r"
    error: cannot write the bundle `[sandbox]/root/data/exchanges/poloniex/hourly_bundle/btc_usdt.bars`: No space left on device (os error 28)
    hint: free some disk space and run again, or set BACKDRAFT_ROOT to another folder
    ");
    assert_eq!(sandbox.text("left"), "", "nothing half-written");
    assert_eq!(ran(&sandbox, "spacious"), well());
    assert!(
        sandbox
            .text("kept")
            .ends_with("/hourly_bundle/btc_usdt.bars\n")
    );
    assert_eq!(sandbox.text("kept").lines().count(), 1);
}

#[test]
fn a_read_only_data_root_is_told_unless_all_is_there() {
    let sandbox = sandbox();
    let script = "
        mount -t tmpfs -o size=100m none $ROOT
        mount -o remount,ro $ROOT
        run empty
        mount -o remount,rw $ROOT
        run writable
        mount -o remount,ro $ROOT
        run complete
        rm -f other; LINE=\"$LINE --seed=1\"
        run other";
    if !in_a_namespace(&sandbox, script) {
        return;
    }
    let empty = ran(&sandbox, "empty").exits_with(2);
    assert_eq!(empty.stdout, "");
    assert_snapshot!(empty.stderr, @r"
    error: cannot create the data folder `[sandbox]/root/data/exchanges/poloniex`: Read-only file system (os error 30)
    hint: change the permissions, or set BACKDRAFT_ROOT to another folder
    ");
    assert_eq!(ran(&sandbox, "writable"), well());
    assert_eq!(ran(&sandbox, "complete"), well());
    let other = ran(&sandbox, "other").exits_with(2);
    assert_eq!(other.stdout, "");
    assert_snapshot!(other.stderr, @r"
    error: cannot write the bundle `[sandbox]/root/data/exchanges/poloniex/hourly_bundle/btc_usdt.bars`: Read-only file system (os error 30)
    hint: change the permissions, or set BACKDRAFT_ROOT to another folder
    ");
}

/// Runs a script that may mount at `$ROOT`, the data root, and may `run NAME` the
/// command; or says that this cannot be done here.
fn in_a_namespace(sandbox: &Sandbox, script: &str) -> bool {
    fs::create_dir_all(sandbox.data_root()).expect("it can be made");
    let shell = |script: &str| {
        let mut command = sandbox.settle(Command::new("unshare"));
        command
            .args(["--map-root-user", "--mount", "sh", "-e", "-c", script])
            .env("ROOT", sandbox.data_root())
            .env("PROGRAM", env!("CARGO_BIN_EXE_backtest"))
            .env("LINE", line());
        command.output()
    };
    let may_mount = shell("mount -t tmpfs -o size=100k none $ROOT");
    if !may_mount.is_ok_and(|output| output.status.success()) {
        println!("skipped: a file system cannot be mounted in a namespace here");
        return false;
    }
    let run =
        "run() { code=0; $PROGRAM $LINE > $1.out 2> $1.err || code=$?; echo $code > $1.code; }";
    let output = shell(&format!("{run}\n{script}")).expect("it started before");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    true
}

/// What was seen of the run of that name.
fn ran(sandbox: &Sandbox, name: &str) -> Ran {
    let here = sandbox.path("").parent().expect("the sandbox").to_owned();
    let here = here.to_str().expect("a plain path").to_owned();
    Ran {
        code: sandbox.text(&format!("{name}.code")).trim().parse().ok(),
        stdout: sandbox.text(&format!("{name}.out")),
        stderr: sandbox
            .text(&format!("{name}.err"))
            .replace(&here, "[sandbox]"),
    }
}
