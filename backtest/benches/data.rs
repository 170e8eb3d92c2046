//! What reading prices costs: from text, with everything found out and validated, and
//! from an import.
//!
//! Throughput counts the bytes of the text file in both, so that the two compare. A
//! regression of `kraken` is in the reading of numbers, of `cryptodatadownload` in
//! dates and texts too, of `import` in checksum, decoding or memory.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;

use backtest::data::{ImportOptions, import, load};
use bench_fixtures::market::{DEFAULT_SEED, write_csv};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use profiler::FlameGraphProfiler;

/// The hours of the talk's two years.
const N_BARS: usize = 17_544;

fn ingest(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let mut text = Vec::new();
    write_csv(&mut text, 0, DEFAULT_SEED).expect("memory can be written");
    fs::write(path("cryptodatadownload.csv"), &text).expect("it can be written");
    fs::write(
        path("XBTUSD_60.csv"),
        kraken(&path("cryptodatadownload.csv")),
    )
    .expect("it can be written");

    let mut group = criterion.benchmark_group("data");
    for (id, name) in [
        ("kraken", "XBTUSD_60.csv"),
        ("cryptodatadownload", "cryptodatadownload.csv"),
    ] {
        let path = path(name);
        let length = fs::metadata(&path).expect("it was written").len();
        group.throughput(Throughput::Bytes(length));
        group.bench_function(BenchmarkId::new("ingest", id), |bencher| {
            bencher.iter(|| black_box(load(&[&path]).expect("it is sound")));
        });
    }
    let source = path("XBTUSD_60.csv");
    let imports = import(&[&source], &ImportOptions::default(), None).expect("it is sound");
    let length = fs::metadata(&source).expect("it was written").len();
    group.throughput(Throughput::Bytes(length));
    // Until the import is older than the clocks of file systems are coarse, the source's
    // content is hashed at each load.
    group.bench_function("import/young", |bencher| {
        bencher.iter(|| black_box(load(&[&source]).expect("it is sound")));
    });
    let imported = &imports[0].1;
    group.bench_function("import/alone", |bencher| {
        bencher.iter(|| black_box(load(&[imported]).expect("it is whole")));
    });
    group.finish();
}

/// Two years of the same bars in Kraken's layout.
fn kraken(source: &Path) -> String {
    let loaded = load(&[source]).expect("our own file loads");
    let pair = loaded.market.pairs().next().expect("a pair");
    let bars = loaded.market.bars(pair);
    let mut text = String::new();
    for bar_idx in 0..N_BARS {
        let bar = bars.bar(bar_idx);
        writeln!(
            text,
            "{},{},{},{},{},{},{}",
            bar.open_time.as_seconds(),
            bar.open,
            bar.high,
            bar.low,
            bar.close,
            bar.volume,
            bar_idx % 1_000,
        )
        .expect("text can be written");
    }
    text
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_profiler(FlameGraphProfiler::default());
    targets = ingest
}
criterion_main!(benches);
