//! One run of one strategy on the embedded market.

use std::io::Read;
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::sandbox::{DECEMBER, DECEMBER_TICKS, Ran, backtest, sandbox};

const STRATEGIES: [&str; 5] = [
    "idle",
    "buy-and-hold",
    "sma-cross",
    "sma-weights",
    "mean-reversion",
];

#[test]
fn the_talks_command_line_simulates_its_two_years() {
    let ran = backtest("--start=2016-01 --end=2018-01 --strategy buy-and-hold").succeeds();
    assert_eq!(
        ran.row("hours"),
        "2016-01-01 00:00 .. 2018-01-01 00:00, 17,544 ticks"
    );
    assert_snapshot!(ran.stdout, @"
    strategy        buy-and-hold
    pairs           BTC/USDT, ETH/USDT, LTC/USDT, XRP/USDT, XMR/USDT, DASH/USDT, DOGE/USDT, XLM/USDT, XEM/USDT, BTS/USDT
    hours           2016-01-01 00:00 .. 2018-01-01 00:00, 17,544 ticks
    data source     embedded synthetic market, seed 2018
    fill convention market orders, sized at the deciding close, filled at the next open
    capital         100,000.00 USDT
    final value     30,714,680.97 USDT
    return          30,614.68 %
    return a year   1,649.13 %, 95 % interval 431.45 % to 6,081.84 %
    max drawdown    42.67 %, 2017-08-31 12:00 to 2017-10-22 01:00
    Sharpe ratio    4.20 a year, 95 % interval 2.75 to 5.87
    trades          0, 10 still open
    fills           10 of 10 orders
    commission      99.04 USDT

    Your strategy made 307.1x
    ");
}

#[test]
fn the_talks_years_ten_pairs_and_mean_reversion_need_not_be_typed() {
    let idle = backtest("--strategy=idle").succeeds();
    assert_eq!(
        idle,
        backtest("--start=2016-01 --end=2018-01 --pairs=10 --strategy=idle")
    );
    let ran = backtest(DECEMBER).succeeds();
    assert_eq!(ran.row("strategy"), "mean-reversion");
    assert_eq!(ran.row("pairs").split(", ").count(), 10);
}

#[test]
fn every_strategy_ends_with_a_sentence() {
    for strategy in STRATEGIES {
        let ran = backtest(&format!("{DECEMBER} --pairs=2 --strategy={strategy}")).succeeds();
        assert_eq!(ran.row("strategy"), strategy);
        let sentence = ran.last_line();
        assert!(
            sentence.starts_with("Your strategy ") || sentence.starts_with("You lost "),
            "{sentence}"
        );
    }
}

#[test]
fn the_start_is_simulated_and_the_end_is_not() {
    let one = json_of("--start=2017-12-31T05 --end=2017-12-31T06 --pairs=1");
    assert_eq!(one["ticks"], 1);
    assert_eq!(one["start"], "2017-12-31 05:00");
    assert_eq!(one["end"], "2017-12-31 06:00");
    assert_eq!(
        json_of(&format!("{DECEMBER} --pairs=1"))["ticks"],
        DECEMBER_TICKS
    );
    assert_eq!(
        json_of("--start=2017-12-30 --end=2018-01 --pairs=1")["ticks"],
        48
    );
    assert_eq!(
        backtest("--start=2017-12-31 --end=2017-12-31T06:00Z --pairs=1"),
        backtest("--start=2017-12-31T00 --end=2017-12-31T06 --pairs=1")
    );
}

#[test]
fn an_idle_strategy_keeps_its_cash_to_the_last_digit() {
    let idle = json_of("--strategy=idle --capital=12345.6789012345");
    assert_eq!(idle["ticks"], 17_544);
    assert_eq!(idle["final_value_exact"], "12345.6789012345");
    assert_eq!(idle["final_value"], idle["capital"]);
    assert_eq!(idle["fills"], 0);
    assert_eq!(idle["sharpe"], Value::Null);
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_differs() {
    for json in ["", "--json=-"] {
        let run = |seed| backtest(&format!("{DECEMBER} --pairs=2 --seed={seed} {json}"));
        assert_eq!(run(7), run(7));
        let table = |ran: &Ran| ran.stdout.replace("seed 7", "").replace("seed 8", "");
        assert_ne!(table(&run(7)), table(&run(8)));
    }
}

#[test]
fn pairs_are_counted_or_named_in_any_spelling_and_order() {
    let pairs = |pairs| json_of(&format!("{DECEMBER} --pairs={pairs}"))["pairs"].take();
    assert_eq!(pairs("3"), json!(["BTC/USDT", "ETH/USDT", "LTC/USDT"]));
    assert_eq!(pairs("btc_usdt,ETH/USDT"), json!(["BTC/USDT", "ETH/USDT"]));
    assert_eq!(pairs("ETH-USDT,xbtusdt"), json!(["ETH/USDT", "BTC/USDT"]));
    let spaced = sandbox().with_args(["--end=2016-02", "--pairs", "ltc_usdt, btc_usdt"]);
    assert_eq!(spaced.succeeds().row("pairs"), "LTC/USDT, BTC/USDT");
}

#[test]
fn commission_is_charged_in_per_cent_and_capital_is_what_it_begins_with() {
    let run = |options| {
        json_of(&format!(
            "{DECEMBER} --pairs=1 --strategy=buy-and-hold {options}"
        ))
    };
    let free = run("--commission=0 --capital=5000");
    assert_eq!(free["capital"], 5000.0);
    assert_eq!(free["commission"], 0.0);
    let dear = run("--commission=2.5 --capital=5000");
    assert_eq!(dear["fills"], 1);
    // All of the capital is spent: value and 2.5 % of it together are 5,000.
    let paid = dear["commission"].as_f64().expect("a number");
    assert!((paid - 5000.0 * 0.025 / 1.025).abs() < 0.5, "{paid}");
    assert!(dear["final_value"].as_f64() < free["final_value"].as_f64());
}

#[test]
fn json_goes_to_standard_output_alone_and_the_text_out_of_its_way() {
    let line = format!("{DECEMBER} --pairs=2");
    let text = backtest(&line).succeeds();
    let both = backtest(&format!("{line} --json=-")).exits_with(0);
    assert_eq!(both.stderr, text.stdout);
    assert_eq!(both.json()["schema"], "backdraft.run/1");
    assert!(both.stdout.ends_with("}\n"));
}

#[test]
fn json_goes_to_a_file_that_is_replaced_whole() {
    let sandbox = sandbox().with("out.json", "a previous result");
    let line = format!("{DECEMBER} --pairs=2");
    let ran = sandbox
        .backtest(&format!("{line} --json out.json"))
        .succeeds();
    assert_eq!(ran, backtest(&line));
    assert_eq!(
        sandbox.text("out.json"),
        backtest(&format!("{line} --json -")).stdout
    );
    assert_eq!(sandbox.files().len(), 3, "two folders and the result");
}

#[test]
fn json_says_what_the_table_says_and_more() {
    let mut run = json_of(&format!("{DECEMBER} --pairs=2 --strategy=idle --seed=3"));
    let keys: Vec<_> = run
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    assert_snapshot!(keys.join(" "), @"schema strategy pairs start end ticks source synthetic seed fill size intra_bar capital final_value final_value_exact total_return max_drawdown sharpe sortino volatility exposure benchmark_return alpha beta commission orders fills cut rejected superseded withdrawn unfilled borrowing_cost liquidations rejections metrics intervals filled_hours files");
    for (key, expected) in [
        ("schema", json!("backdraft.run/1")),
        ("strategy", json!("idle")),
        ("ticks", json!(DECEMBER_TICKS)),
        ("source", json!("embedded synthetic market, seed 3")),
        ("synthetic", json!(true)),
        ("seed", json!(3)),
        ("fill", json!("next-open")),
        ("size", json!("on-decision")),
        ("final_value", json!(100_000.0)),
        ("total_return", json!(0.0)),
        ("filled_hours", json!({ "BTC/USDT": 0, "ETH/USDT": 0 })),
        ("files", json!([])),
    ] {
        assert_eq!(run[key].take(), expected, "{key}");
    }
}

#[test]
fn it_is_quiet_and_colourless_in_a_pipe() {
    // `succeeds` asserts an empty standard error: no progress is drawn there.
    let ran = backtest(&format!("{DECEMBER} --pairs=1 --logging=eager")).succeeds();
    assert!(!ran.stdout.contains('\x1b'));
    let error = backtest("--pairs=0").exits_with(2).stderr;
    assert!(error.starts_with("error: "), "{error:?}");
}

#[test]
fn no_color_is_honoured_where_colour_is_asked_for() {
    let sandbox = sandbox();
    let error = |no_color: &str| {
        let mut command = sandbox.command();
        command
            .arg("--pairs=0")
            .env("CLICOLOR_FORCE", "1")
            .env("NO_COLOR", no_color);
        sandbox.seen(&mut command).stderr
    };
    assert!(error("").contains('\x1b'), "colour can be asked for");
    assert!(!error("1").contains('\x1b'));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for line in [
        "--end=2016-02 --pairs=1",
        "--end=2016-02 --pairs=1 --json=-",
    ] {
        let mut child = spawn(line, Stdio::piped(), Stdio::piped());
        drop(child.stdout.take());
        let mut stderr = String::new();
        let mut pipe = child.stderr.take().expect("it is piped");
        pipe.read_to_string(&mut stderr).expect("text");
        assert_eq!(
            child.wait().expect("it ends").code(),
            Some(0),
            "{line}: {stderr}"
        );
        assert!(!stderr.contains("error"), "{stderr}");
    }
}

#[test]
fn json_arrives_when_nobody_reads_the_text() {
    let mut child = spawn(
        "--end=2016-02 --pairs=1 --json=-",
        Stdio::piped(),
        Stdio::piped(),
    );
    drop(child.stderr.take());
    let mut stdout = String::new();
    let mut pipe = child.stdout.take().expect("it is piped");
    pipe.read_to_string(&mut stdout).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    let json: Value = serde_json::from_str(&stdout).expect("whole JSON");
    assert_eq!(json["ticks"], DECEMBER_TICKS);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_standard_output_is_an_error() {
    let child = spawn("--end=2016-02 --pairs=1", full(), Stdio::piped());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"error: cannot write to standard output: No space left on device (os error 28)");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_standard_error_changes_no_exit_code() {
    for (line, code) in [
        ("--end=2016-02 --pairs=1 --json=-", 0),
        ("--pairs=0", 2),
        ("--odd", 2),
    ] {
        let child = spawn(line, Stdio::piped(), full());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(code), "{line}");
        assert_eq!(output.stdout.is_empty(), code != 0, "{line}");
    }
}

/// A file that takes nothing.
#[cfg(target_os = "linux")]
fn full() -> std::fs::File {
    std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it")
}

#[test]
fn a_profile_is_a_flame_graph_of_the_engine_with_intervals() {
    let sandbox = sandbox();
    let line = "--start=2017-10 --pairs=2";
    let ran = sandbox
        .backtest(&format!("{line} --profile=flame.svg"))
        .succeeds();
    assert_eq!(
        ran,
        backtest(line),
        "the result is that of an unobserved run"
    );
    let svg = sandbox.text("flame.svg");
    assert!(svg.starts_with("<?xml"));
    let titles: Vec<_> = svg.split("<title>").skip(1).collect();
    for function in [
        "backtest::engine::run (",
        "backtest::strategy::mean_reversion::",
    ] {
        let title = titles
            .iter()
            .find_map(|title| title.split_once("</title>")?.0.strip_prefix(function));
        let title = title.unwrap_or_else(|| panic!("{function} is in the graph"));
        assert!(
            title.contains(" samples, ") && title.contains("% ±"),
            "{title}"
        );
    }
    assert_eq!(sandbox.files().len(), 3, "two folders and the graph");
}

/// The JSON of a run.
#[track_caller]
fn json_of(line: &str) -> Value {
    backtest(&format!("{line} --json=-")).exits_with(0).json()
}

fn spawn(line: &str, stdout: impl Into<Stdio>, stderr: impl Into<Stdio>) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_backtest"))
        .args(line.split_whitespace())
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
        .expect("it can be started")
}
