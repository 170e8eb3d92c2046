//! What a sample costs the program: a thread interrupted at 5000 Hz, ten and 160 frames
//! deep, against the same work left alone. The difference, divided by the number of
//! samples, is printed as the cost of one. A regression here makes every profiled
//! program slower, and shifts shares towards deep stacks.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use profiler::{Options, Sampler};

#[inline(never)]
fn descend(depth: u32) -> u64 {
    if depth == 0 {
        return (0..2_000_000_u64).fold(1, |x, i| black_box(x.wrapping_mul(31) ^ i));
    }
    black_box(descend(depth - 1)) + 1
}

fn sample_cost(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sample_cost");
    for depth in [10, 160] {
        group.bench_function(BenchmarkId::new("alone", depth), |bencher| {
            bencher.iter(|| descend(depth));
        });
        let mut options = Options::new();
        options.rate_hz = 5000.0;
        let session = Sampler::start(options).expect("no other sampler runs in this process");
        group.bench_function(BenchmarkId::new("sampled", depth), |bencher| {
            bencher.iter(|| descend(depth));
        });
        let quality = session
            .stop()
            .expect("the session is running")
            .quality()
            .clone();
        let each = quality.overhead.as_secs_f64() * 1e6 / quality.taken.as_samples().max(1) as f64;
        println!("{depth} frames: {each:.1} us in the handler for each sample; {quality}");
    }
    group.finish();
}

criterion_group!(benches, sample_cost);
criterion_main!(benches);
