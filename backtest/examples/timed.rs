//! Times runs of the engine inside one process, for the comparison with other engines:
//! `timed S1|S2|S3 FILE... [--repeats N]` prints one line of JSON.

use std::path::PathBuf;
use std::time::Instant;

use backtest::strategy::StrategySpec;
use backtest::{Context, EngineOptions, HourRange, MemoryPortal, Strategy, data, run};
use clap::Parser;
use serde_json::json;

/// Quick runs are repeated for so many seconds at least.
const AT_LEAST: f64 = 0.3;

#[derive(Parser)]
struct Args {
    /// S1 (the moving-average cross), S2 (equal weights of what is rising), or S3 (nothing,
    /// called at every tick as the peers' strategies are; `idle` would sleep to the end).
    case: String,
    /// Price files, one pair each.
    files: Vec<PathBuf>,
    /// How many runs follow the first at least.
    #[arg(long, default_value_t = 0)]
    repeats: usize,
}

/// Does nothing, and says nothing of the hours to come.
struct Awake;

impl Strategy for Awake {
    fn name(&self) -> &'static str {
        "awake"
    }

    fn on_tick(&mut self, _context: &mut Context<'_>) {}
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let built_in = |spec| StrategySpec::parse(spec)?.build();
    let mut strategy = match args.case.as_str() {
        "S1" => built_in("sma-cross:fast=24,slow=72")?,
        "S2" => built_in("sma-weights:fast=24,slow=72,allocation=0.98,drift=0.01")?,
        "S3" => Box::new(Awake),
        other => anyhow::bail!("no case `{other}`: choose S1, S2 or S3"),
    };

    let began = Instant::now();
    let market = data::load(&args.files)?.market;
    let load_s = began.elapsed().as_secs_f64();
    let (start, end) = market.common_hours();
    let range = HourRange::new(start, end).expect("a loaded market has hours");

    let options = EngineOptions::default();
    let mut timed = || -> anyhow::Result<_> {
        let mut portal = MemoryPortal::new(&market);
        let began = Instant::now();
        let outcome = run(&market, range, &mut portal, strategy.as_mut(), &options)?;
        Ok((began.elapsed().as_secs_f64(), outcome))
    };
    let (first_s, outcome) = timed()?;
    let mut run_s = Vec::new();
    while args.repeats > 0 && (run_s.len() < args.repeats || run_s.iter().sum::<f64>() < AT_LEAST) {
        run_s.push(timed()?.0);
    }
    let said = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "load_s": load_s,
        "first_s": first_s,
        "run_s": run_s,
        "value": outcome.final_value.as_f64(),
        "fills": outcome.fills.len(),
    });
    println!("{said}");
    Ok(())
}
