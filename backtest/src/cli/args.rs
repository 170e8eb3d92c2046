//! The arguments as they are typed, and the domain values that they stand for.

use std::path::PathBuf;

use backtest::exchange::{ExchangeName, FolderCheck, Logging};
use backtest::{Cash, Error, HourRange, Ratio, Result, Symbol, Timestamp};
use clap::{Parser, Subcommand, ValueEnum};

/// Back-test a strategy on hourly crypto prices.
///
/// Without --data it trades on an embedded synthetic market: random paths between
/// the real month-end closes of 2015-12 to 2018-02.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub run: RunArgs,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 the answer is \"no\" (case-study: not reproduced), 2 could not run.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measure what mending the talk's two anti-patterns saves
    #[command(after_help = EXIT_CODES)]
    CaseStudy(CaseStudyArgs),
    /// Run one variant of the case study and print its measurements
    #[command(hide = true, name = backtest::case_study::SUBCOMMAND)]
    CaseStudyVariant(VariantArgs),
}

/// The hours to simulate.
#[derive(Debug, clap::Args)]
pub struct RangeArgs {
    /// First hour, UTC: 2016-01, 2016-01-31 or 2016-01-31T06
    #[arg(long, value_name = "TIME", default_value = "2016-01")]
    start: String,
    /// Hour after the last, UTC
    #[arg(long, value_name = "TIME", default_value = "2018-01")]
    end: String,
}

#[derive(Debug, clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub range: RangeArgs,
    /// idle, buy-and-hold, sma-cross or mean-reversion
    #[arg(long, value_name = "NAME", default_value = "mean-reversion")]
    pub strategy: String,
    /// Pairs to trade, such as btc_usdt,eth_usdt, or how many [default: 10; all of --data]
    #[arg(long, value_name = "LIST|N")]
    pub pairs: Option<String>,
    /// Price files to trade on: Kraken OHLCVT or CryptoDataDownload, one pair each
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub data: Vec<PathBuf>,
    /// Cash at the beginning, in the quote currency
    #[arg(
        long,
        value_name = "AMOUNT",
        default_value = "100000",
        allow_negative_numbers = true
    )]
    capital: f64,
    /// Commission, in per cent of a trade's value
    #[arg(
        long,
        value_name = "PERCENT",
        default_value = "0.1",
        allow_negative_numbers = true
    )]
    commission: f64,
    /// Seed of the embedded market
    #[arg(long, value_name = "N", default_value_t = backtest::data::DEFAULT_SEED)]
    pub seed: u64,
    /// Write the result as JSON, `-` for standard output
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<PathBuf>,
    /// Sample the run and draw a flame graph
    #[arg(long, value_name = "FILE.svg")]
    pub profile: Option<PathBuf>,
    #[command(flatten)]
    pub exchange: ExchangeArgs,
}

/// The case study's data path; any of these options turns it on.
#[derive(Debug, clap::Args)]
#[command(
    next_help_heading = "The case study's data path (any of these looks prices up through it)"
)]
pub struct ExchangeArgs {
    /// When retry messages are formatted [default: lazy]
    #[arg(long, value_name = "WHEN")]
    logging: Option<LoggingArg>,
    /// How often the exchange's folder is looked for [default: once]
    #[arg(long, value_name = "WHEN")]
    folder_check: Option<FolderCheckArg>,
    /// Name of the exchange's folder under $BACKDRAFT_ROOT or ~/.backdraft [default: poloniex]
    #[arg(long, value_name = "NAME")]
    exchange: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct CaseStudyArgs {
    #[command(flatten)]
    pub range: RangeArgs,
    /// Pairs held, 1 to 20
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub pairs: usize,
    /// Interleaved rounds of the four variants, at least 2
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub rounds: usize,
    /// Hours of history that the strategy reads [default: the committed choice]
    #[arg(long, value_name = "HOURS", conflicts_with = "calibrate")]
    pub window: Option<usize>,
    /// First measure the costs here and choose the window that restores the talk's proportions
    #[arg(long)]
    pub calibrate: bool,
    /// Seed of the market, the sampler and the intervals
    #[arg(long, value_name = "N", default_value_t = backtest::data::DEFAULT_SEED)]
    pub seed: u64,
    /// Write the study as JSON, `-` for standard output
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<PathBuf>,
    /// Write a page with tables, flame graphs and the equity curve into this folder
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct VariantArgs {
    #[command(flatten)]
    pub range: RangeArgs,
    #[arg(long)]
    pub pairs: usize,
    #[arg(long)]
    pub seed: u64,
    #[arg(long)]
    pub window: Option<usize>,
    #[arg(long)]
    pub logging: LoggingArg,
    #[arg(long)]
    pub folder_check: FolderCheckArg,
    #[arg(long, requires = "sampler_seed")]
    pub sample_rate: Option<f64>,
    #[arg(long)]
    pub sampler_seed: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LoggingArg {
    /// Before the disabled logger sees them
    Eager,
    /// By the logger, if it wants them
    Lazy,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FolderCheckArg {
    /// At every call
    EveryCall,
    /// At the first call
    Once,
}

impl From<LoggingArg> for Logging {
    fn from(arg: LoggingArg) -> Self {
        match arg {
            LoggingArg::Eager => Self::Eager,
            LoggingArg::Lazy => Self::Lazy,
        }
    }
}

impl From<FolderCheckArg> for FolderCheck {
    fn from(arg: FolderCheckArg) -> Self {
        match arg {
            FolderCheckArg::EveryCall => Self::EveryCall,
            FolderCheckArg::Once => Self::Once,
        }
    }
}

impl RangeArgs {
    /// The range that the two times make.
    pub fn parse(&self) -> Result<HourRange> {
        let start = parse_time("--start", &self.start)?;
        let end = parse_time("--end", &self.end)?;
        HourRange::new(start, end).ok_or_else(|| Error::Option {
            option: "--end",
            value: self.end.clone(),
            rule: format!("it has to be later than --start, which is {start}"),
        })
    }
}

fn parse_time(option: &'static str, text: &str) -> Result<Timestamp> {
    let time = Timestamp::parse(text).filter(|time| time.is_whole_hour());
    time.ok_or_else(|| Error::Option {
        option,
        value: text.escape_debug().to_string(),
        rule:
            "write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06"
                .into(),
    })
}

/// What `--pairs` asks for.
#[derive(Debug)]
pub enum PairChoice {
    /// So many, the market's first.
    First(usize),
    /// These.
    Named(Vec<Symbol>),
}

impl RunArgs {
    /// The pairs asked for, if any were.
    pub fn pair_choice(&self) -> Result<Option<PairChoice>> {
        let Some(text) = &self.pairs else {
            return Ok(None);
        };
        Ok(Some(match text.trim().parse() {
            Ok(n_pairs) => PairChoice::First(n_pairs),
            Err(_) => PairChoice::Named(
                text.split(',')
                    .map(|name| Symbol::parse(name.trim()))
                    .collect::<Result<_>>()?,
            ),
        }))
    }

    /// The capital as money.
    pub fn capital(&self) -> Result<Cash> {
        Cash::from_f64(self.capital)
            .filter(|capital| *capital > Cash::ZERO)
            .ok_or_else(|| Error::Option {
                option: "--capital",
                value: self.capital.to_string(),
                rule: format!("it has to be above 0 and at most {:e}", Cash::MAX_CAPITAL),
            })
    }

    /// The commission as a share of a trade's value.
    pub fn commission(&self) -> Result<Ratio> {
        let ratio = (0.0..100.0)
            .contains(&self.commission)
            .then_some(self.commission / 100.0);
        ratio
            .and_then(Ratio::from_f64)
            .ok_or_else(|| Error::Option {
                option: "--commission",
                value: self.commission.to_string(),
                rule: "it has to be at least 0 and below 100".into(),
            })
    }
}

impl ExchangeArgs {
    /// The data path's toggles, or `None` when prices come from memory.
    pub fn parse(&self) -> Result<Option<(Logging, FolderCheck, ExchangeName)>> {
        if self.logging.is_none() && self.folder_check.is_none() && self.exchange.is_none() {
            return Ok(None);
        }
        let name = self
            .exchange
            .as_deref()
            .map(ExchangeName::parse)
            .transpose()?;
        Ok(Some((
            self.logging.map_or(Logging::Lazy, Into::into),
            self.folder_check.map_or(FolderCheck::Once, Into::into),
            name.unwrap_or_default(),
        )))
    }
}
