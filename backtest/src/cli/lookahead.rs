//! `backtest check-lookahead`: does a strategy know the future?

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use backtest::lookahead::{self, Change, Difference};
use backtest::strategy::StrategySpec;
use backtest::{Market, Order};
use serde_json::{Value, json};

use super::args::RangeArgs;
use super::data::ImportArgs;
use super::market::MarketArgs;
use super::options::{invalid, number};
use super::run::{Destination, spinner};
use super::trading::TradingArgs;

#[derive(Debug, clap::Args)]
pub struct LookaheadArgs {
    /// The strategy: idle, buy-and-hold, sma-cross, sma-weights or mean-reversion, with its parameters
    #[arg(value_name = "STRATEGY")]
    strategy: String,
    #[command(flatten)]
    range: RangeArgs,
    /// At how many moments the future is cut off, and at how many it is shuffled
    #[arg(long, value_name = "N", default_value = "8")]
    cuts: String,
    /// Write the result as JSON, `-` for standard output
    #[arg(long, value_name = "FILE|-")]
    json: Option<PathBuf>,
    #[command(flatten)]
    market: MarketArgs,
    #[command(flatten)]
    import: ImportArgs,
    #[command(flatten)]
    trading: TradingArgs,
}

/// Checks the strategy; "no" when a decision of it depends on the future.
pub fn run(args: &LookaheadArgs) -> Result<ExitCode> {
    const RULE: &str = "it has to be a whole number of at least 1";
    let json = Destination::prepare(args.json.as_deref())?;
    let strategy = StrategySpec::parse(&args.strategy)?;
    strategy.build()?;
    let n_cuts = number("--cuts", &args.cuts, RULE)?;
    if n_cuts == 0 {
        return Err(invalid("--cuts", &args.cuts, RULE).into());
    }
    let (market, _) = args.market.load(&args.import)?;
    let range = args.market.range(&args.range, &market)?;
    market.require(range)?;
    let options = args.trading.parse(&market)?;
    let progress = spinner(format!("{strategy}, with {} other futures", 2 * n_cuts));
    let found = lookahead::check(&market, range, &options, n_cuts, 1, |_| strategy.build())?;
    progress.finish_and_clear();
    json.write(&to_text(&strategy, n_cuts, &found, &market), || {
        to_json(&strategy, n_cuts, &found, &market)
    })?;
    Ok(if found.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn to_text(
    strategy: &StrategySpec,
    n_cuts: usize,
    found: &[Difference],
    market: &Market,
) -> String {
    let mut text =
        format!("{strategy}: run with {n_cuts} futures cut off and {n_cuts} shuffled\n\n");
    for difference in found {
        let order = |order: &Option<Order>| match order {
            None => "no order".to_owned(),
            Some(order) => {
                format!(
                    "{} {} at {}",
                    market.symbol(order.pair),
                    order.amount,
                    order.placed_at
                )
            }
        };
        writeln!(
            text,
            "With the future from {} on {}, {} was ordered in place of {}.",
            difference.cut,
            verb(difference.change),
            order(&difference.changed),
            order(&difference.original),
        )
        .expect("a string takes every write");
    }
    text.push_str(if found.is_empty() {
        "No decision changed with the future.\n"
    } else {
        "\nThis strategy looks ahead: its result cannot be had.\n"
    });
    text
}

fn to_json(strategy: &StrategySpec, n_cuts: usize, found: &[Difference], market: &Market) -> Value {
    let order = |order: &Option<Order>| {
        order.as_ref().map(|order| {
            json!({
                "pair": market.symbol(order.pair).to_string(),
                "kind": order.kind.name(),
                "amount": order.amount.to_string(),
                "placed_at": order.placed_at.to_string(),
            })
        })
    };
    let difference = |difference: &Difference| {
        json!({
            "cut": difference.cut.to_string(),
            "future": verb(difference.change),
            "at": difference.at.to_string(),
            "original": order(&difference.original),
            "changed": order(&difference.changed),
        })
    };
    json!({
        "schema": "backdraft.lookahead/1",
        "strategy": strategy.to_string(),
        "cuts": n_cuts,
        "looks_ahead": !found.is_empty(),
        "differences": found.iter().map(difference).collect::<Vec<_>>(),
    })
}

const fn verb(change: Change) -> &'static str {
    match change {
        Change::Truncated => "cut off",
        Change::Shuffled => "shuffled",
    }
}
