//! `backtest sweep`: one strategy with many parameters.

mod plan;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use backtest::engine::EngineOptions;
use backtest::output::OutputFile;
use backtest::report::sweep as report;
use backtest::sweep::{self, Journal, Objective, Row, Table, WorkUnit};
use backtest::walk_forward::{self, Search, Span};
use backtest::{HourRange, Market};
use indicatif::{ProgressBar, ProgressStyle};

use super::args::RangeArgs;
use super::data::ImportArgs;
use super::market::MarketArgs;
use super::options::invalid;
use super::run::Destination;
use super::streams;
use super::trading::TradingArgs;
use plan::Plan;

#[derive(Debug, clap::Args)]
pub struct SweepArgs {
    #[command(flatten)]
    range: RangeArgs,
    /// The strategy, and parameters that stay as they are: sma-cross:allocation=0.5
    #[arg(long, value_name = "NAME[:K=V,…]", default_value = "sma-cross")]
    strategy: String,
    /// A parameter to vary: fast=2..41, slow=50..290:10 or fast=5,10,20; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUES", required = true)]
    params: Vec<String>,
    /// What is looked for: sharpe, sortino, total_return, calmar, max_drawdown or alpha
    /// [default: sharpe, or total_return with --values-only]
    #[arg(long, value_name = "METRIC")]
    objective: Option<String>,
    /// Find final values and numbers of fills alone, several times as fast
    #[arg(long, conflicts_with = "walk_forward")]
    values_only: bool,
    /// How many of the best are printed
    #[arg(long, value_name = "N", default_value = "10")]
    top: String,
    /// Which points: grid, random:N or latin:N
    #[arg(long, value_name = "HOW", default_value = "grid")]
    sampling: String,
    /// Seed of random points
    #[arg(long, value_name = "N", default_value = "1")]
    sampling_seed: String,
    /// Choose on the past and try on what follows: train=6m,test=1m (m, w, d or h)
    #[arg(long, value_name = "TERMS", conflicts_with_all = ["csv", "parquet", "html"])]
    walk_forward: Option<String>,
    /// Threads [default: one a core]; the result is the same on any number
    #[arg(long, value_name = "N")]
    threads: Option<String>,
    /// Write all points as JSON, `-` for standard output; a sweep that is broken off goes on
    #[arg(long, value_name = "FILE|-")]
    json: Option<PathBuf>,
    /// Write all points as a table of comma-separated values
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write all points as a Parquet file
    #[arg(long, value_name = "FILE")]
    parquet: Option<PathBuf>,
    /// Write a page with a heat map of two parameters
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    market: MarketArgs,
    #[command(flatten)]
    import: ImportArgs,
    #[command(flatten)]
    trading: TradingArgs,
}

/// Runs the sweep and reports.
pub fn run(args: &SweepArgs) -> Result<ExitCode> {
    let plan = Plan::parse(args)?;
    let json = Destination::prepare(args.json.as_deref())?;
    let prepare = |path: &Option<PathBuf>| path.as_deref().map(OutputFile::prepare).transpose();
    let csv = prepare(&args.csv)?;
    let parquet = prepare(&args.parquet)?;
    let html = prepare(&args.html)?;
    let (market, _) = args.market.load(&args.import)?;
    let range = args.market.range(&args.range, &market)?;
    market.require(range)?;
    let options = args.trading.parse(&market)?;
    if let Some((train, test)) = plan.walk_forward {
        return walk(&plan, range, (train, test), &market, &options, json);
    }
    let mut units = sweep::work_units(&plan.strategy, &plan.space, &market, range);
    for unit in &mut units {
        unit.values_only = args.values_only;
    }
    let identity = sweep::identity(&units, &options);
    let journal = args.json.as_deref().filter(|path| *path != Path::new("-"));
    let journal = journal
        .map(|path| open_journal(path, &identity, units.len()))
        .transpose()?;
    let rows = rows(&units, journal, &market, &options, plan.n_threads)?;
    let table = Table {
        rows,
        objective: plan.objective,
    };
    plan.refuse_if_nothing_ran(&table)?;
    let deflated = deflate(&units, &table, &market, &options)?;
    let view = report::SweepReport {
        table: &table,
        strategy: &plan.strategy,
        axes: &plan.space.axes,
        market: &market,
        range,
        options: &options,
        identity,
        deflated,
        top: plan.top,
    };
    json.write(&report::to_text(&view), || report::to_json(&view))?;
    if let Some(file) = csv {
        file.write(report::to_csv(&view).as_bytes())?;
    }
    if let Some(file) = parquet {
        file.write(&report::to_parquet(&view))?;
    }
    if let Some(file) = html {
        file.write(report::to_html(&view).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The journal of a sweep beside the file of its result, and the rows that it has.
fn open_journal(
    result: &Path,
    identity: &str,
    n_points: usize,
) -> backtest::Result<(Journal, Vec<Option<Row>>)> {
    let mut partial = result.as_os_str().to_owned();
    partial.push(".partial");
    Journal::open(Path::new(&partial), identity, n_points)
}

/// All rows: those of a sweep that was broken off, and the others.
fn rows(
    units: &[WorkUnit],
    journal: Option<(Journal, Vec<Option<Row>>)>,
    market: &Market,
    options: &EngineOptions,
    n_threads: usize,
) -> Result<Vec<Row>> {
    let (mut journal, done) = match journal {
        Some((journal, done)) => (Some(journal), done),
        None => (None, vec![None; units.len()]),
    };
    let n_done = done.iter().flatten().count();
    if n_done > 0 {
        let n = units.len();
        streams::tell(format_args!(
            "going on with {n_done} of {n} points done before"
        ));
    }
    let progress = bar(units.len());
    progress.inc(n_done as u64);
    let rows = sweep::run(units, done, market, options, n_threads, |point, row| {
        progress.inc(1);
        journal
            .as_mut()
            .map_or(Ok(()), |journal| journal.add(point, row))
    })?;
    progress.finish_and_clear();
    journal.map_or(Ok(()), Journal::finish)?;
    Ok(rows)
}

/// What is left of the best Sharpe ratio, for which its run is looked at once more.
fn deflate(
    units: &[WorkUnit],
    table: &Table,
    market: &Market,
    options: &EngineOptions,
) -> Result<Option<sweep::DeflatedSharpe>> {
    let results = table.rows.iter().filter_map(|row| row.result.as_ref());
    let ratios: Vec<f64> = results.filter_map(|found| found.sharpe).collect();
    let Some(best) = table.best_by(Objective::Sharpe, 1).first().copied() else {
        return Ok(None);
    };
    let outcome = units[best].run(market, options)?;
    let statistics = backtest::statistics::statistics(&outcome, market);
    let value = |name| {
        let found = statistics.iter().find(|statistic| statistic.name == name);
        found.and_then(|statistic| statistic.value)
    };
    let moments = value("skew").zip(value("kurtosis"));
    Ok(moments.and_then(|(skew, excess)| {
        sweep::deflated_sharpe(&ratios, outcome.ticks, skew, excess + 3.0)
    }))
}

fn walk(
    plan: &Plan,
    range: HourRange,
    (train, test): (Span, Span),
    market: &Market,
    options: &EngineOptions,
    json: Destination,
) -> Result<ExitCode> {
    let windows = walk_forward::windows(range, train, test);
    if windows.is_empty() {
        let rule = "the range is too short for one train and the beginning of a test";
        return Err(invalid("--walk-forward", &range.to_string(), rule).into());
    }
    let progress = bar(windows.len());
    let search = Search {
        strategy: &plan.strategy,
        space: &plan.space,
        objective: plan.objective,
        market,
        options,
        n_threads: plan.n_threads,
    };
    let steps = search.walk(&windows, || progress.inc(1))?;
    progress.finish_and_clear();
    let view = report::WalkReport {
        steps: &steps,
        objective: plan.objective,
        market,
        capital: options.capital,
    };
    json.write(&report::walk_to_text(&view), || report::walk_to_json(&view))?;
    Ok(ExitCode::SUCCESS)
}

fn bar(n: usize) -> ProgressBar {
    let template = "{bar:30} {pos} of {len}, {eta} left";
    let style = ProgressStyle::with_template(template).expect("a template");
    // Drawn on a terminal only.
    ProgressBar::new(n as u64).with_style(style)
}
