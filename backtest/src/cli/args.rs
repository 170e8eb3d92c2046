//! The arguments as they are typed. What they stand for is said in `options`.

use std::path::PathBuf;

use backtest::data::DEFAULT_SEED;
use backtest::exchange::{FolderCheck, Logging};
use clap::{Parser, Subcommand, ValueEnum};

use super::data::{DataArgs, ImportArgs};
use super::lookahead::LookaheadArgs;
use super::market::MarketArgs;
use super::sweep::SweepArgs;
use super::trading::TradingArgs;

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
Exit codes: 0 done, 1 the answer is \"no\" (case-study: not reproduced; check-lookahead: it looks ahead), 2 could not run.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a strategy with many parameters, on all cores
    Sweep(Box<SweepArgs>),
    /// Find out whether a strategy knows the future
    #[command(after_help = EXIT_CODES)]
    CheckLookahead(Box<LookaheadArgs>),
    /// Check and import price files
    #[command(after_help = super::data::EXIT_CODES)]
    Data(DataArgs),
    /// Measure what mending the talk's two anti-patterns saves
    #[command(
        after_help = EXIT_CODES,
        // It has no --data.
        mut_arg("start", |arg| arg.help(format!("{START} [default: 2016-01]"))),
        mut_arg("end", |arg| arg.help(format!("{END} [default: 2018-01]")))
    )]
    CaseStudy(CaseStudyArgs),
    /// Run one variant of the case study and print its measurements
    #[command(hide = true, name = backtest::case_study::SUBCOMMAND)]
    CaseStudyVariant(VariantArgs),
}

const START: &str = "First hour, UTC: 2016-01, 2016-01-31 or 2016-01-31T06";
const END: &str = "Hour after the last, UTC";

/// The hours to simulate.
#[derive(Debug, clap::Args)]
pub struct RangeArgs {
    #[arg(long, value_name = "TIME", help = format!("{START} [default: 2016-01; that of --data]"))]
    pub(super) start: Option<String>,
    #[arg(long, value_name = "TIME", help = format!("{END} [default: 2018-01; that of --data]"))]
    pub(super) end: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub range: RangeArgs,
    /// idle, buy-and-hold, sma-cross, sma-weights or mean-reversion; sma-cross:fast=24,slow=72 sets parameters
    #[arg(long, value_name = "NAME[:K=V,…]", default_value = "mean-reversion")]
    pub strategy: String,
    #[command(flatten)]
    pub market: MarketArgs,
    /// Write the result as JSON, `-` for standard output
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<PathBuf>,
    /// Write the tear sheet, a page with charts and all numbers
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write equity, fills, orders, trades and positions into this folder, as CSV files
    #[arg(long, value_name = "DIR")]
    pub csv: Option<PathBuf>,
    /// The same tables as Parquet files
    #[arg(long, value_name = "DIR")]
    pub parquet: Option<PathBuf>,
    /// Sample the run, write its profile (.svg, .html, …)
    #[arg(long, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
    #[command(flatten)]
    pub import: ImportArgs,
    #[command(flatten)]
    pub trading: TradingArgs,
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
    pub(super) logging: Option<LoggingArg>,
    /// How often the exchange's folder is looked for [default: once]
    #[arg(long, value_name = "WHEN")]
    pub(super) folder_check: Option<FolderCheckArg>,
    /// Name of the exchange's folder under $BACKDRAFT_ROOT or ~/.backdraft [default: poloniex]
    #[arg(long, value_name = "NAME")]
    pub(super) exchange: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct CaseStudyArgs {
    #[command(flatten)]
    pub range: RangeArgs,
    /// Pairs held, 1 to 20
    #[arg(
        long,
        value_name = "N",
        default_value = "10",
        allow_negative_numbers = true
    )]
    pub(super) pairs: String,
    /// Interleaved rounds of the four variants, at least 2
    #[arg(
        long,
        value_name = "N",
        default_value = "5",
        allow_negative_numbers = true
    )]
    pub(super) rounds: String,
    /// Hours of history that the strategy reads [default: the committed choice]
    #[arg(
        long,
        value_name = "HOURS",
        conflicts_with = "calibrate",
        allow_negative_numbers = true
    )]
    pub(super) window: Option<String>,
    /// First measure the costs here and choose the window that restores the talk's proportions
    #[arg(long)]
    pub calibrate: bool,
    /// Seed of the market, the sampler and the intervals
    #[arg(
        long,
        value_name = "N",
        default_value_t = DEFAULT_SEED.to_string(),
        allow_negative_numbers = true
    )]
    pub(super) seed: String,
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
