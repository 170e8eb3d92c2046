//! What a tick of the engine costs, by strategy and number of pairs.
//!
//! Throughput counts pairs times ticks. A regression of `awake`, which is called at every
//! tick and does nothing, is in the loop; of `idle`, which sleeps to the end, in the
//! book-keeping; of `sma-cross` in crossings and orders; of `sma-weights` in marking and
//! rebalancing; of `mean-reversion` in the indicators.

use backtest::case_study::Composition;
use backtest::strategy::by_name;
use backtest::{
    Context, EngineOptions, Listing, Market, MemoryPortal, Strategy, Symbol, data, run,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use profiler::FlameGraphProfiler;

/// Does nothing, and says nothing of the hours to come.
struct Awake;

impl Strategy for Awake {
    fn name(&self) -> &'static str {
        "awake"
    }

    fn on_tick(&mut self, _context: &mut Context<'_>) {}
}

fn engine(criterion: &mut Criterion) {
    let range = Composition::talk().range;
    let mut group = criterion.benchmark_group("engine");
    let one_pair = [
        "awake",
        "idle",
        "buy-and-hold",
        "sma-cross",
        "mean-reversion",
    ];
    let twenty_pairs = ["awake", "idle", "sma-cross", "sma-weights"];
    for (n_pairs, names) in [
        (1, &one_pair[..]),
        (10, &one_pair[..]),
        (20, &twenty_pairs[..]),
    ] {
        let market = market(n_pairs);
        group.throughput(Throughput::Elements((n_pairs * range.n_hours()) as u64));
        for name in names {
            let mut strategy: Box<dyn Strategy> = match *name {
                "awake" => Box::new(Awake),
                name => by_name(name).expect("a known name"),
            };
            group.sample_size(if *name == "mean-reversion" { 10 } else { 100 });
            group.bench_function(BenchmarkId::new(*name, n_pairs), |bencher| {
                bencher.iter(|| {
                    let mut portal = MemoryPortal::new(&market);
                    let options = EngineOptions::default();
                    run(&market, range, &mut portal, strategy.as_mut(), &options)
                });
            });
        }
    }
    group.finish();
}

/// Up to ten embedded pairs, and beyond these the same under other names with other
/// hours.
fn market(n_pairs: usize) -> Market {
    let mut listings = Vec::new();
    for seed in [data::DEFAULT_SEED, data::DEFAULT_SEED + 1] {
        let n_left = (n_pairs - listings.len()).min(10);
        if n_left == 0 {
            break;
        }
        let part = data::embedded(n_left, seed).expect("the embedded market");
        for pair in part.pairs() {
            let name = format!("{}{seed}/USD", part.symbol(pair).base());
            let symbol = Symbol::parse(&name).expect("a ticker");
            let bars = part.bars(pair).clone();
            listings.push(Listing { symbol, bars });
        }
    }
    Market::new(listings, "a benchmark".into(), true).expect("distinct pairs")
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_profiler(FlameGraphProfiler::default());
    targets = engine
}
criterion_main!(benches);
