//! What writing and reading a profile costs, by format and by the number of samples.
//!
//! Time per sample should not depend on their number: if it grows, a writer or a reader
//! is no longer linear, and a day's profile is out of reach.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use profiler::format::{Format, WriteOptions, read};
use profiler::{Frame, Profile, Thread, Weight};

/// Observations of stacks 30 deep, a quarter of them distinct, on eight threads.
fn profile(n_samples: u32) -> Profile {
    let mut profile = Profile::new();
    for at in 0..n_samples {
        let path = at % (n_samples / 4);
        let thread = profile.thread_id(Thread {
            name: "worker",
            pid: Some(1),
            tid: Some(1 + path % 8),
        });
        let mut stack = None;
        for level in 0..30 {
            // Stacks share their outer half, and differ more the deeper they are.
            let variant = path >> (30_u32.saturating_sub(level) / 2);
            let name = format!("module::{level}::function::<{}>", variant % 500);
            let frame = Frame {
                module: Some("program"),
                file: Some("src/module.rs"),
                ..Frame::function(&name)
            };
            stack = Some(profile.stack_id(stack, frame));
        }
        let time = Duration::from_micros(u64::from(at) * 1000);
        let stack = stack.expect("the stack has frames");
        profile.observe_at(time, thread, stack, Weight::from_samples(1));
    }
    profile
}

fn write(format: Format, profile: &Profile) -> Vec<u8> {
    let mut bytes = Vec::new();
    format
        .write(profile, &WriteOptions::new(), &mut bytes)
        .expect("memory can be written");
    bytes
}

fn formats(criterion: &mut Criterion) {
    for n_samples in [10_000, 100_000] {
        let profile = profile(n_samples);
        let mut group = criterion.benchmark_group("format");
        group.throughput(Throughput::Elements(n_samples.into()));
        group.sample_size(10);
        for format in Format::all() {
            let id = BenchmarkId::new(format!("write {format}"), n_samples);
            group.bench_function(id, |bencher| {
                bencher.iter(|| black_box(write(format, &profile).len()));
            });
            if format == Format::Svg {
                continue;
            }
            let bytes = write(format, &profile);
            let id = BenchmarkId::new(format!("read {format}"), n_samples);
            group.bench_function(id, |bencher| {
                bencher.iter(|| black_box(read(&bytes[..], None).is_ok()));
            });
        }
    }
}

criterion_group!(benches, formats);
criterion_main!(benches);
