//! Runs on price files, small ones and the exchanges' own.

use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use serde_json::json;

use crate::sandbox::sandbox;

/// Six hours from 2017-12-01 00:00 in Kraken's layout; 02:00 and 03:00 are absent.
const BITCOIN: &str = "\
1512086400,100,101,99,100,10.5,30
1512090000,100,111,100,110,9.25,21
1512100800,120,121,119,120,12,44
1512104400,120,131,120,130,12,44
";

/// The same hours of another pair, whole, newest first, in CryptoDataDownload's layout.
const ETHER: &str = "\
https://www.CryptoDataDownload.com
unix,date,symbol,open,high,low,close,Volume ETH,Volume USD
1512104400.0,2017-12-01 05-AM,ETH/USD,10,11,9,10,1,10
1512100800.0,2017-12-01 04-AM,ETH/USD,10,11,9,10,1,10
1512097200.0,2017-12-01 03-AM,ETH/USD,10,11,9,10,1,10
1512093600.0,2017-12-01 02-AM,ETH/USD,10,11,9,10,1,10
1512090000.0,2017-12-01 01-AM,ETH/USD,10,11,9,10,1,10
1512086400.0,2017-12-01 12-AM,ETH/USD,10,11,9,10,1,10
";

const HOURS: &str = "--start=2017-12-01 --end=2017-12-01T06 --strategy=buy-and-hold";

#[test]
fn files_of_two_layouts_trade_together_and_tell_what_they_lack() {
    let sandbox = sandbox()
        .with("XBTUSD_60.csv", BITCOIN)
        .with("ether.csv", ETHER);
    let ran = sandbox
        .backtest(&format!("{HOURS} --data XBTUSD_60.csv ether.csv"))
        .succeeds();
    assert_snapshot!(ran.stdout, @"
    XBTUSD_60.csv: BTC/USD, Kraken layout, 4 rows oldest first, 2017-12-01 00:00 to 2017-12-01 05:00
      2 hours absent in 1 run, filled with the last close and no volume; the longest, 2 hours, after 2017-12-01 01:00
    ether.csv: ETH/USD, CryptoDataDownload layout, 6 rows newest first, 2017-12-01 00:00 to 2017-12-01 05:00

    strategy        buy-and-hold
    pairs           BTC/USD, ETH/USD
    hours           2017-12-01 00:00 .. 2017-12-01 06:00, 6 ticks
    data source     XBTUSD_60.csv, ether.csv
    fill convention market orders, sized at the deciding close, filled at the next open
    capital         100,000.00 USD
    final value     114,751.00 USD
    return          14.75 %
    max drawdown    0.00 %
    Sharpe ratio    85.39 a year
    trades          0, 2 still open
    fills           2 of 2 orders
    commission      99.00 USD
    absent hours    BTC/USD 2; carried at the last close, never traded on

    Your strategy made 14.8 %
    ");
}

#[test]
fn pairs_choose_among_the_files() {
    let sandbox = sandbox()
        .with("XBTUSD_60.csv", BITCOIN)
        .with("ether.csv", ETHER);
    let pairs = |options: &str| {
        let ran = sandbox.backtest(&format!("{HOURS} --data XBTUSD_60.csv ether.csv {options}"));
        ran.succeeds().row("pairs").to_owned()
    };
    assert_eq!(pairs(""), "BTC/USD, ETH/USD");
    assert_eq!(pairs("--pairs=1"), "BTC/USD");
    assert_eq!(pairs("--pairs=ETH/USD"), "ETH/USD");
    assert_eq!(pairs("--pairs=eth_usd,xbt_usd"), "ETH/USD, BTC/USD");
}

#[test]
fn json_counts_the_absent_hours_of_each_file_and_of_the_run() {
    let sandbox = sandbox().with("XBTUSD_60.csv", BITCOIN);
    let json = sandbox
        .backtest(&format!("{HOURS} --data XBTUSD_60.csv --json=-"))
        .json();
    assert_eq!(json["source"], "XBTUSD_60.csv");
    assert_eq!(json["synthetic"], false);
    assert_eq!(json["seed"], json!(null), "no seed had a part in it");
    assert_eq!(json["filled_hours"], json!({ "BTC/USD": 2 }));
    let file = json!({
        "file": "XBTUSD_60.csv",
        "pair": "BTC/USD",
        "layout": "Kraken",
        "synthetic": false,
        "rows": 4,
        "order": "oldest first",
        "first": "2017-12-01 00:00",
        "last": "2017-12-01 05:00",
        "absent_hours": 2,
        "absent_runs": 1,
        "longest_absence": 2,
        "equal_duplicates": 0,
        "dates_overruled": 0,
        "policy": "repair",
        "defects": [{
            "kind": "absent-hours",
            "count": 2,
            "lines": [3],
            "detail": null,
            "repair": "filled with the last close and no volume",
        }],
        "notes": [{
            "kind": "no-header",
            "count": 1,
            "lines": [1],
            "detail": null,
            "repair": null,
        }],
    });
    assert_eq!(json["files"], json!([file]));
}

#[test]
fn krakens_files_over_the_talks_years_report_their_absent_hours() {
    let (Some(bitcoin), Some(ether)) = (real("kraken_XBTUSD_60.csv"), real("kraken_ETHUSD_60.csv"))
    else {
        println!("skipped: there are no real price files here");
        return;
    };
    let years = [
        "--start=2016-01",
        "--end=2018-01",
        "--strategy=buy-and-hold",
        "--json=-",
    ];
    let files = [Path::new("--data"), &bitcoin, &ether];
    let sandbox = sandbox();
    let mut command = sandbox.command();
    let ran = sandbox.seen(command.args(years).args(files)).exits_with(0);
    let json = ran.json();
    assert_eq!(json["ticks"], 17_544);
    assert_eq!(
        json["filled_hours"],
        json!({ "BTC/USD": 184, "ETH/USD": 667 })
    );
    assert_eq!(json["synthetic"], false);
    let absent = "BTC/USD 184, ETH/USD 667; carried at the last close, never traded on";
    assert!(ran.stderr.contains(absent), "{}", ran.stderr);
}

/// A real price file beside the workspace, when it is there.
fn real(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/real");
    Some(folder.join(name)).filter(|path| path.is_file())
}

/// A Kraken file of flat hours, from one hour of 2016 on.
fn flat(first_hour: u32, n_hours: u32, price: &str) -> String {
    let row = |hour| {
        let time = 1_451_606_400 + 3600 * hour;
        format!("{time},{price},{price},{price},{price},1,1\n")
    };
    (first_hour..first_hour + n_hours).map(row).collect()
}

#[test]
fn without_times_all_hours_that_the_files_have_in_common_are_run() {
    let sandbox = sandbox()
        .with("XBTUSD_60.csv", flat(0, 100, "400"))
        .with("ETHUSD_60.csv", flat(48, 100, "2"))
        .with("LTCUSD_60.csv", flat(100, 100, "3"));
    let files = "--strategy=idle --data XBTUSD_60.csv ETHUSD_60.csv";
    let hours = |line: &str| sandbox.backtest(line).succeeds().row("hours").to_owned();
    assert_eq!(
        hours(files),
        "2016-01-03 00:00 .. 2016-01-05 04:00, 52 ticks"
    );
    assert_eq!(
        hours(&format!("{files} --end=2016-01-04")),
        "2016-01-03 00:00 .. 2016-01-04 00:00, 24 ticks"
    );
    assert_snapshot!(sandbox.refusal("--data XBTUSD_60.csv LTCUSD_60.csv"), @"error: `XBTUSD_60.csv, LTCUSD_60.csv` is not a valid --data: one of the pairs begins at 2016-01-05 04:00 and another has ended at 2016-01-05 04:00");
}

#[test]
fn an_account_exchanges_the_currencies_that_its_files_have_rates_for() {
    let sandbox = sandbox()
        .with("XBTUSD_60.csv", flat(0, 100, "400"))
        .with("ETHXBT_60.csv", flat(0, 100, "0.05"));
    let run = "--strategy=buy-and-hold --commission=0 --csv=out";
    let files = "--data XBTUSD_60.csv ETHXBT_60.csv";
    sandbox.backtest(&format!("{run} {files}")).succeeds();
    assert_snapshot!(sandbox.text("out/fills.csv"), @"
    time,order,pair,side,quantity,price,settled_price,value,commission,liquidity
    2016-01-01 01:00,0,BTC/USD,buy,123.75,400,400,49500,0,taker
    2016-01-01 01:00,1,ETH/BTC,buy,2475,0.05,20,49500,0,taker
    ");
}
