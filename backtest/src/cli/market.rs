//! Which market a command is about.

use std::path::PathBuf;

use backtest::data::{self, DEFAULT_SEED, LoadReport};
use backtest::{Error, HourRange, Market, Result, Symbol};

use super::args::RangeArgs;
use super::data::ImportArgs;
use super::options::{invalid, parse_seed};

/// The options that choose a market.
#[derive(Debug, clap::Args)]
pub struct MarketArgs {
    /// Pairs to trade, such as btc_usdt,eth_usdt, or how many [default: 10; all of --data]
    #[arg(long, value_name = "LIST|N", allow_negative_numbers = true)]
    pairs: Option<String>,
    /// Price files to trade on, one pair each; see `backtest data`
    #[arg(long, value_name = "PATH", num_args = 1..)]
    data: Vec<PathBuf>,
    /// Seed of the embedded market
    #[arg(
        long,
        value_name = "N",
        default_value_t = DEFAULT_SEED.to_string(),
        conflicts_with = "data",
        allow_negative_numbers = true
    )]
    seed: String,
}

/// What `--pairs` asks for.
enum PairChoice {
    /// So many, the market's first.
    First(usize),
    /// These.
    Named(Vec<Symbol>),
}

impl MarketArgs {
    /// The market, and what there is to say of its files.
    pub fn load(&self, import: &ImportArgs) -> Result<(Market, Vec<LoadReport>)> {
        let choice = self.pair_choice()?;
        if self.data.is_empty() {
            let seed = parse_seed("--seed", &self.seed)?;
            let market = match choice {
                None => data::embedded(data::DEFAULT_PAIRS, seed)?,
                Some(PairChoice::First(n_pairs)) => data::embedded(n_pairs, seed)?,
                Some(PairChoice::Named(symbols)) => data::embedded_pairs(&symbols, seed)?,
            };
            return Ok((market, Vec::new()));
        }
        let loaded = data::load_with(&self.data, &import.parse()?)?;
        let market = match choice {
            None => loaded.market,
            Some(PairChoice::Named(symbols)) => loaded.market.select(&symbols)?,
            Some(PairChoice::First(n_pairs)) => loaded.market.first(n_pairs)?,
        };
        Ok((market, loaded.reports))
    }

    /// The hours to simulate: as far as the options do not say, all that the files have
    /// in common, or the talk's.
    pub fn range(&self, given: &RangeArgs, market: &Market) -> Result<HourRange> {
        if self.data.is_empty() {
            return given.parse();
        }
        let (start, end) = market.common_hours();
        if start < end {
            return given.within(start, end);
        }
        let rule = format!("one of the pairs begins at {start} and another has ended at {end}");
        Err(invalid("--data", market.source(), rule))
    }

    /// The seed of the embedded market, or `None` when the market is from files.
    pub fn seed(&self) -> Result<Option<u64>> {
        Ok(self
            .data
            .is_empty()
            .then_some(parse_seed("--seed", &self.seed)?))
    }

    fn pair_choice(&self) -> Result<Option<PairChoice>> {
        let Some(text) = &self.pairs else {
            return Ok(None);
        };
        if let Ok(n_pairs) = text.trim().parse() {
            return Ok(Some(PairChoice::First(n_pairs)));
        }
        let names: Vec<_> = text.split(',').map(str::trim).collect();
        if names.contains(&"") || text.trim().parse::<f64>().is_ok() {
            let rule = "name pairs, such as btc_usdt,eth_usdt, or say how many";
            return Err(invalid("--pairs", text, rule));
        }
        let symbols = names.into_iter().map(Symbol::parse);
        Ok(Some(PairChoice::Named(
            symbols.collect::<Result<_, Error>>()?,
        )))
    }
}
