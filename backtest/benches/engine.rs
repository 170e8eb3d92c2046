//! What a tick of the engine costs, by strategy and number of pairs.
//!
//! Throughput counts pairs times ticks. A regression of `idle` is in the loop or the
//! book-keeping, of `sma-cross` in history and orders, of `mean-reversion` in the
//! indicators.

use backtest::case_study::Composition;
use backtest::strategy::by_name;
use backtest::{EngineOptions, MemoryPortal, data, run};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use profiler::FlameGraphProfiler;

fn engine(criterion: &mut Criterion) {
    let range = Composition::talk().range;
    let mut group = criterion.benchmark_group("engine");
    for n_pairs in [1, 10] {
        let market = data::embedded(n_pairs, data::DEFAULT_SEED).expect("the embedded market");
        group.throughput(Throughput::Elements((n_pairs * range.n_hours()) as u64));
        for name in ["idle", "buy-and-hold", "sma-cross", "mean-reversion"] {
            let mut strategy = by_name(name).expect("a known name");
            group.sample_size(if name == "mean-reversion" { 10 } else { 100 });
            group.bench_function(BenchmarkId::new(name, n_pairs), |bencher| {
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

criterion_group! {
    name = benches;
    config = Criterion::default().with_profiler(FlameGraphProfiler::default());
    targets = engine
}
criterion_main!(benches);
