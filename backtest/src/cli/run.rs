//! `backtest`: one run of one strategy.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use backtest::engine::{self, EngineOptions};
use backtest::exchange::{ExchangeOptions, ExchangePortal};
use backtest::output::OutputFile;
use backtest::report::{self, RunReport};
use backtest::{HourRange, Market, MemoryPortal, Outcome, statistics, strategy};
use indicatif::ProgressBar;
use profiler::format::WriteOptions;
use profiler::{Sampler, Session};

use super::args::RunArgs;
use super::streams;
use super::tables::Tables;

/// Runs the strategy and reports.
pub fn run(args: &RunArgs) -> Result<ExitCode> {
    let json = Destination::prepare(args.json.as_deref())?;
    let output = match args.profile()? {
        Some((path, format)) => Some((
            OutputFile::prepare(path)?,
            format,
            WriteOptions::for_path(path),
        )),
        None => None,
    };
    let page = args.html.as_deref().map(OutputFile::prepare).transpose()?;
    let tables = Tables::prepare(args)?;
    let session = output.is_some().then(start_sampler).transpose()?;
    let (market, files) = args.market.load(&args.import)?;
    let options = args.trading.parse(&market)?;
    let range = args.market.range(&args.range, &market)?;
    let (strategy, outcome) = simulate(args, &market, range, &options)?;
    let profile = session
        .map(Session::stop)
        .transpose()
        .map_err(backtest::Error::Profiler)?;
    let statistics = statistics::statistics(&outcome, &market);
    let report = RunReport {
        strategy,
        market: &market,
        files: &files,
        seed: args.market.seed()?,
        options: &options,
        outcome: &outcome,
        statistics: &statistics,
        intervals: statistics::intervals(&outcome, INTERVAL_SEED),
    };
    json.write(&report::to_text(&report), || report::to_json(&report))?;
    if let Some(page) = page {
        page.write(report::to_html(&report).as_bytes())?;
    }
    tables.write(&outcome, &market)?;
    // Last, so that a run too short to be drawn has shown its result all the same.
    if let Some(((file, format, mut options), profile)) = output.zip(profile) {
        options.title = format!("backtest --strategy {}", args.strategy);
        let mut bytes = Vec::new();
        format
            .write(&profile, &options, &mut bytes)
            .context("cannot write a profile of so short a run")?;
        file.write(&bytes)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn simulate(
    args: &RunArgs,
    market: &Market,
    range: HourRange,
    options: &EngineOptions,
) -> Result<(&'static str, Outcome)> {
    let mut strategy = strategy::by_name(&args.strategy)?;
    let exchange = args.exchange.parse()?;
    let progress = spinner(format!("{}, {range}", strategy.name()));
    let outcome = match exchange {
        None => engine::run(
            market,
            range,
            &mut MemoryPortal::new(market),
            &mut *strategy,
            options,
        )?,
        Some((logging, folder_check, exchange)) => {
            market.require(range)?;
            let exchange = ExchangeOptions {
                exchange,
                ..ExchangeOptions::new(logging, folder_check)
            };
            let mut portal = ExchangePortal::prepare(market, exchange)?;
            engine::run(market, range, &mut portal, &mut *strategy, options)?
        }
    };
    progress.finish_and_clear();
    Ok((strategy.name(), outcome))
}

/// What the resamples of the intervals are drawn from.
const INTERVAL_SEED: u64 = 1;

/// Something that turns on a terminal and is silent elsewhere.
pub fn spinner(message: impl Into<String>) -> ProgressBar {
    let progress = ProgressBar::new_spinner().with_message(message.into());
    if io::stderr().is_terminal() {
        progress.enable_steady_tick(Duration::from_millis(100));
    }
    progress
}

/// Samples a second of CPU time; prime, so that nothing is in step with it.
const SAMPLE_RATE_HZ: f64 = 997.0;

fn start_sampler() -> Result<Session> {
    let mut options = profiler::Options::default();
    options.rate_hz = SAMPLE_RATE_HZ;
    Ok(Sampler::start(options).map_err(backtest::Error::Profiler)?)
}

/// Where the JSON goes, which decides where the text goes.
pub enum Destination {
    /// The text to standard output, and no JSON.
    TextOnly,
    /// The JSON to standard output, the text out of its way.
    JsonToStdout,
    /// The text to standard output, the JSON to a file.
    JsonToFile(OutputFile),
}

impl Destination {
    /// What `--json` means; a file is checked now and written later.
    pub fn prepare(json: Option<&Path>) -> Result<Self> {
        Ok(match json {
            None => Self::TextOnly,
            Some(path) if path == Path::new("-") => Self::JsonToStdout,
            Some(path) => Self::JsonToFile(OutputFile::prepare(path)?),
        })
    }

    /// Writes both.
    pub fn write(self, text: &str, json: impl FnOnce() -> serde_json::Value) -> Result<()> {
        let json = || format!("{:#}\n", json());
        match self {
            Self::TextOnly => streams::print(text),
            Self::JsonToStdout => {
                streams::tell(text.trim_end());
                streams::print(&json())
            }
            Self::JsonToFile(file) => {
                file.write(json().as_bytes())?;
                streams::print(text)
            }
        }
    }
}
