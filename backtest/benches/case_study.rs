//! The case study's variants, and the pieces that they differ by.
//!
//! `variants` runs a month of the study for each setting of the toggles; the study
//! itself (`backtest case-study`) interleaves whole runs and is the better measure
//! of a saving. `pieces` are warm and alone: in a run they cost about twice as much.
//! A regression of `message/lazy` or `folder/once` means that a fix has come undone.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::Duration;

use backtest::case_study::{Composition, Variant};
use backtest::exchange::{
    Call, ExchangeFolders, ExchangeName, ExchangeOptions, ExchangePortal, FolderCheck, Logging,
    Retrier, RetryPolicy, TradingPair,
};
use backtest::strategy::MeanReversion;
use backtest::{EngineOptions, HourRange, Market, data, run};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use profiler::FlameGraphProfiler;

/// Hours of a run: one month.
const N_HOURS: i64 = 720;

fn variants(criterion: &mut Criterion) {
    let composition = Composition::talk();
    let market = market(&composition);
    let end = composition.range.end();
    let range = HourRange::new(end.plus_hours(-N_HOURS), end).expect("a month");
    let n_lookups = range.n_hours() * composition.n_pairs;

    let mut group = criterion.benchmark_group("variants");
    group
        .throughput(Throughput::Elements(n_lookups as u64))
        .sample_size(20);
    for variant in Variant::ALL {
        let options = ExchangeOptions::new(variant.logging, variant.folder_check);
        let mut portal = ExchangePortal::prepare(&market, options).expect("a bundle");
        group.bench_function(variant.label(), |bencher| {
            bencher.iter(|| {
                let mut strategy = MeanReversion::default();
                run(
                    &market,
                    range,
                    &mut portal,
                    &mut strategy,
                    &EngineOptions::default(),
                )
            });
        });
    }
    group.finish();
}

fn pieces(criterion: &mut Criterion) {
    let market = market(&Composition::talk());
    let pair = market.pairs().next().expect("ten pairs");
    let bars = market.bars(pair);
    let exchange = ExchangeName::default();
    let description = TradingPair::new(
        0,
        market.symbol(pair).clone(),
        exchange.clone(),
        bars.start(),
        bars.end(),
    );

    let mut group = criterion.benchmark_group("message");
    for (name, logging) in [("eager", Logging::Eager), ("lazy", Logging::Lazy)] {
        let mut retrier = Retrier::new(RetryPolicy::default(), logging, 0, |_| {});
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let call = Call {
                    name: "get_spot_value",
                    args: black_box(&description),
                };
                retrier.retry(&call, |_: &Infallible| false, || {}, || Ok(black_box(1)))
            });
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("folder");
    for (name, check) in [
        ("every-call", FolderCheck::EveryCall),
        ("once", FolderCheck::Once),
    ] {
        let mut folders = ExchangeFolders::new(check);
        group.bench_function(name, |bencher| {
            bencher.iter(|| folders.folder(black_box(&exchange)).expect("a folder"));
        });
    }
    group.finish();
}

fn market(composition: &Composition) -> Market {
    data::embedded(composition.n_pairs, composition.seed).expect("the embedded market")
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .measurement_time(Duration::from_secs(4))
        .with_profiler(FlameGraphProfiler::default());
    targets = variants, pieces
}
criterion_main!(benches);
