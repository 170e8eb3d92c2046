//! What a sample costs the program: a thread interrupted at 1000 Hz, ten and 160 frames
//! deep, against the same work left alone. A regression here makes every profiled
//! program slower, and shifts shares towards deep stacks.
//!
//! The criterion figures are the whole cost, the kernel's interrupt and signal delivery
//! included, but the difference of two long times. So the handler's own time, from its
//! first line to its last, is printed as well, with a 95 % interval over twenty sessions:
//! once with fixed intervals, where the alarm is hardly ever set anew, and once with
//! random ones, where that is the larger part.
//!
//! `handler` is its work alone, without the kernel's interrupt and without setting the
//! alarm: a sample every 200 us, on stacks whose frames are all of different functions,
//! with nothing else in the processor's caches. It is the median of many, because the
//! first sample after another program had the processor finds nothing in them.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use profiler::{Intervals, Options, Sampler, Session};

const DEPTHS: [u32; 2] = [10, 160];
const N_SESSIONS: u32 = 20;

#[inline(never)]
fn descend(depth: u32) -> u64 {
    if depth == 0 {
        return (0..2_000_000_u64).fold(1, |x, i| black_box(x.wrapping_mul(31) ^ i));
    }
    black_box(descend(depth - 1)) + 1
}

fn start(intervals: Intervals) -> Session {
    let mut options = Options::new();
    options.rate_hz = 1000.0;
    options.intervals = intervals;
    Sampler::start(options).expect("no other sampler runs in this process")
}

/// The mean time in the handler for each sample of a session, in microseconds.
fn handler_time(depth: u32, intervals: Intervals) -> f64 {
    let session = start(intervals);
    // On a thread of its own, whose stack holds the frames that are asked for and few more.
    let thread = std::thread::spawn(move || {
        for _ in 0..100 {
            black_box(descend(depth.saturating_sub(6)));
        }
    });
    thread.join().expect("it only computes");
    let profile = session.stop().expect("the session is running");
    let quality = profile.quality();
    quality.overhead.as_secs_f64() * 1e6 / quality.taken.as_samples().max(1) as f64
}

fn print_handler_time(depth: u32, intervals: Intervals) {
    let times: Vec<f64> = (0..N_SESSIONS)
        .map(|_| handler_time(depth, intervals))
        .collect();
    let n = f64::from(N_SESSIONS);
    let mean = times.iter().sum::<f64>() / n;
    let squares: f64 = times.iter().map(|time| (time - mean).powi(2)).sum();
    // Student's t for 19 degrees of freedom.
    let half = 2.093 * (squares / (n - 1.0) / n).sqrt();
    let least = times.iter().copied().fold(f64::INFINITY, f64::min);
    println!(
        "{depth} frames, {intervals:?} intervals: {mean:.2} us in the handler \
         ({:.2} to {:.2}), {least:.2} at best",
        mean - half,
        mean + half
    );
}

/// Calls `bottom` below so many frames, each of its own function.
fn below(n_frames: usize, bottom: &mut dyn FnMut()) {
    match n_frames.checked_sub(1) {
        Some(at) => FRAMES[at / 16][at % 16](at, bottom),
        None => bottom(),
    }
}

#[inline(never)]
fn frame<const N: usize>(n_more: usize, bottom: &mut dyn FnMut()) {
    below(n_more, bottom);
    // Something to do afterwards, different in each, so that none becomes a jump or is
    // folded with another.
    black_box(N);
}

type Frame = fn(usize, &mut dyn FnMut());

macro_rules! sixteen {
    ($row:literal: $($at:literal)*) => {
        [$(frame::<{ 16 * $row + $at }>),*]
    };
}

static FRAMES: [[Frame; 16]; 10] = [
    sixteen!(0: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(1: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(2: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(3: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(4: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(5: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(6: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(7: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(8: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
    sixteen!(9: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
];

/// Takes so many samples one after the other and returns so many times the median time in
/// the handler.
fn handler_alone(n_frames: usize, n_samples: u64) -> Duration {
    // On a thread of its own, whose stack holds few other frames.
    let thread = std::thread::spawn(move || {
        let mut options = Options::new();
        options.rate_hz = 5000.0;
        let session = Sampler::start(options).expect("no other sampler runs in this process");
        let mut times = Vec::new();
        below(n_frames - N_OTHER_FRAMES, &mut || {
            // The first few fill the caches.
            for _ in 0..n_samples + 10 {
                times.push(session.time_handler().expect("the thread is sampled"));
            }
        });
        drop(session);
        times.sort_unstable();
        times[times.len() / 2].mul_f64(n_samples as f64)
    });
    thread.join().expect("it only takes samples")
}

/// Frames around those that are asked for: of the thread, and of the sampler.
const N_OTHER_FRAMES: usize = 8;

fn handler(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("handler");
    for depth in DEPTHS {
        group.bench_function(BenchmarkId::from_parameter(depth), |bencher| {
            bencher.iter_custom(|n_samples| handler_alone(depth as usize, n_samples));
        });
    }
    group.finish();
}

fn sample_cost(criterion: &mut Criterion) {
    for depth in DEPTHS {
        for intervals in [Intervals::Fixed, Intervals::Random] {
            print_handler_time(depth, intervals);
        }
    }
    let mut group = criterion.benchmark_group("sample_cost");
    for depth in DEPTHS {
        group.bench_function(BenchmarkId::new("alone", depth), |bencher| {
            bencher.iter(|| descend(depth));
        });
        let session = start(Intervals::Random);
        group.bench_function(BenchmarkId::new("sampled", depth), |bencher| {
            bencher.iter(|| descend(depth));
        });
        drop(session);
    }
    group.finish();
}

criterion_group!(benches, handler, sample_cost);
criterion_main!(benches);
