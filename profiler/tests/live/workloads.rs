//! The workloads whose truth is known, each sampled by both triggers.

use std::time::Duration;

use bench_fixtures::workload::{Truth, by_name};
use profiler::{Profile, Sampler, Weight};

use crate::support::{TRIGGERS, is, my_turn, options};

/// What is sampled; some are left out where the build found no C compiler.
const NAMES: [&str; 11] = [
    "split",
    "lockstep-1000",
    "lockstep-10000",
    "libc-callers",
    "recursion-1000",
    "threads-2",
    "threads-8",
    "short-threads",
    "inlined",
    "wrappers",
    "no-frame-pointer",
];

/// The CPU time of each.
const EACH: Duration = Duration::from_millis(1200);

/// About a hundred numbers are looked at, so each may be off by chance once in a million
/// times: 4.9 standard errors, of a variance that blocks make up to 1.2 times as large.
const MAX_Z: f64 = 5.4;

/// What the clocks do not see, relative to the number of samples.
const MAX_MISSING: f64 = 0.03;

/// The samples that the CPU time calls for, and those that were taken.
#[derive(Default)]
struct Count {
    expected: f64,
    taken: f64,
}

impl Count {
    fn add(&mut self, other: &Self) {
        self.expected += other.expected;
        self.taken += other.taken;
    }

    /// The number of samples varies less than one of independent arrivals would.
    fn assert_met(&self, of: &str) {
        let missing = 1.0 - self.taken / self.expected;
        let by_chance = MAX_Z / self.expected.sqrt();
        assert!(
            missing.abs() < MAX_MISSING + by_chance,
            "{of}: {} taken, {:.0} expected",
            self.taken,
            self.expected
        );
    }
}

/// The samples that have a function in their stack.
fn samples_of(profile: &Profile, function: &str) -> u64 {
    let seen = profile.stacks();
    let of_it = seen.filter(|(stack, _)| stack.iter().any(|name| is(name, function)));
    of_it.map(|(_, weight)| weight.as_samples()).sum()
}

/// Asserts that every function has its share, and every stack its root.
fn assert_true(of: &str, profile: &Profile, truth: &Truth) -> Count {
    let quality = profile.quality();
    let functions = truth.functions().iter();
    let seen: Vec<(&str, u64)> = functions
        .map(|time| (time.name, samples_of(profile, time.name)))
        .collect();
    let n: u64 = seen.iter().map(|(_, n)| n).sum();
    for &(name, of_it) in &seen {
        let share = truth.share(name).expect("it is one of the truth's");
        let found = of_it as f64 / n as f64;
        let z = (found - share) / (share * (1.0 - share) / n as f64).sqrt();
        assert!(
            z.abs() < MAX_Z,
            "{of}, {name}: z = {z:.1}, {seen:?}, {truth}, {quality:?}"
        );
    }
    assert_eq!(
        (quality.truncated, quality.unreadable),
        (Weight::default(), Weight::default()),
        "{of}: {quality:?}"
    );
    // Time in the handler is the functions' by their clock, but is not sampled.
    let time = Duration::from_nanos(truth.total());
    let sampled = 1.0 - quality.overhead.div_duration_f64(quality.cpu_time);
    let count = Count {
        expected: time.as_secs_f64() * sampled * quality.rate_asked,
        taken: n as f64,
    };
    println!("{of}: {} of {:.0}; {quality}", count.taken, count.expected);
    count.assert_met(of);
    count
}

fn sample(name: &str, trigger: profiler::Trigger, seed: u64) -> Option<(Profile, Truth)> {
    let workload = by_name(name)?;
    let mut options = options(trigger);
    options.seed = seed;
    // The frames of the test and of the workload come on top of a recursion's thousand.
    options.max_depth = 1200;
    let session = Sampler::start(options).unwrap();
    let truth = workload.run(EACH, seed);
    Some((session.stop().unwrap(), truth))
}

#[test]
fn every_workload_is_seen_as_it_measured_itself() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        let mut all = Count::default();
        for (seed, name) in (1..).zip(NAMES) {
            if let Some((profile, truth)) = sample(name, trigger, seed) {
                let of = format!("{name}, {trigger:?}");
                all.add(&assert_true(&of, &profile, &truth));
            }
        }
        all.assert_met(&format!("{trigger:?}"));
    }
}

/// The library comes after the start and is gone before the end.
#[test]
fn code_that_was_loaded_for_a_while_is_named_and_has_its_share() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        if let Some((profile, truth)) = sample("dlopen", trigger, 1) {
            let of = format!("dlopen, {trigger:?}");
            assert_true(&of, &profile, &truth);
        }
    }
}
