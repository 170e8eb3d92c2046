//! `backtest data`, and runs on what it imports.

use std::fs;

use insta::assert_snapshot;
use serde_json::json;

use crate::sandbox::{Sandbox, sandbox};

/// Six hours with a hole, a duplicate, a price of zero and CRLF; newest first.
const MESSY: &str = "\
https://www.CryptoDataDownload.com\r
unix,date,symbol,open,high,low,close,Volume BTC,Volume USD\r
1512104400.0,2017-12-01 05-AM,BTC/USD,120,131,120,130,12,1500\r
1512100800.0,2017-12-01 04-AM,BTC/USD,120,121,119,120,12,1440\r
1512097200.0,2017-12-01 03-AM,BTC/USD,120,121,0,120,12,1440\r
1512090000.0,2017-12-01 01-AM,BTC/USD,100,111,100,110,9,950\r
1512090000.0,2017-12-01 01-AM,BTC/USD,100,111,100,110,9,950\r
1512086400.0,2017-12-01 12-AM,BTC/USD,100,101,99,100,10,1000\r
";

/// Three hours that nothing is wrong with.
const CLEAN: &str = "\
1512086400,9900,9950,9890,9940.5,10.5,30
1512090000,9940.5,9960,9930,9955,9.25,21
1512093600,9955,9990,9951,9980,12,44
";

fn files() -> Sandbox {
    sandbox()
        .with("messy.csv", MESSY)
        .with("ETHUSD_60.csv", CLEAN)
}

#[test]
fn check_prints_everything_that_is_found() {
    let ran = files()
        .backtest("data check messy.csv ETHUSD_60.csv")
        .succeeds();
    assert_snapshot!(ran.stdout, @r"
    messy.csv: BTC/USD, CryptoDataDownload layout, 6 rows newest first, 2017-12-01 00:00 to 2017-12-01 05:00
      2 hours absent in 1 run, filled with the last close and no volume; the longest, 2 hours, after 2017-12-01 01:00 (line 4)
      1 equal duplicate dropped (line 7)
      1 row with a price not above zero, dropped (line 5)
      note: 8 lines ending in CR (lines 1, 2, 3, 4, 5, …)
      note: 1 line before the header (line 1)
      note: 5 rows, newest first (lines 3, 4, 6, 7, 8)
      note: 6 times not in plain seconds: seconds with a point (lines 3, 4, 5, 6, 7, …)
      note: 6 times with AM or PM (lines 3, 4, 5, 6, 7, …)
      repaired
    ETHUSD_60.csv: ETH/USD, Kraken layout, 3 rows oldest first, 2017-12-01 00:00 to 2017-12-01 02:00
      note: 1 file without a header (line 1)
      clean
    ");
}

#[test]
fn check_refuses_under_strict_and_says_where() {
    let ran = files()
        .backtest("data check --policy strict messy.csv ETHUSD_60.csv")
        .exits_with(2);
    assert_snapshot!(ran.stdout, @r"
    messy.csv: BTC/USD, CryptoDataDownload layout, 6 rows newest first, 2017-12-01 00:00 to 2017-12-01 05:00
      2 hours absent in 1 run, filled with the last close and no volume; the longest, 2 hours, after 2017-12-01 01:00 (line 4)
      1 equal duplicate dropped (line 7)
      1 row with a price not above zero, dropped (line 5)
      note: 8 lines ending in CR (lines 1, 2, 3, 4, 5, …)
      note: 1 line before the header (line 1)
      note: 5 rows, newest first (lines 3, 4, 6, 7, 8)
      note: 6 times not in plain seconds: seconds with a point (lines 3, 4, 5, 6, 7, …)
      note: 6 times with AM or PM (lines 3, 4, 5, 6, 7, …)
      refused: messy.csv:4: 2 hours are absent between the bars of 2017-12-01 01:00 and 2017-12-01 04:00
      hint: correct or delete this line, then run again
    ETHUSD_60.csv: ETH/USD, Kraken layout, 3 rows oldest first, 2017-12-01 00:00 to 2017-12-01 02:00
      note: 1 file without a header (line 1)
      clean
    ");
    assert_eq!(ran.stderr, "");
}

#[test]
fn check_says_of_each_file_why_it_cannot_be_read() {
    let sandbox = files().with("letter.csv", "Dear reader,\nthis is a letter.\n");
    let ran = sandbox
        .backtest("data check letter.csv missing.csv ETHUSD_60.csv")
        .exits_with(2);
    assert_snapshot!(ran.stdout, @r"
    letter.csv:
      refused: `letter.csv` has a layout that is not understood: its first line is `Dear reader,`
      hint: a table of prices has a time, open, high, low, close and a volume under their usual names; name other columns with --columns
    missing.csv:
      refused: cannot read `missing.csv`: No such file or directory (os error 2)
      hint: check the path for a typing mistake
    ETHUSD_60.csv: ETH/USD, Kraken layout, 3 rows oldest first, 2017-12-01 00:00 to 2017-12-01 02:00
      note: 1 file without a header (line 1)
      clean
    ");
}

#[test]
fn json_has_every_count_and_line() {
    let json = files().backtest("data check --json=- messy.csv").json();
    assert_eq!(json["schema"], "backdraft.data-check/1");
    let file = &json["files"][0];
    assert_eq!(file["verdict"], "repaired");
    assert_eq!(file["error"], json!(null));
    assert_eq!(file["absent_hours"], 2);
    let kinds = |list: &str| {
        let found = file[list].as_array().expect("a list").iter();
        found
            .map(|found| {
                (
                    found["kind"].clone(),
                    found["count"].clone(),
                    found["lines"].clone(),
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds("defects"),
        [
            (json!("absent-hours"), json!(2), json!([4])),
            (json!("equal-duplicates"), json!(1), json!([7])),
            (json!("non-positive-prices"), json!(1), json!([5])),
        ]
    );
    assert_eq!(
        kinds("notes"),
        [
            (json!("crlf"), json!(8), json!([1, 2, 3, 4, 5])),
            (json!("banner"), json!(1), json!([1])),
            (json!("descending"), json!(5), json!([3, 4, 6, 7, 8])),
            (json!("time-unit"), json!(6), json!([3, 4, 5, 6, 7])),
            (json!("am-pm"), json!(6), json!([3, 4, 5, 6, 7])),
        ]
    );
}

#[test]
fn an_import_is_used_until_its_source_changes() {
    let sandbox = files();
    let hours = "--start=2017-12-01 --end=2017-12-01T06 --strategy=buy-and-hold --data messy.csv";
    let read = sandbox.backtest(hours).succeeds();
    sandbox.backtest("data import messy.csv").succeeds();
    assert!(sandbox.path("messy.csv.bars").is_file());
    assert_eq!(sandbox.backtest(hours).succeeds(), read);

    // A damaged import is no import.
    let whole = fs::read(sandbox.path("messy.csv.bars")).expect("it is there");
    fs::write(sandbox.path("messy.csv.bars"), &whole[..whole.len() / 2]).expect("it can be");
    assert_eq!(sandbox.backtest(hours).succeeds(), read);

    let sandbox = sandbox.with(
        "messy.csv",
        MESSY.replace("120,131,120,130", "120,141,120,140"),
    );
    assert_ne!(sandbox.backtest(hours).succeeds(), read);
}

#[test]
fn imports_may_lie_in_a_folder() {
    let sandbox = files();
    let hours = "--start=2017-12-01 --end=2017-12-01T06 --strategy=buy-and-hold --data messy.csv";
    let read = sandbox.backtest(hours).succeeds();
    sandbox
        .backtest("data import messy.csv ETHUSD_60.csv --output imports")
        .succeeds();
    assert!(sandbox.path("imports/messy.csv.bars").is_file());
    assert!(sandbox.path("imports/ETHUSD_60.csv.bars").is_file());
    assert!(!sandbox.path("messy.csv.bars").exists());
    assert_eq!(
        sandbox
            .backtest(&format!("{hours} --cache imports"))
            .succeeds(),
        read
    );
    // A run with a cache of its own fills it.
    assert_eq!(
        sandbox.backtest(&format!("{hours} --cache new")).succeeds(),
        read
    );
    assert!(sandbox.path("new/messy.csv.bars").is_file());
    // An import is a price file too.
    let named = sandbox
        .backtest(&hours.replace("messy.csv", "imports/messy.csv.bars"))
        .succeeds();
    assert_eq!(named.row("final value"), read.row("final value"));
}

#[test]
fn policies_decide_what_a_run_trades_on() {
    let sandbox = files();
    let hours = "--start=2017-12-01 --end=2017-12-01T06 --strategy=idle --data messy.csv";
    assert_snapshot!(sandbox.refusal(&format!("{hours} --policy strict")), @r"
    error: messy.csv:4: 2 hours are absent between the bars of 2017-12-01 01:00 and 2017-12-01 04:00
    hint: correct or delete this line, then run again
    ");
    assert_snapshot!(sandbox.refusal(&format!("{hours} --policy mend")), @"error: `mend` is not a valid --policy: it has to be strict, repair or keep");
    assert_snapshot!(sandbox.refusal(&format!("{hours} --columns a,b")), @"error: `a,b` is not a valid --columns: name the columns of time,open,high,low,close,volume, or their numbers, each once");
    assert_snapshot!(sandbox.refusal(&format!("{hours} --time-format iso")), @"error: `iso` is not a valid --time-format: write unix, ms, us, ns or a format such as %d.%m.%Y %H:%M");
    assert_snapshot!(sandbox.refusal("data import messy.csv --policy strict"), @r"
    error: messy.csv:4: 2 hours are absent between the bars of 2017-12-01 01:00 and 2017-12-01 04:00
    hint: correct or delete this line, then run again
    ");
}

#[test]
fn imports_do_not_replace_one_another() {
    let sandbox = sandbox()
        .with_folder("a")
        .with_folder("b")
        .with("a/ETHUSD_60.csv", CLEAN)
        .with("b/ETHUSD_60.csv", CLEAN);
    let before = sandbox.files();
    let refused = "data import a/ETHUSD_60.csv b/ETHUSD_60.csv --output imports";
    assert_snapshot!(sandbox.refusal(refused), @"error: `b/ETHUSD_60.csv` would replace the import of `a/ETHUSD_60.csv`: both are called `imports/ETHUSD_60.csv.bars`; import them into folders of their own");
    assert_eq!(sandbox.files(), before);
    let ran = sandbox.backtest("data import a/ETHUSD_60.csv b/ETHUSD_60.csv");
    ran.succeeds();
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_once() {
    let sandbox = sandbox();
    let mut command = sandbox.command();
    command.args(["--strategy", "idle", "--data", "/dev/stdin"]);
    let ran = sandbox.seen(command.write_stdin(CLEAN)).succeeds();
    assert_snapshot!(ran.row("hours"), @"2017-12-01 00:00 .. 2017-12-01 03:00, 3 ticks");
}
