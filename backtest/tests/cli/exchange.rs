//! The case study's data path: two toggles that change what a run costs and nothing else.

use std::fs;

use assert_cmd::Command;

use crate::sandbox::{DECEMBER, Sandbox, backtest, sandbox};

const VARIANTS: [&str; 4] = [
    "--logging=eager --folder-check=every-call",
    "--logging=lazy --folder-check=every-call",
    "--logging=eager --folder-check=once",
    "--logging=lazy --folder-check=once",
];

#[test]
fn all_variants_print_the_same_bytes_as_a_run_from_memory() {
    let sandbox = sandbox();
    for strategy in ["mean-reversion", "sma-cross"] {
        for json in ["", "--json=-"] {
            let line = format!("{DECEMBER} --pairs=2 --strategy={strategy} {json}");
            let from_memory = backtest(&line).exits_with(0);
            for variant in VARIANTS {
                let ran = sandbox.backtest(&format!("{line} {variant}"));
                assert_eq!(ran, from_memory, "{variant}");
            }
        }
    }
}

#[test]
fn a_run_from_memory_leaves_the_disk_alone() {
    let sandbox = sandbox();
    let before = sandbox.files();
    sandbox
        .backtest(&format!("{DECEMBER} --pairs=1"))
        .succeeds();
    assert_eq!(sandbox.files(), before);
}

#[test]
fn each_exchange_has_a_folder_of_its_own_under_the_data_root() {
    let sandbox = sandbox();
    let line = format!("{DECEMBER} --pairs=1 --exchange=gate-io_2");
    sandbox.backtest(&line).succeeds();
    let bundle = sandbox
        .data_root()
        .join("data/exchanges/gate-io_2/hourly_bundle/btc_usdt.bars");
    assert!(bundle.is_file());
    assert!(!sandbox.bundle("btc_usdt").exists());
}

#[test]
fn without_a_data_root_it_is_a_hidden_folder_at_home() {
    let sandbox = sandbox();
    let mut command = sandbox.command();
    let line = format!("{DECEMBER} --pairs=1 --logging=lazy");
    command
        .args(line.split_whitespace())
        .env_remove("BACKDRAFT_ROOT");
    sandbox.seen(&mut command).succeeds();
    let home = sandbox.data_root().with_file_name("home");
    assert!(home.join(".backdraft/data/exchanges/poloniex").is_dir());
}

#[test]
fn every_call_asks_the_system_three_times_and_once_never_again() {
    let sandbox = sandbox();
    if !strace_works() {
        println!("skipped: strace is missing or may not trace here");
        return;
    }
    // Ten days; three pairs are bought at the second hour's open and held since.
    let line = "--start=2017-12-01 --end=2017-12-11 --pairs=3 --strategy=buy-and-hold";
    let n_lookups = (10 * 24 - 1) * 3;
    let calls = |folder_check| {
        let line = format!("{line} --folder-check={folder_check}");
        sandbox.backtest(&line).succeeds();
        // The bundle is there now: what is traced is finding it, not making it.
        traced(&sandbox, &line)
    };
    let three = ["stat exchanges", "mkdir poloniex: EEXIST", "stat poloniex"];
    // One more look-up prepares the bundle.
    assert_eq!(calls("every-call"), three.repeat(n_lookups + 1));
    assert_eq!(calls("once"), three);
}

fn strace_works() -> bool {
    let strace = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    strace.is_ok_and(|output| output.status.success())
}

/// The calls that look for the exchange's folder, in order.
fn traced(sandbox: &Sandbox, line: &str) -> Vec<String> {
    let mut command = sandbox.settle(Command::new("strace"));
    command
        .args(["-f", "-o", "trace"])
        // With question marks, since not every processor has each of these calls.
        .args(["-e", "trace=?mkdir,?mkdirat,?stat,?newfstatat,?statx"])
        .arg(env!("CARGO_BIN_EXE_backtest"))
        .args(line.split_whitespace());
    sandbox.seen(&mut command).exits_with(0);
    let trace = fs::read_to_string(sandbox.path("trace")).expect("strace wrote it");
    trace.lines().filter_map(call).collect()
}

/// A line of the trace as `stat exchanges`, when it is about the exchange's folder.
fn call(line: &str) -> Option<String> {
    let (call, rest) = line.split_once('(')?;
    let (_, path) = rest.split_once('"')?;
    let (path, result) = path.split_once('"')?;
    let folder = path.rsplit('/').next()?;
    if !path.ends_with("/data/exchanges") && !path.ends_with("/data/exchanges/poloniex") {
        return None;
    }
    let kind = if call.contains("mkdir") {
        "mkdir"
    } else {
        "stat"
    };
    let error = ["EEXIST", "ENOENT"]
        .into_iter()
        .find(|error| result.contains(error));
    Some(match error {
        Some(error) => format!("{kind} {folder}: {error}"),
        None => format!("{kind} {folder}"),
    })
}
