//! A bound on the cost, which lowers the rate while the program runs.

use std::time::Duration;

use profiler::{Profile, Weight};

use crate::support::{TRIGGERS, cpu_time, divide, is, multiply, my_turn, options, profile_of};

/// Works for so long; returns how long it was.
fn work_for(time: Duration, work: impl Fn()) -> Duration {
    let before = cpu_time();
    while cpu_time() < before + time {
        work();
    }
    cpu_time().saturating_sub(before)
}

/// The rate is lowered within the first part, of which there would be far too many samples
/// if those that were taken before weighed the same as those after.
#[test]
fn shares_hold_across_a_change_of_the_rate() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let (mut first, mut second) = (Duration::ZERO, Duration::ZERO);
        let part = Duration::from_secs(1);
        // How dear samples are depends on the machine: at half a microsecond, the last
        // bound is exceeded for certain.
        let profiles = [0.02, 0.01, 0.005, 0.002]
            .map(Some)
            .into_iter()
            .map(|bound| {
                let mut options = options(trigger);
                options.rate_hz = 4000.0;
                options.max_overhead = bound;
                profile_of(options, || {
                    first = work_for(part, || multiply(20_000));
                    second = work_for(part, || divide(20_000));
                })
            });
        let is_lowered = |profile: &Profile| profile.quality().rate_lowered_to_hz.is_some();
        let profile = profiles
            .into_iter()
            .find(is_lowered)
            .expect("the bound is exceeded");
        let quality = profile.quality();
        println!("{quality}; {quality:?}");
        let rate = quality.rate_lowered_to_hz.expect("looked for");
        let n_of = |function: &str| {
            let stacks = profile.stacks();
            let of_it = stacks.filter(|(stack, _)| stack.iter().any(|name| is(name, function)));
            of_it.map(|(_, weight)| weight).sum::<Weight>().as_samples() as f64
        };
        let (n_first, n_second) = (n_of("multiply"), n_of("divide"));
        let n = n_first + n_second;
        let share = first.div_duration_f64(first + second);
        let z = (n_first / n - share) / (share * (1.0 - share) / n).sqrt();
        assert!(
            z.abs() < 4.5,
            "z = {z:.1}, {n_first} and {n_second}, {quality:?}"
        );
        // Samples that are kept by chance vary like independent ones.
        let expected = rate
            * (first + second)
                .saturating_sub(quality.overhead)
                .as_secs_f64();
        let z = (n - expected) / expected.sqrt();
        assert!(
            z.abs() < 4.5 + 0.03 * expected.sqrt(),
            "{n} of {expected}, {quality:?}"
        );
    }
}

#[test]
fn an_ample_bound_leaves_the_rate_alone() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let mut options = options(trigger);
        options.max_overhead = Some(1.0);
        let profile = profile_of(options, || {
            work_for(Duration::from_millis(500), || multiply(20_000));
        });
        assert_eq!(profile.quality().rate_lowered_to_hz, None);
    }
}
