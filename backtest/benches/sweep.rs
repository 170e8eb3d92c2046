//! What a sweep of 1,000 points costs, with full results and for final values alone.
//!
//! Throughput counts the ticks of all points. What all points share, such as the sums
//! of closes and the benchmark, is worked out before the first measurement.

use backtest::strategy::StrategySpec;
use backtest::sweep::{self, Axis, Sampling, Space};
use backtest::{EngineOptions, HourRange, Timestamp, data};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use profiler::FlameGraphProfiler;

fn points(criterion: &mut Criterion) {
    let market = data::embedded(1, data::DEFAULT_SEED).expect("the embedded market");
    let time = |text| Timestamp::parse(text).expect("a month");
    let range = HourRange::new(time("2016-01"), time("2018-01")).expect("two years");
    let strategy = StrategySpec::parse("sma-cross").expect("a strategy");
    let axes = ["fast=2..41", "slow=50..290:10"];
    let space = Space {
        axes: axes.map(|text| Axis::parse(text).expect("an axis")).into(),
        sampling: Sampling::Grid,
        seed: 1,
    };
    let mut units = sweep::work_units(&strategy, &space, &market, range);
    let options = EngineOptions::default();

    let mut group = criterion.benchmark_group("sweep");
    group.sample_size(10);
    group.throughput(Throughput::Elements((units.len() * range.n_hours()) as u64));
    for (name, values_only) in [("full", false), ("values-only", true)] {
        for unit in &mut units {
            unit.values_only = values_only;
        }
        for n_threads in [1, 2] {
            group.bench_function(BenchmarkId::new(name, n_threads), |bencher| {
                bencher.iter(|| {
                    let nothing = vec![None; units.len()];
                    sweep::run(&units, nothing, &market, &options, n_threads, |_, _| Ok(()))
                });
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_profiler(FlameGraphProfiler::default());
    targets = points
}
criterion_main!(benches);
