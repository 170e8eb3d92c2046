//! What the command says to input that it cannot use: what, where, and what to do.
//!
//! `refusal` asserts the rest: exit code 2, nothing on standard output, and no
//! file or folder made or changed.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use insta::assert_snapshot;

use crate::sandbox::{Sandbox, refusal, sandbox};

#[test]
fn times_that_are_none() {
    assert_snapshot!(refusal("--start=2017"), @"error: `2017` is not a valid --start: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
    assert_snapshot!(refusal("--start=2017-13"), @"error: `2017-13` is not a valid --start: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
    assert_snapshot!(refusal("--start=2017-02-29"), @"error: `2017-02-29` is not a valid --start: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
    assert_snapshot!(refusal("--start=2017-1"), @"error: `2017-1` is not a valid --start: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
    assert_snapshot!(refusal("--start="), @"error: `` is not a valid --start: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
    assert_snapshot!(refusal("--start=2017/12/01"), @"error: `2017/12/01` is not a valid --start: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
    assert_snapshot!(refusal("--end=yesterday"), @"error: `yesterday` is not a valid --end: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
    assert_snapshot!(refusal("--end=2017-12-01T24"), @"error: `2017-12-01T24` is not a valid --end: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
    assert_snapshot!(refusal("--end=999999-01"), @"error: `999999-01` is not a valid --end: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
}

#[test]
fn times_between_two_hours() {
    assert_snapshot!(refusal("--start=2017-12-01T06:30"), @"error: `2017-12-01T06:30` is not a valid --start: write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06");
}

#[test]
fn ranges_that_are_empty_or_reversed() {
    assert_snapshot!(refusal("--start=2017-12 --end=2017-12"), @"error: `2017-12-01 00:00` is not a valid --end: it has to be later than --start, which is 2017-12-01 00:00");
    assert_snapshot!(refusal("--start=2017-12 --end=2017-11"), @"error: `2017-11-01 00:00` is not a valid --end: it has to be later than --start, which is 2017-12-01 00:00");
    assert_snapshot!(refusal("case-study --start=2019-01"), @"error: `2018-01-01 00:00` is not a valid --end: it has to be later than --start, which is 2019-01-01 00:00");
}

#[test]
fn ranges_outside_the_data() {
    assert_snapshot!(refusal("--start=2010-01"), @r"
    error: 2010-01-01 00:00 .. 2018-01-01 00:00 is outside the data of BTC/USDT, which has 2015-12-01 00:00 .. 2018-03-01 00:00
    hint: choose --start and --end between 2015-12-01 00:00 and 2018-03-01 00:00
    ");
    assert_snapshot!(refusal("--end=2018-03-01T01"), @r"
    error: 2016-01-01 00:00 .. 2018-03-01 01:00 is outside the data of BTC/USDT, which has 2015-12-01 00:00 .. 2018-03-01 00:00
    hint: choose --start and --end between 2015-12-01 00:00 and 2018-03-01 00:00
    ");
    assert_snapshot!(refusal("--start=0001-01 --end=9999-01"), @r"
    error: 0001-01-01 00:00 .. 9999-01-01 00:00 is outside the data of BTC/USDT, which has 2015-12-01 00:00 .. 2018-03-01 00:00
    hint: choose --start and --end between 2015-12-01 00:00 and 2018-03-01 00:00
    ");
    assert_snapshot!(refusal("case-study --end=2019-01"), @r"
    error: 2016-01-01 00:00 .. 2019-01-01 00:00 is outside the data of BTC/USDT, which has 2015-12-01 00:00 .. 2018-03-01 00:00
    hint: choose --start and --end between 2015-12-01 00:00 and 2018-03-01 00:00
    ");
}

#[test]
fn strategies_that_are_unknown() {
    assert_snapshot!(refusal("--strategy=momentum"), @"error: `momentum` is not a valid --strategy: choose one of idle, buy-and-hold, sma-cross, sma-weights, mean-reversion");
    assert_snapshot!(refusal("--strategy="), @"error: `` is not a valid --strategy: choose one of idle, buy-and-hold, sma-cross, sma-weights, mean-reversion");
}

#[test]
fn pairs_that_are_unknown_or_too_many() {
    assert_snapshot!(refusal("--pairs=abc_usdt"), @r"
    error: unknown pair ABC/USDT
    hint: the data has BTC/USDT, ETH/USDT, LTC/USDT, XRP/USDT, XMR/USDT, DASH/USDT, DOGE/USDT, XLM/USDT, XEM/USDT, BTS/USDT, MAID/USDT, FCT/USDT, SC/USDT, NXT/USDT, VTC/USDT, PPC/USDT, NMC/USDT, DGB/USDT, BCN/USDT, CLAM/USDT
    ");
    assert_snapshot!(refusal("--pairs=btc_usdt,btc"), @r"
    error: `btc` is not the name of a pair
    hint: write it as BTC/USDT or btc_usdt
    ");
    assert_snapshot!(refusal("--pairs=btc_usdt,XBT/USDT"), @r"
    error: the pair BTC/USDT stands twice
    hint: name each pair, and each pair's file, once
    ");
    assert_snapshot!(refusal("--pairs=0"), @"error: `0` is not a valid --pairs: the embedded market has 1 to 20 pairs");
    assert_snapshot!(refusal("--pairs=21"), @"error: `21` is not a valid --pairs: the embedded market has 1 to 20 pairs");
    assert_snapshot!(refusal("--pairs -1"), @"error: `-1` is not a valid --pairs: name pairs, such as btc_usdt,eth_usdt, or say how many");
    assert_snapshot!(refusal("--pairs=2.5"), @"error: `2.5` is not a valid --pairs: name pairs, such as btc_usdt,eth_usdt, or say how many");
    assert_snapshot!(refusal("--pairs="), @"error: `` is not a valid --pairs: name pairs, such as btc_usdt,eth_usdt, or say how many");
    assert_snapshot!(refusal("--pairs=,"), @"error: `,` is not a valid --pairs: name pairs, such as btc_usdt,eth_usdt, or say how many");
    assert_snapshot!(refusal("--pairs=btc_usdt,"), @"error: `btc_usdt,` is not a valid --pairs: name pairs, such as btc_usdt,eth_usdt, or say how many");
    assert_snapshot!(refusal("--pairs=99999999999999999999"), @"error: `99999999999999999999` is not a valid --pairs: name pairs, such as btc_usdt,eth_usdt, or say how many");
}

#[test]
fn names_that_would_leave_the_data_root() {
    assert_snapshot!(refusal("--pairs=../x --logging=lazy"), @r"
    error: `../x` is not the name of a pair
    hint: write it as BTC/USDT or btc_usdt
    ");
    assert_snapshot!(refusal("--pairs=/etc/passwd --logging=lazy"), @r"
    error: `/etc/passwd` is not the name of a pair
    hint: write it as BTC/USDT or btc_usdt
    ");
    assert_snapshot!(refusal("--exchange=../x"), @"error: `../x` is not a valid --exchange: 1 to 32 lower-case letters, digits, - or _");
    assert_snapshot!(refusal("--exchange=/etc"), @"error: `/etc` is not a valid --exchange: 1 to 32 lower-case letters, digits, - or _");
    assert_snapshot!(refusal("--exchange=.."), @"error: `..` is not a valid --exchange: 1 to 32 lower-case letters, digits, - or _");
    assert_snapshot!(refusal("--exchange="), @"error: `` is not a valid --exchange: 1 to 32 lower-case letters, digits, - or _");
    assert_snapshot!(sandbox().refusal_of(["--exchange", "a\nb"]), @r"error: `a\nb` is not a valid --exchange: 1 to 32 lower-case letters, digits, - or _");
}

#[test]
fn amounts_that_are_none() {
    assert_snapshot!(refusal("--capital=0"), @"error: `0` is not a valid --capital: it has to be a number above 0 and at most 1e12");
    assert_snapshot!(refusal("--capital -1"), @"error: `-1` is not a valid --capital: it has to be a number above 0 and at most 1e12");
    assert_snapshot!(refusal("--capital=nan"), @"error: `nan` is not a valid --capital: it has to be a number above 0 and at most 1e12");
    assert_snapshot!(refusal("--capital=inf"), @"error: `inf` is not a valid --capital: it has to be a number above 0 and at most 1e12");
    assert_snapshot!(refusal("--capital=1e30"), @"error: `1e30` is not a valid --capital: it has to be a number above 0 and at most 1e12");
    assert_snapshot!(refusal("--capital=1e-30"), @"error: `1e-30` is not a valid --capital: it has to be a number above 0 and at most 1e12");
    assert_snapshot!(refusal("--capital=1,000"), @"error: `1,000` is not a valid --capital: it has to be a number above 0 and at most 1e12");
    assert_snapshot!(refusal("--capital="), @"error: `` is not a valid --capital: it has to be a number above 0 and at most 1e12");
    assert_snapshot!(refusal("--commission -1"), @"error: `-1` is not a valid --commission: it has to be a number from 0 to below 100, without a % sign");
    assert_snapshot!(refusal("--commission=100"), @"error: `100` is not a valid --commission: it has to be a number from 0 to below 100, without a % sign");
    assert_snapshot!(refusal("--commission=nan"), @"error: `nan` is not a valid --commission: it has to be a number from 0 to below 100, without a % sign");
    assert_snapshot!(refusal("--commission=0.1%"), @"error: `0.1%` is not a valid --commission: it has to be a number from 0 to below 100, without a % sign");
}

#[test]
fn seeds_that_are_none() {
    assert_snapshot!(refusal("--seed=talk"), @"error: `talk` is not a valid --seed: it has to be a whole number from 0 to 2^64 - 1");
    assert_snapshot!(refusal("--seed -1"), @"error: `-1` is not a valid --seed: it has to be a whole number from 0 to 2^64 - 1");
    assert_snapshot!(refusal("--seed=1.5"), @"error: `1.5` is not a valid --seed: it has to be a whole number from 0 to 2^64 - 1");
    assert_snapshot!(refusal("--seed=18446744073709551616"), @"error: `18446744073709551616` is not a valid --seed: it has to be a whole number from 0 to 2^64 - 1");
}

#[test]
fn options_of_the_case_study() {
    assert_snapshot!(refusal("case-study --rounds=0"), @"error: `0` is not a valid --rounds: it has to be a whole number of at least 2, since one round has no spread to make an interval of");
    assert_snapshot!(refusal("case-study --rounds=1"), @"error: `1` is not a valid --rounds: it has to be a whole number of at least 2, since one round has no spread to make an interval of");
    assert_snapshot!(refusal("case-study --rounds=few"), @"error: `few` is not a valid --rounds: it has to be a whole number of at least 2, since one round has no spread to make an interval of");
    assert_snapshot!(refusal("case-study --pairs=0"), @"error: `0` is not a valid --pairs: the embedded market has 1 to 20 pairs");
    assert_snapshot!(refusal("case-study --pairs=21"), @"error: `21` is not a valid --pairs: the embedded market has 1 to 20 pairs");
    assert_snapshot!(refusal("case-study --pairs=btc_usdt"), @"error: `btc_usdt` is not a valid --pairs: it has to be a number from 1 to 20");
    assert_snapshot!(refusal("case-study --window=47"), @"error: `47` is not a valid --window: it has to be a whole number of hours from 48 to 17544");
    assert_snapshot!(refusal("case-study --window=17545"), @"error: `17545` is not a valid --window: it has to be a whole number of hours from 48 to 17544");
    assert_snapshot!(refusal("case-study --seed=x"), @"error: `x` is not a valid --seed: it has to be a whole number from 0 to 2^64 - 1");
    assert_snapshot!(refusal("case-study --window=100 --calibrate"), @r"
    error: the argument '--window <HOURS>' cannot be used with '--calibrate'

    Usage: backtest case-study --window <HOURS>

    For more information, try '--help'.
    ");
    assert_snapshot!(refusal("case-study --report=new-folder --rounds=0"), @"error: `0` is not a valid --rounds: it has to be a whole number of at least 2, since one round has no spread to make an interval of");
}

#[test]
fn words_that_are_no_option_of_this_command() {
    assert_snapshot!(refusal("--rounds=2"), @"
    error: unexpected argument '--rounds' found

      tip: a similar argument exists: '--columns'

    Usage: backtest --columns <LIST>

    For more information, try '--help'.
    ");
    assert_snapshot!(refusal("case-study --strategy=idle"), @r"
    error: unexpected argument '--strategy' found

      tip: a similar argument exists: '--start'

    Usage: backtest case-study --start <TIME>

    For more information, try '--help'.
    ");
    assert_snapshot!(refusal("--start=2017-12 case-study"), @r"
    error: the subcommand 'case-study' cannot be used with '--start <TIME>'

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(refusal("--logging=never"), @r"
    error: invalid value 'never' for '--logging <WHEN>'
      [possible values: eager, lazy]

      tip: a similar value exists: 'eager'

    For more information, try '--help'.
    ");
    assert_snapshot!(refusal("--strategy=idle --strategy=idle"), @"
    error: the argument '--strategy <NAME[:K=V,…]>' cannot be used multiple times

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(refusal("run"), @r"
    error: unrecognized subcommand 'run'

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(refusal("casestudy"), @r"
    error: unrecognized subcommand 'casestudy'

      tip: a similar subcommand exists: 'case-study'

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn a_price_file_without_its_option() {
    let sandbox = sandbox().with("XBTUSD_60.csv", KRAKEN);
    assert_snapshot!(sandbox.refusal("XBTUSD_60.csv"), @r"
    error: unrecognized subcommand 'XBTUSD_60.csv'

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    For more information, try '--help'.
    hint: to trade on the prices of this file, write --data XBTUSD_60.csv
    ");
    assert_snapshot!(sandbox.refusal("--strategy=idle XBTUSD_60.csv"), @"
    error: the subcommand 'XBTUSD_60.csv' cannot be used with '--strategy <NAME[:K=V,…]>'

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    For more information, try '--help'.
    hint: to trade on the prices of this file, write --data XBTUSD_60.csv
    ");
}

#[test]
fn words_that_are_not_utf_8() {
    let odd = OsStr::from_bytes(b"\xff");
    for option in [
        "--start",
        "--strategy",
        "--pairs",
        "--capital",
        "--seed",
        "--exchange",
    ] {
        let said = sandbox().refusal_of([OsStr::new(option), odd]);
        assert!(said.contains("invalid UTF-8"), "{option}: {said}");
    }
    assert_snapshot!(sandbox().refusal_of([OsStr::new("--data"), odd]), @r"
    error: cannot read `�`: No such file or directory (os error 2)
    hint: check the path for a typing mistake
    ");
    assert_snapshot!(sandbox().refusal_of([odd]), @r"
    error: unrecognized subcommand '�'

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    For more information, try '--help'.
    ");
}

/// Three hours in Kraken's layout, from 2017-12-01 00:00.
const KRAKEN: &str = "\
1512086400,9900,9950,9890,9940.5,10.5,30
1512090000,9940.5,9960,9930,9955,9.25,21
1512093600,9955,9990,9951,9980,12,44
";

const HOURS: &str = "--start=2017-12 --end=2017-12-01T03";

/// What is said to a run on these files.
fn refusal_of_files(sandbox: &Sandbox, names: &str) -> String {
    sandbox.refusal(&format!("{HOURS} --data {names}"))
}

#[test]
fn price_files_with_a_broken_line() {
    let file = |from, to| sandbox().with("XBTUSD_60.csv", KRAKEN.replace(from, to));
    let said = |from, to| refusal_of_files(&file(from, to), "XBTUSD_60.csv --policy=strict");
    assert_snapshot!(said("9955,9.25,21", "broken"), @r"
    error: XBTUSD_60.csv:2: the line has 5 columns, where 7 belong (time, open, high, low, close, volume, trades)
    hint: correct or delete this line, then run again
    ");
    assert_snapshot!(said("9930", "-9930"), @r"
    error: XBTUSD_60.csv:2: column low holds -9930, which is not above zero
    hint: correct or delete this line, then run again
    ");
    assert_snapshot!(said("9960", "9900"), @r"
    error: XBTUSD_60.csv:2: column low holds 9930, which is above high (9900)
    hint: correct or delete this line, then run again
    ");
    assert_snapshot!(said("1512090000", "1512090001"), @r"
    error: XBTUSD_60.csv:2: the bar of 2017-12-01 01:00:01 does not open on the hour
    hint: correct or delete this line, then run again
    ");
    assert_snapshot!(said("1512086400,9900,9950", "hello"), @r"
    error: `XBTUSD_60.csv` has a layout that is not understood: its first line is `hello,9890,9940.5,10.5,30`, without a column unix or date
    hint: a table of prices has a time, open, high, low, close and a volume under their usual names; name other columns with --columns
    ");
}

#[test]
fn price_files_that_are_none() {
    let sandbox = sandbox()
        .with("XBTUSD_60.csv", KRAKEN)
        .with("ETHEUR_60.csv", KRAKEN)
        .with("prices.csv", KRAKEN)
        .with("empty.csv", "")
        .with("odd.csv", b"\x00\xff\xfe")
        .with_folder("folder.csv");
    let said = |names| refusal_of_files(&sandbox, names);
    assert_snapshot!(said("missing.csv"), @r"
    error: cannot read `missing.csv`: No such file or directory (os error 2)
    hint: check the path for a typing mistake
    ");
    assert_snapshot!(said("folder.csv"), @r"
    error: cannot read `folder.csv`: Is a directory (os error 21)
    hint: name a file, not a folder
    ");
    assert_snapshot!(said("XBTUSD_60.csv/x.csv"), @r"
    error: cannot read `XBTUSD_60.csv/x.csv`: Not a directory (os error 20)
    hint: check the path for a typing mistake
    ");
    assert_snapshot!(said("empty.csv"), @"error: `empty.csv` is empty");
    assert_snapshot!(said("odd.csv"), @"error: `odd.csv` is a binary file, not CSV text");
    assert_snapshot!(said("prices.csv --policy=strict"), @r"
    error: `prices.csv` does not say which pair its prices are of
    hint: rename it as Kraken does, for example XBTUSD_60.csv
    ");
    assert_snapshot!(said("XBTUSD_60.csv XBTUSD_60.csv"), @r"
    error: the pair BTC/USD stands twice
    hint: name each pair, and each pair's file, once
    ");
    assert_snapshot!(said("XBTUSD_60.csv ETHEUR_60.csv"), @r"
    error: BTC/USD and ETH/EUR are quoted in different currencies
    hint: give --data a file of EUR/USD as well, or files of one quote currency
    ");
    assert_snapshot!(said(""), @r"
    error: a value is required for '--data <PATH>...' but none was supplied

    For more information, try '--help'.
    ");
    assert_snapshot!(said("XBTUSD_60.csv --pairs=eth_usd"), @r"
    error: unknown pair ETH/USD
    hint: the data has BTC/USD
    ");
    assert_snapshot!(said("XBTUSD_60.csv --pairs=2"), @"error: `2` is not a valid --pairs: the data has one pair");
    assert_snapshot!(sandbox.refusal("--data XBTUSD_60.csv --start=2016-01"), @r"
    error: 2016-01-01 00:00 .. 2017-12-01 03:00 is outside the data of BTC/USD, which has 2017-12-01 00:00 .. 2017-12-01 03:00
    hint: choose --start and --end between 2017-12-01 00:00 and 2017-12-01 03:00
    ");
    assert_snapshot!(sandbox.refusal("--data XBTUSD_60.csv case-study"), @r"
    error: cannot read `case-study`: No such file or directory (os error 2)
    hint: check the path for a typing mistake
    ");
}

#[test]
fn places_that_cannot_be_written() {
    let sandbox = sandbox()
        .with("file", "a file")
        .with_folder("folder")
        .with_folder("folder.svg");
    let said = |line| sandbox.refusal(&format!("--pairs=1 {line}"));
    assert_snapshot!(said("--json=folder"), @r"
    error: cannot write `folder`: is a directory
    hint: name a file, not a folder
    ");
    assert_snapshot!(said("--json=missing/out.json"), @r"
    error: cannot write `missing/out.json`: No such file or directory (os error 2)
    hint: make the folder that it lies in, or name another place
    ");
    assert_snapshot!(said("--json=file/out.json"), @r"
    error: cannot write `file/out.json`: Not a directory (os error 20)
    hint: a part of this path is a file where a folder is needed; name another place
    ");
    assert_snapshot!(said("--json=/dev/full --end=2016-02"), @r"
    error: cannot write `/dev/full`: No space left on device (os error 28)
    hint: free some disk space and run again, or name another place
    ");
    assert_snapshot!(said("--profile=folder.svg"), @r"
    error: cannot write `folder.svg`: is a directory
    hint: name a file, not a folder
    ");
    assert_snapshot!(said("--profile=missing/flame.svg"), @r"
    error: cannot write `missing/flame.svg`: No such file or directory (os error 2)
    hint: make the folder that it lies in, or name another place
    ");
    assert_snapshot!(said("--profile=-"), @"error: `-` is not a valid --profile: name a file, such as flame.svg");
    assert_snapshot!(said("--profile=flame.jpg"), @"error: `flame.jpg` is not a valid --profile: end its name in .svg, .html, .folded, .speedscope.json, .pprof or .json");
    assert_snapshot!(said("--profile=out --json=out"), @"error: `out` is not a valid --profile: --json names the same file");
    assert_snapshot!(sandbox.refusal("case-study --json=missing/out.json"), @r"
    error: cannot write `missing/out.json`: No such file or directory (os error 2)
    hint: make the folder that it lies in, or name another place
    ");
    assert_snapshot!(sandbox.refusal("case-study --report=file"), @r"
    error: cannot create the folder `file`: File exists (os error 17)
    hint: a part of this path is a file where a folder is needed; name another place
    ");
    assert_snapshot!(sandbox.refusal("case-study --report=file/report"), @r"
    error: cannot create the folder `file/report`: Not a directory (os error 20)
    hint: a part of this path is a file where a folder is needed; name another place
    ");
}
