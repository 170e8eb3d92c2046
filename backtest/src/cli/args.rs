//! The arguments as they are typed, and the domain values that they stand for.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use backtest::case_study::Composition;
use backtest::data::DEFAULT_SEED;
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
    #[arg(long, value_name = "LIST|N", allow_negative_numbers = true)]
    pairs: Option<String>,
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
    capital: String,
    /// Commission, in per cent of a trade's value
    #[arg(
        long,
        value_name = "PERCENT",
        default_value = "0.1",
        allow_negative_numbers = true
    )]
    commission: String,
    /// Seed of the embedded market
    #[arg(
        long,
        value_name = "N",
        default_value_t = DEFAULT_SEED.to_string(),
        allow_negative_numbers = true
    )]
    seed: String,
    /// Write the result as JSON, `-` for standard output
    #[arg(long, value_name = "FILE|-")]
    pub json: Option<PathBuf>,
    /// Sample the run and draw a flame graph
    #[arg(long, value_name = "FILE.svg")]
    profile: Option<PathBuf>,
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
    #[arg(
        long,
        value_name = "N",
        default_value = "10",
        allow_negative_numbers = true
    )]
    pairs: String,
    /// Interleaved rounds of the four variants, at least 2
    #[arg(
        long,
        value_name = "N",
        default_value = "4",
        allow_negative_numbers = true
    )]
    rounds: String,
    /// Hours of history that the strategy reads [default: the committed choice]
    #[arg(
        long,
        value_name = "HOURS",
        conflicts_with = "calibrate",
        allow_negative_numbers = true
    )]
    window: Option<String>,
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
    seed: String,
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
    let rule =
        "write a month, a day or an hour in UTC, such as 2016-01, 2016-01-31 or 2016-01-31T06";
    let time = Timestamp::parse(text).filter(|time| time.is_whole_hour());
    time.ok_or_else(|| invalid(option, text, rule))
}

fn parse_seed(text: &str) -> Result<u64> {
    number(
        "--seed",
        text,
        "it has to be a whole number from 0 to 2^64 - 1",
    )
}

/// The number that `text` stands for.
fn number<T: FromStr>(option: &'static str, text: &str, rule: impl Into<String>) -> Result<T> {
    text.trim().parse().map_err(|_| invalid(option, text, rule))
}

fn invalid(option: &'static str, text: &str, rule: impl Into<String>) -> Error {
    Error::Option {
        option,
        value: text.escape_debug().to_string(),
        rule: rule.into(),
    }
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
        if let Ok(n_pairs) = text.trim().parse() {
            return Ok(Some(PairChoice::First(n_pairs)));
        }
        let names: Vec<_> = text.split(',').map(str::trim).collect();
        if names.contains(&"") || text.trim().parse::<f64>().is_ok() {
            let rule = "name pairs, such as btc_usdt,eth_usdt, or say how many";
            return Err(invalid("--pairs", text, rule));
        }
        let symbols = names.into_iter().map(Symbol::parse);
        Ok(Some(PairChoice::Named(symbols.collect::<Result<_>>()?)))
    }

    /// The capital as money.
    pub fn capital(&self) -> Result<Cash> {
        let rule = || {
            let most = Cash::MAX_CAPITAL;
            format!("it has to be a number above 0 and at most {most:e}")
        };
        let capital = number("--capital", &self.capital, rule())?;
        Cash::from_f64(capital)
            .filter(|capital| *capital > Cash::ZERO)
            .ok_or_else(|| invalid("--capital", &self.capital, rule()))
    }

    /// The commission as a share of a trade's value.
    pub fn commission(&self) -> Result<Ratio> {
        let rule = "it has to be a number from 0 to below 100, without a % sign";
        let percent: f64 = number("--commission", &self.commission, rule)?;
        (0.0..100.0)
            .contains(&percent)
            .then_some(percent / 100.0)
            .and_then(Ratio::from_f64)
            .ok_or_else(|| invalid("--commission", &self.commission, rule))
    }

    /// The seed of the embedded market.
    pub fn seed(&self) -> Result<u64> {
        parse_seed(&self.seed)
    }

    /// Where the flame graph goes, if one is wanted.
    pub fn flame_graph(&self) -> Result<Option<&Path>> {
        let Some(path) = &self.profile else {
            return Ok(None);
        };
        let refuse = |rule| Err(invalid("--profile", &path.to_string_lossy(), rule));
        if path == Path::new("-") {
            refuse("name a file, such as flame.svg")
        } else if self.json.as_ref() == Some(path) {
            refuse("--json names the same file")
        } else {
            Ok(Some(path))
        }
    }
}

/// Windows that make a strategy: below two days it has no indicators, and two
/// years are as much as the market has before its last months.
const WINDOW_LIMITS: (usize, usize) = (48, 17_544);

impl CaseStudyArgs {
    /// What is run, before any calibration.
    pub fn composition(&self) -> Result<Composition> {
        let mut composition = Composition {
            range: self.range.parse()?,
            n_pairs: number("--pairs", &self.pairs, "it has to be a number from 1 to 20")?,
            seed: parse_seed(&self.seed)?,
            ..Composition::talk()
        };
        if let Some(text) = &self.window {
            let (least, most) = WINDOW_LIMITS;
            let rule = format!("it has to be a whole number of hours from {least} to {most}");
            let window = number("--window", text, &rule)?;
            if !(least..=most).contains(&window) {
                return Err(invalid("--window", text, rule));
            }
            composition.window = Some(window);
        }
        Ok(composition)
    }

    /// How many rounds are measured.
    pub fn rounds(&self) -> Result<usize> {
        let rule = "it has to be a whole number of at least 2, since one round has no spread \
                    to make an interval of";
        match number("--rounds", &self.rounds, rule)? {
            0 | 1 => Err(invalid("--rounds", &self.rounds, rule)),
            rounds => Ok(rounds),
        }
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
