//! The help that the command gives, as it stands on a page 80 columns wide.

use insta::assert_snapshot;

use crate::sandbox::{backtest, sandbox};

#[test]
fn short_help() {
    assert_snapshot!(help("-h"), @r#"
    Back-test a strategy on hourly crypto prices

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    Commands:
      sweep            Run a strategy with many parameters, on all cores
      check-lookahead  Find out whether a strategy knows the future
      data             Check and import price files
      case-study       Measure what mending the talk's two anti-patterns saves
      help             Print this message or the help of the given subcommand(s)

    Options:
          --start <TIME>
              First hour, UTC: 2016-01, 2016-01-31 or 2016-01-31T06 [default:
              2016-01; that of --data]
          --end <TIME>
              Hour after the last, UTC [default: 2018-01; that of --data]
          --strategy <NAME[:K=V,…]>
              idle, buy-and-hold, sma-cross, sma-weights or mean-reversion;
              sma-cross:fast=24,slow=72 sets parameters [default: mean-reversion]
          --pairs <LIST|N>
              Pairs to trade, such as btc_usdt,eth_usdt, or how many [default: 10;
              all of --data]
          --data <PATH>...
              Price files to trade on, one pair each; see `backtest data`
          --seed <N>
              Seed of the embedded market [default: 2018]
          --json <FILE|->
              Write the result as JSON, `-` for standard output
          --html <FILE>
              Write the tear sheet, a page with charts and all numbers
          --csv <DIR>
              Write equity, fills, orders, trades and positions into this folder, as
              CSV files
          --parquet <DIR>
              The same tables as Parquet files
          --profile <FILE>
              Sample the run, write its profile (.svg, .html, …)
      -h, --help
              Print help (see more with '--help')
      -V, --version
              Print version

    How the files of --data are read:
          --policy <POLICY>       What is done about defects: strict (any is an
                                  error), repair or keep [default: repair]
          --columns <LIST>        Columns of time,open,high,low,close,volume: names
                                  or numbers [default: by header]
          --time-format <FORMAT>  How times are written: unix, ms, us, ns or as
                                  %d.%m.%Y %H:%M [default: by form]
          --reference <PATH>      A file with right times, by which dates in local
                                  time are moved to UTC
          --cache <DIR>           Folder of imports to use and keep up to date
                                  [default: an import beside the file]

    How it trades:
          --capital <AMOUNT>
              Cash at the beginning, in the quote currency [default: 100000]
          --fill <WHERE>
              Where market orders are filled: next-open, next-close or close (of the
              deciding bar) [default: next-open]
          --size <WHEN>
              When money becomes coins: on-decision (at its close) or on-fill (at
              the fill's price) [default: on-decision]
          --intra-bar <VIEW>
              What a bar reached first, where it does not tell: pessimistic (stops)
              or optimistic [default: pessimistic]
          --commission <PERCENT|TERMS>
              Per cent of a trade's value, or terms: maker=P,taker=P fixed=SUM
              tiers=FROM:P/FROM:P min=SUM [default: 0.1]
          --slippage <TERM>
              none, fixed=SUM, bps=N, volume-share=IMPACT or volatility=DEVIATIONS
              [default: none]
          --volume-limit <PERCENT>
              The most of a bar's volume that orders may take, in per cent [default:
              no limit]
          --margin <TERMS>
              Trade on margin, short too: leverage=TIMES,maintenance=P,borrow=P (a
              year)
          --rules <TERMS>
              Sizes and prices that exist, of one pair or all:
              [PAIR:]min=COINS,step=COINS,tick=PRICE

    The case study's data path (any of these looks prices up through it):
          --logging <WHEN>       When retry messages are formatted [default: lazy]
                                 [possible values: eager, lazy]
          --folder-check <WHEN>  How often the exchange's folder is looked for
                                 [default: once] [possible values: every-call, once]
          --exchange <NAME>      Name of the exchange's folder under $BACKDRAFT_ROOT
                                 or ~/.backdraft [default: poloniex]

    Exit codes: 0 done, 1 the answer is "no" (case-study: not reproduced;
    check-lookahead: it looks ahead), 2 could not run.
    "#);
}

#[test]
#[expect(clippy::too_many_lines, reason = "the help has as many")]
fn long_help_is_the_same_with_more_room() {
    assert_snapshot!(help("--help"), @r#"
    Back-test a strategy on hourly crypto prices.

    Without --data it trades on an embedded synthetic market: random paths between
    the real month-end closes of 2015-12 to 2018-02.

    Usage: backtest [OPTIONS]
           backtest <COMMAND>

    Commands:
      sweep            Run a strategy with many parameters, on all cores
      check-lookahead  Find out whether a strategy knows the future
      data             Check and import price files
      case-study       Measure what mending the talk's two anti-patterns saves
      help             Print this message or the help of the given subcommand(s)

    Options:
          --start <TIME>
              First hour, UTC: 2016-01, 2016-01-31 or 2016-01-31T06 [default:
              2016-01; that of --data]

          --end <TIME>
              Hour after the last, UTC [default: 2018-01; that of --data]

          --strategy <NAME[:K=V,…]>
              idle, buy-and-hold, sma-cross, sma-weights or mean-reversion;
              sma-cross:fast=24,slow=72 sets parameters

              [default: mean-reversion]

          --pairs <LIST|N>
              Pairs to trade, such as btc_usdt,eth_usdt, or how many [default: 10;
              all of --data]

          --data <PATH>...
              Price files to trade on, one pair each; see `backtest data`

          --seed <N>
              Seed of the embedded market

              [default: 2018]

          --json <FILE|->
              Write the result as JSON, `-` for standard output

          --html <FILE>
              Write the tear sheet, a page with charts and all numbers

          --csv <DIR>
              Write equity, fills, orders, trades and positions into this folder, as
              CSV files

          --parquet <DIR>
              The same tables as Parquet files

          --profile <FILE>
              Sample the run, write its profile (.svg, .html, …)

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    How the files of --data are read:
          --policy <POLICY>
              What is done about defects: strict (any is an error), repair or keep

              [default: repair]

          --columns <LIST>
              Columns of time,open,high,low,close,volume: names or numbers [default:
              by header]

          --time-format <FORMAT>
              How times are written: unix, ms, us, ns or as %d.%m.%Y %H:%M [default:
              by form]

          --reference <PATH>
              A file with right times, by which dates in local time are moved to UTC

          --cache <DIR>
              Folder of imports to use and keep up to date [default: an import
              beside the file]

    How it trades:
          --capital <AMOUNT>
              Cash at the beginning, in the quote currency

              [default: 100000]

          --fill <WHERE>
              Where market orders are filled: next-open, next-close or close (of the
              deciding bar)

              [default: next-open]

          --size <WHEN>
              When money becomes coins: on-decision (at its close) or on-fill (at
              the fill's price)

              [default: on-decision]

          --intra-bar <VIEW>
              What a bar reached first, where it does not tell: pessimistic (stops)
              or optimistic

              [default: pessimistic]

          --commission <PERCENT|TERMS>
              Per cent of a trade's value, or terms: maker=P,taker=P fixed=SUM
              tiers=FROM:P/FROM:P min=SUM

              [default: 0.1]

          --slippage <TERM>
              none, fixed=SUM, bps=N, volume-share=IMPACT or volatility=DEVIATIONS

              [default: none]

          --volume-limit <PERCENT>
              The most of a bar's volume that orders may take, in per cent [default:
              no limit]

          --margin <TERMS>
              Trade on margin, short too: leverage=TIMES,maintenance=P,borrow=P (a
              year)

          --rules <TERMS>
              Sizes and prices that exist, of one pair or all:
              [PAIR:]min=COINS,step=COINS,tick=PRICE

    The case study's data path (any of these looks prices up through it):
          --logging <WHEN>
              When retry messages are formatted [default: lazy]

              Possible values:
              - eager: Before the disabled logger sees them
              - lazy:  By the logger, if it wants them

          --folder-check <WHEN>
              How often the exchange's folder is looked for [default: once]

              Possible values:
              - every-call: At every call
              - once:       At the first call

          --exchange <NAME>
              Name of the exchange's folder under $BACKDRAFT_ROOT or ~/.backdraft
              [default: poloniex]

    Exit codes: 0 done, 1 the answer is "no" (case-study: not reproduced;
    check-lookahead: it looks ahead), 2 could not run.
    "#);
}

#[test]
fn short_help_of_the_case_study() {
    assert_snapshot!(help("case-study -h"), @r#"
    Measure what mending the talk's two anti-patterns saves

    Usage: backtest case-study [OPTIONS]

    Options:
          --start <TIME>    First hour, UTC: 2016-01, 2016-01-31 or 2016-01-31T06
                            [default: 2016-01]
          --end <TIME>      Hour after the last, UTC [default: 2018-01]
          --pairs <N>       Pairs held, 1 to 20 [default: 10]
          --rounds <N>      Interleaved rounds of the four variants, at least 2
                            [default: 5]
          --window <HOURS>  Hours of history that the strategy reads [default: the
                            committed choice]
          --calibrate       First measure the costs here and choose the window that
                            restores the talk's proportions
          --seed <N>        Seed of the market, the sampler and the intervals
                            [default: 2018]
          --json <FILE|->   Write the study as JSON, `-` for standard output
          --report <DIR>    Write a page with tables, flame graphs and the equity
                            curve into this folder
      -h, --help            Print help

    Exit codes: 0 done, 1 the answer is "no" (case-study: not reproduced;
    check-lookahead: it looks ahead), 2 could not run.
    "#);
}

#[test]
fn long_help_of_the_case_study() {
    assert_snapshot!(help("case-study --help"), @r#"
    Measure what mending the talk's two anti-patterns saves

    Usage: backtest case-study [OPTIONS]

    Options:
          --start <TIME>    First hour, UTC: 2016-01, 2016-01-31 or 2016-01-31T06
                            [default: 2016-01]
          --end <TIME>      Hour after the last, UTC [default: 2018-01]
          --pairs <N>       Pairs held, 1 to 20 [default: 10]
          --rounds <N>      Interleaved rounds of the four variants, at least 2
                            [default: 5]
          --window <HOURS>  Hours of history that the strategy reads [default: the
                            committed choice]
          --calibrate       First measure the costs here and choose the window that
                            restores the talk's proportions
          --seed <N>        Seed of the market, the sampler and the intervals
                            [default: 2018]
          --json <FILE|->   Write the study as JSON, `-` for standard output
          --report <DIR>    Write a page with tables, flame graphs and the equity
                            curve into this folder
      -h, --help            Print help

    Exit codes: 0 done, 1 the answer is "no" (case-study: not reproduced;
    check-lookahead: it looks ahead), 2 could not run.
    "#);
}

#[test]
fn help_is_a_word_as_well() {
    assert_eq!(help("help"), help("--help"));
    assert_eq!(help("help case-study"), help("case-study --help"));
}

#[test]
fn the_version_is_the_packages() {
    let version = concat!("backtest ", env!("CARGO_PKG_VERSION"), "\n");
    for line in ["--version", "-V"] {
        assert_eq!(backtest(line).succeeds().stdout, version);
    }
}

fn help(line: &str) -> String {
    let sandbox = sandbox();
    let mut command = sandbox.command();
    command.args(line.split_whitespace()).env("COLUMNS", "80");
    let page = sandbox.seen(&mut command).succeeds().stdout;
    // clap pads the lines between paragraphs, and an editor may take that away.
    let lines: Vec<_> = page.lines().map(str::trim_end).collect();
    lines.join("\n")
}
