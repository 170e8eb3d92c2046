//! Shares against the time that the program itself has measured.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use profiler::{Profile, Sampler, Weight};

use crate::support::{
    TRIGGERS, Truth, assert_rate_holds, cpu_time, divide, is, multiply, my_turn, options,
    profile_of, stacks_of_this_thread,
};

const MEGABYTE: usize = 1 << 20;

#[inline(never)]
fn fill_caller(bytes: &mut [u8], with: u8) {
    bytes.fill(black_box(with));
}

#[inline(never)]
fn copy_caller(from: &[u8], to: &mut [u8]) {
    to.copy_from_slice(black_box(from));
}

#[inline(never)]
fn stat_caller() {
    for _ in 0..60 {
        let _ = black_box(std::fs::metadata("/proc/self"));
    }
}

#[inline(never)]
fn mkdir_caller() {
    for _ in 0..60 {
        let _ = black_box(std::fs::create_dir("/proc"));
    }
}

#[inline(never)]
fn malloc_caller() {
    for size in 1..300_usize {
        drop(black_box(Vec::<u8>::with_capacity(size * 7)));
    }
}

#[test]
fn time_in_the_c_library_and_the_kernel_goes_to_the_right_caller() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let mut truth = Truth::default();
        let (mut from, mut to) = (vec![1; MEGABYTE], vec![2; MEGABYTE]);
        let profile = profile_of(options(trigger), || {
            for round in 0..2500_u32 {
                truth.charge("fill_caller", || {
                    fill_caller(&mut from, round.to_le_bytes()[0]);
                });
                truth.charge("copy_caller", || copy_caller(&from, &mut to));
                truth.charge("stat_caller", stat_caller);
                truth.charge("mkdir_caller", mkdir_caller);
                truth.charge("malloc_caller", malloc_caller);
            }
        });
        truth.assert_seen_in(&profile);
        // Nothing ends in the C library without a caller on this side of it.
        for stack in stacks_of_this_thread(&profile) {
            let known = stack.iter().any(|name| is(name, "profile_of"));
            assert!(known, "without its callers: {stack:?}");
        }
    }
}

#[inline(never)]
fn touch_memory() -> Vec<u8> {
    vec![black_box(1); 64 * MEGABYTE]
}

#[inline(never)]
fn give_memory_back(bytes: Vec<u8>) {
    drop(bytes);
    // Something to do afterwards, or an optimised call would become a jump.
    black_box(());
}

#[test]
fn one_long_system_call_weighs_as_much_as_many_short_ones() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let mut truth = Truth::default();
        let profile = profile_of(options(trigger), || {
            for _ in 0..20 {
                let mut bytes = Vec::new();
                truth.charge("touch_memory", || bytes = touch_memory());
                // Milliseconds in one call, which nothing can interrupt.
                truth.charge("give_memory_back", || give_memory_back(bytes));
            }
        });
        truth.assert_seen_in(&profile);
        assert!(
            profile.quality().late > Weight::default(),
            "{:?}",
            profile.quality()
        );
    }
}

#[test]
fn time_asleep_does_not_count() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let mut truth = Truth::default();
        let profile = profile_of(options(trigger), || {
            for _ in 0..60 {
                truth.charge("multiply", || multiply(400_000));
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        truth.assert_seen_in(&profile);
        assert_rate_holds(&profile);
    }
}

/// Alarms go off while the thread sleeps, far too early; each must be set anew.
#[test]
fn a_thread_that_runs_only_for_moments_is_sampled_to_the_end() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let profile = profile_of(options(trigger), || {
            for _ in 0..1500 {
                multiply(2000);
                std::thread::sleep(Duration::from_micros(300));
            }
        });
        let quality = profile.quality();
        assert!(quality.taken.as_samples() > 20, "{quality:?}");
        assert!(quality.lost.as_samples() <= 5, "{quality:?}");
        assert_rate_holds(&profile);
    }
}

#[test]
fn each_thread_has_its_own_share() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let session = Sampler::start(options(trigger)).unwrap();
        let spent = std::thread::scope(|scope| {
            let second = std::thread::Builder::new().name("second".to_owned());
            let second = second
                .spawn_scoped(scope, || {
                    let before = cpu_time();
                    divide(20_000_000);
                    cpu_time().saturating_sub(before)
                })
                .unwrap();
            multiply(10_000_000);
            second.join().unwrap()
        });
        let profile = session.stop().unwrap();
        let n: u64 = profile.total().as_samples();
        let on_second: u64 = profile
            .samples()
            .filter(|sample| profile.thread(sample.thread).name == "second")
            .map(|sample| sample.weight.as_samples())
            .sum();
        let share = spent.as_secs_f64() / profile.quality().cpu_time.as_secs_f64();
        let z = (on_second as f64 / n as f64 - share) / (share * (1.0 - share) / n as f64).sqrt();
        assert!(
            z.abs() < 4.5,
            "z = {z:.1}, {on_second} of {n}, {share}, {:?}",
            profile.quality()
        );
        assert_rate_holds(&profile);
    }
}

/// The samples of `function`, and those of all that is scored.
fn count(profile: &Profile, function: &str) -> u64 {
    let seen = profile.stacks();
    let of_it = seen.filter(|(stack, _)| stack.iter().any(|name| is(name, function)));
    of_it.map(|(_, weight)| weight.as_samples()).sum()
}

/// Asserts that the functions share the samples of them all as they share `times`, and
/// that there are as many as the rate says.
fn assert_shares(profile: &Profile, times: &[(&str, Duration)]) {
    let all: u64 = times.iter().map(|(name, _)| count(profile, name)).sum();
    let time: f64 = times.iter().map(|(_, time)| time.as_secs_f64()).sum();
    for &(name, of_it) in times {
        let share = of_it.as_secs_f64() / time;
        let seen = count(profile, name) as f64 / all as f64;
        let z = (seen - share) / (share * (1.0 - share) / all as f64).sqrt();
        assert!(
            z.abs() < 4.5,
            "{name}: z = {z:.1}, {seen} for {share}, {:?}",
            profile.quality()
        );
    }
    let quality = profile.quality();
    // Time in the handler is the functions' by their clock, but is not sampled.
    let time = time * (1.0 - quality.overhead.div_duration_f64(quality.cpu_time));
    let taken = all as f64 / quality.rate_asked;
    // 3 % for what the clocks do not see, beside what chance allows.
    let allowed = time * 0.03 + 4.5 * (time / quality.rate_asked).sqrt();
    assert!(
        (taken - time).abs() < allowed,
        "{taken} s sampled of {time} s, {quality:?}"
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let before = cpu_time();
    work();
    cpu_time().saturating_sub(before)
}

#[test]
fn threads_that_were_there_before_are_sampled_from_outside() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let is_on = AtomicBool::new(false);
        let is_over = AtomicBool::new(false);
        let (profile, own, other) = std::thread::scope(|scope| {
            let other = scope.spawn(|| {
                while !is_on.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                let before = cpu_time();
                while !is_over.load(Ordering::Acquire) {
                    divide(1000);
                }
                cpu_time().saturating_sub(before)
            });
            let session = Sampler::start(options(trigger)).unwrap();
            is_on.store(true, Ordering::Release);
            let own = timed(|| multiply(60_000_000));
            is_over.store(true, Ordering::Release);
            let other = other.join().unwrap();
            (session.stop().unwrap(), own, other)
        });
        assert_shares(&profile, &[("multiply", own), ("divide", other)]);
        // The stack of such a thread is read by the kernel, to its root.
        let quality = profile.quality();
        assert_eq!(quality.unreadable, Weight::default(), "{quality:?}");
    }
}
