//! The workloads whose truth is known, each sampled by both triggers.
//!
//! Once in a usual run, and `REPEATS` times, each with another seed, where that is set: then
//! the mean over the repeats is looked at as well, which shows a bias that is too small for
//! one.

use std::collections::BTreeMap;
use std::time::Duration;

use bench_fixtures::workload::{Truth, by_name};
use profiler::{Profile, Sampler, Trigger, Weight};

use crate::support::{is, my_turn, options};

/// What is sampled.
const NAMES: [&str; 14] = [
    "split",
    "lockstep-1000",
    "lockstep-10000",
    "libc-callers",
    "recursion",
    "recursion-1000",
    "threads-2",
    "threads-8",
    "short-threads",
    "inlined",
    "wrappers",
    "no-frame-pointer",
    "dlopen",
    "sleep",
];

/// Those that are left out where the build found no C compiler.
const NEED_A_COMPILER: [&str; 2] = ["no-frame-pointer", "dlopen"];

/// Once in a period, a sample lengthens the phase that it hits by what it takes to interrupt
/// (20 us and more on a busy virtual machine), and the next phase is shortened to keep the
/// schedule. The clock counts that, but nobody sees it: a period is hardly ever sampled
/// twice. So the first phase of four, half of the period, seems shorter by half as much.
const DISTURBANCE: f64 = 0.015;

/// By a timer, a sample that falls due just before a thread goes to sleep is taken in the
/// call that it sleeps in, as is said of this trigger, and none of the functions gets it.
const LEAN: f64 = 0.03;

/// A library that is gone before its unwind tables are read leaves stacks that nobody can
/// walk. This one is loaded for a few milliseconds first, for its pace to be learnt.
const UNREADABLE: u64 = 5;

/// The CPU time of each.
const EACH: Duration = Duration::from_millis(1200);

/// About a hundred numbers are looked at, so each may be off by chance once in a million
/// times: 4.9 standard errors, of a variance that blocks make up to 1.2 times as large.
const MAX_Z: f64 = 5.4;

/// For ten times as many numbers, each may be off by chance a tenth as often.
const MORE_Z_A_DECADE: f64 = 0.5;

/// A share of fewer samples has no bell-shaped error.
const MIN_EXPECTED: f64 = 20.0;

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

/// What the runs of one workload have shown.
#[derive(Default)]
struct Runs {
    count: Count,
    /// By how many standard errors each function was off in each run, and how large one of
    /// them is.
    z: BTreeMap<&'static str, Vec<(f64, f64)>>,
}

impl Runs {
    /// Asserts that every function has its share, and every stack its root.
    fn add(&mut self, of: &str, profile: &Profile, truth: &Truth) {
        let quality = profile.quality();
        let functions = truth.functions().iter();
        let seen: Vec<(&'static str, u64)> = functions
            .map(|time| (time.name, samples_of(profile, time.name)))
            .collect();
        let n = seen.iter().map(|(_, n)| n).sum::<u64>() as f64;
        for &(name, of_it) in &seen {
            let share = truth.share(name).expect("it is one of the truth's");
            let found = of_it as f64 / n;
            let error = (share * (1.0 - share) / n).sqrt();
            let z = (found - share) / error;
            if share * n < MIN_EXPECTED {
                // Chance gives more than three times as many, or twenty, less than once in
                // a million times.
                let most = MIN_EXPECTED + 3.0 * share * n;
                assert!(of_it as f64 <= most, "{of}, {name}: {seen:?}, {truth}");
                continue;
            }
            let max_z = MAX_Z + MORE_Z_A_DECADE * f64::from(repeats()).log10();
            assert!(
                z.abs() < max_z,
                "{of}, {name}: z = {z:.1}, {seen:?}, {truth}, {quality:?}"
            );
            self.z.entry(name).or_default().push((z, error));
        }
        let max_unreadable = Weight::from_samples(if of.starts_with("dlopen") {
            UNREADABLE
        } else {
            0
        });
        assert!(
            quality.truncated == Weight::default() && quality.unreadable <= max_unreadable,
            "{of}: {quality:?}"
        );
        // Time in the handler is the functions' by their clock, but is not sampled.
        let time = Duration::from_nanos(truth.total());
        let sampled = 1.0 - quality.overhead.div_duration_f64(quality.cpu_time);
        let count = Count {
            expected: time.as_secs_f64() * sampled * quality.rate_asked,
            taken: n,
        };
        count.assert_met(of);
        self.count.add(&count);
    }

    /// Asserts that the mean over all runs is not off either, and prints a line.
    ///
    /// A mean may be off by `disturbance` as well.
    fn assert_unbiased(&self, of: &str, disturbance: f64) {
        let short = |name: &'static str| name.rsplit("::").next().unwrap_or(name);
        let (mut worst, mut bias) = ((0.0_f64, ""), (0.0_f64, ""));
        for (&name, z) in &self.z {
            // Standard errors of the sum grow with the root of the number.
            let root = (z.len() as f64).sqrt();
            let mean = z.iter().map(|(z, _)| z).sum::<f64>() / root;
            let error = z.iter().map(|(_, error)| error).sum::<f64>() / z.len() as f64 / root;
            let max_z = MAX_Z + disturbance / error;
            assert!(mean.abs() < max_z, "{of}, {name}: {mean:.1} from {z:.1?}");
            let most = z.iter().map(|(z, _)| z.abs()).fold(0.0, f64::max);
            if most > worst.0 {
                worst = (most, short(name));
            }
            if mean.abs() > bias.0.abs() {
                bias = (mean, short(name));
            }
        }
        self.count.assert_met(of);
        println!(
            "{of}: worst z {:.1} ({}), of the mean {:.1} ({}), obtained {:.4} of {:.0}",
            worst.0,
            worst.1,
            bias.0,
            bias.1,
            self.count.taken / self.count.expected,
            self.count.expected
        );
    }
}

fn repeats() -> u16 {
    std::env::var("REPEATS").map_or(1, |n| n.parse().expect("REPEATS is a number"))
}

fn sample(name: &str, trigger: Trigger, seed: u64) -> Option<(Profile, Truth)> {
    let workload = by_name(name)?;
    let mut options = options(trigger);
    options.seed = seed;
    // The frames of the test and of the workload come on top of a recursion's thousand.
    options.max_depth = 1200;
    let session = Sampler::start(options).unwrap();
    let truth = workload.run(EACH, seed);
    Some((session.stop().unwrap(), truth))
}

fn assert_all_seen(trigger: Trigger) {
    let _turn = my_turn();
    let mut all = Count::default();
    for (place, name) in (1..).zip(NAMES) {
        // Its samples lean towards the sleep, as is said of this trigger.
        if name == "sleep" && trigger == Trigger::Timer {
            continue;
        }
        if by_name(name).is_none() {
            assert!(NEED_A_COMPILER.contains(&name), "{name} is no workload");
            continue;
        }
        let mut runs = Runs::default();
        let of = format!("{name}, {trigger:?}");
        for repeat in 0..u64::from(repeats()) {
            if let Some((profile, truth)) = sample(name, trigger, place + 100 * repeat) {
                runs.add(&of, &profile, &truth);
            }
        }
        let disturbance = match (name, trigger) {
            ("lockstep-1000", _) => DISTURBANCE,
            ("short-threads" | "threads-2" | "threads-8", Trigger::Timer) => LEAN,
            _ => 0.0,
        };
        runs.assert_unbiased(&of, disturbance);
        all.add(&runs.count);
    }
    all.assert_met(&format!("{trigger:?}"));
}

#[test]
fn perf_events_see_every_workload_as_it_measured_itself() {
    assert_all_seen(Trigger::PerfEvent);
}

#[test]
fn timers_see_every_workload_as_it_measured_itself() {
    assert_all_seen(Trigger::Timer);
}
