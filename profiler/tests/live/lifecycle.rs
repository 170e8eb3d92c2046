//! Starting, stopping, and leaving the program as it was.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use profiler::{Error, Options, Sampler, Trigger, Weight};

use crate::support::{TRIGGERS, cpu_time, multiply, my_turn, options, profile_of};

/// The signals that this process ignores and handles.
fn dispositions() -> Vec<String> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let is_wanted = |line: &&str| line.starts_with("SigIgn") || line.starts_with("SigCgt");
    status
        .lines()
        .filter(is_wanted)
        .map(str::to_owned)
        .collect()
}

fn n_open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn a_second_sampler_is_refused_and_the_first_goes_on() {
    let _turn = my_turn();
    let session = Sampler::start(Options::new()).unwrap();
    assert!(matches!(
        Sampler::start(Options::new()),
        Err(Error::AlreadyRunning)
    ));
    multiply(20_000_000);
    assert!(session.stop().unwrap().total() > Weight::default());
    Sampler::start(Options::new()).unwrap().stop().unwrap();
}

#[test]
fn impossible_options_are_refused_by_name() {
    let _turn = my_turn();
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        let mut options = Options::new();
        options.rate_hz = rate;
        let error = Sampler::start(options).unwrap_err();
        assert!(error.to_string().contains("rate_hz"), "{error}");
    }
    for part in [0.0, -0.1, 1.1, f64::NAN] {
        let mut options = Options::new();
        options.max_overhead = Some(part);
        let error = Sampler::start(options).unwrap_err();
        assert!(error.to_string().contains("max_overhead"), "{error}");
    }
    let mut options = Options::new();
    options.max_depth = 0;
    assert!(matches!(
        Sampler::start(options),
        Err(Error::BadOption {
            option: "max_depth",
            ..
        })
    ));
}

#[test]
fn stop_and_drop_put_signals_and_files_back() {
    let _turn = my_turn();
    let before = dispositions();
    let files = n_open_files();
    for trigger in TRIGGERS {
        let session = Sampler::start(options(trigger)).unwrap();
        assert_ne!(dispositions(), before);
        multiply(2_000_000);
        drop(session);
        assert_eq!(dispositions(), before);
        profile_of(options(trigger), || multiply(2_000_000));
        assert_eq!(dispositions(), before);
        assert_eq!(n_open_files(), files);
    }
}

#[test]
fn auto_takes_the_perf_event_where_it_is_permitted() {
    let _turn = my_turn();
    let permitted = Sampler::start(options(Trigger::PerfEvent)).is_ok();
    let profile = profile_of(options(Trigger::Auto), || multiply(1_000_000));
    let expected = if permitted {
        profiler::Source::PerfEvent
    } else {
        profiler::Source::Timer
    };
    assert_eq!(profile.quality().source, Some(expected));
}

/// A handler that locks or allocates hangs here: threads are interrupted inside the
/// allocator thousands of times, while sessions start and stop around them.
#[test]
fn a_storm_of_allocations_on_several_threads_survives_start_and_stop() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let is_over = AtomicBool::new(false);
        for _ in 0..2 {
            let mut options = options(trigger);
            options.rate_hz = 4000.0;
            let session = Sampler::start(options).unwrap();
            is_over.store(false, Ordering::Relaxed);
            let profile = std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        while !is_over.load(Ordering::Relaxed) {
                            allocate();
                        }
                    });
                }
                let end = cpu_time() + Duration::from_millis(40);
                while cpu_time() < end {
                    allocate();
                }
                // The other threads are still busy.
                let profile = session.stop().unwrap();
                is_over.store(true, Ordering::Relaxed);
                profile
            });
            assert!(
                profile.share_of(|name| name.ends_with("allocate")).value > 0.5,
                "{:?}",
                profile.quality()
            );
            for (stack, weight) in profile.stacks() {
                assert!(stack[0] != "[unreadable]", "{weight:?}: {stack:?}");
            }
        }
    }
}

#[inline(never)]
fn allocate() {
    let mut kept = Vec::new();
    for size in 1..200_usize {
        kept.push(black_box(vec![1_u8; size * 13]));
    }
    drop(kept);
}

#[cfg(feature = "criterion")]
#[test]
fn a_benchmark_gets_its_flame_graph() {
    use criterion::profiler::Profiler;

    let _turn = my_turn();
    let folder = std::env::temp_dir().join(format!("profiler-criterion-{}", std::process::id()));
    let mut profiler = profiler::FlameGraphProfiler::default();
    profiler.start_profiling("group/multiply", &folder);
    multiply(20_000_000);
    profiler.stop_profiling("group/multiply", &folder);
    let drawing = std::fs::read_to_string(folder.join("flame.svg")).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert!(drawing.contains("group/multiply") && drawing.contains("multiply ("));
}
