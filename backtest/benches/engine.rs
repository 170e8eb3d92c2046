//! What a tick of the engine costs, by strategy and number of pairs.
//!
//! Throughput counts pairs times ticks. A regression of `idle` is in the loop or the
//! book-keeping, of `sma-cross` in history and orders, of `mean-reversion` in the
//! indicators.

use backtest::strategy::by_name;
use backtest::{
    Bar, BarSeries, EngineOptions, HourRange, Listing, Market, MemoryPortal, Price, Symbol,
    Timestamp, run,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Two years of hours, as in the talk.
const N_HOURS: u32 = 17_544;

fn engine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("engine");
    for n_pairs in [1, 10] {
        let market = market(n_pairs);
        let (start, end) = market.common_hours();
        let range = HourRange::new(start, end).expect("hours");
        group.throughput(Throughput::Elements(
            u64::from(n_pairs) * u64::from(N_HOURS),
        ));
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

/// Pairs that walk at random in whole cents around 100.
fn market(n_pairs: u32) -> Market {
    let listings = (0..n_pairs).map(|pair| {
        let mut dice = Dice(u64::from(pair) + 1);
        let mut bars = BarSeries::new(Timestamp::from_seconds(0));
        let mut last = 10_000;
        for _ in 0..N_HOURS {
            let open = last;
            last = (last + dice.roll() - dice.roll()).max(1_000);
            let price = |cents| Price::from_units(cents * 100_000_000);
            bars.push(Bar {
                open_time: bars.end(),
                open: price(open),
                high: price(open.max(last) + dice.roll()),
                low: price(open.min(last) - dice.roll()),
                close: price(last),
                volume: 1.0,
                filled: false,
            });
        }
        Listing {
            symbol: Symbol::parse(&format!("COIN{pair}/USD")).expect("a ticker"),
            bars,
        }
    });
    Market::new(listings.collect(), "a random walk".into(), true).expect("distinct pairs")
}

/// Knuth's linear congruential generator (The Art of Computer Programming, 3.3.4).
struct Dice(u64);

impl Dice {
    /// A number from 0 to 63.
    fn roll(&mut self) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 58).expect("six bits")
    }
}

criterion_group!(benches, engine);
criterion_main!(benches);
