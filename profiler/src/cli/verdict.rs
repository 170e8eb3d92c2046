//! What the counters of a profile mean for its result, in sentences.
//!
//! Bounds are the worst case over all functions. What is lost may have been anything, so
//! `lost` of `n` samples due moves a share by `lost / n` at most; a stack cut short may
//! lack any caller, so it lowers a total by its own weight at most. Chance is bounded by
//! the interval of a share of one half, which is the widest.

use std::time::Duration;

use profiler::{Profile, Quality, Source, Weight, WeightUnit};

use super::numbers::{count, elapsed, points};

/// Says in a sentence how far the profile is to be trusted, and in further ones what
/// keeps it from being better and what to do.
pub fn verdict(profile: &Profile) -> String {
    let total = profile.total();
    if total == Weight::default() {
        return format!("No samples: {}.", nothing(profile.quality()));
    }
    let half = Weight::from_units(total.as_units() / 2);
    let reach = points(profile.share(half).half_width());
    let mut text = format!(
        "{}: every share is good to ±{reach} points or better.",
        counts(profile)
    );
    for sentence in reservations(profile).into_iter().flatten() {
        text.push('\n');
        text.push_str(&sentence);
    }
    text
}

fn counts(profile: &Profile) -> String {
    let quality = profile.quality();
    let total = profile.total().as_units();
    if profile.unit() != WeightUnit::Samples {
        return format!("{} {}", count(total), profile.unit());
    }
    if quality.source.is_none() {
        return format!("{} samples", count(total));
    }
    let rates = if quality.is_wall {
        format!(
            "in {}, asleep and running, {} a second (asked for {} of each thread)",
            elapsed(quality.wall_time),
            rate(quality.rate_obtained()),
            rate(quality.rate_asked)
        )
    } else {
        format!(
            "at {} a CPU second ({} asked)",
            rate(quality.rate_obtained()),
            rate(quality.rate_asked)
        )
    };
    let lost = count(quality.lost.as_samples());
    format!("{} samples {rates}; {lost} lost", count(total))
}

/// Says what the recording cost, and what was done to keep that within a bound.
pub fn cost(quality: &Quality, bound: Option<f64>) -> Option<String> {
    let spent = cost_share(quality)?;
    let cost = format!(
        "Recording cost {} % of the process's CPU time",
        points(spent)
    );
    let Some(bound) = bound else {
        return Some(format!("{cost}."));
    };
    let bound_text = points(bound);
    let is_kept = spent <= bound;
    Some(match quality.rate_lowered_to_hz.map(rate) {
        Some(lowered) if is_kept => format!(
            "{cost}; to keep it below the bound of {bound_text} %, the rate was lowered to {lowered}."
        ),
        Some(lowered) => format!(
            "{cost}: the bound of {bound_text} % could not be kept, though the rate was lowered \
             to {lowered}."
        ),
        None if is_kept => format!("{cost}; the bound was {bound_text} %."),
        None => format!("{cost}: the bound of {bound_text} % could not be kept."),
    })
}

/// The cost as a part of the process's CPU time, where it is known.
pub fn cost_share(quality: &Quality) -> Option<f64> {
    let spent = quality.overhead + quality.recorder_time;
    let is_known = spent > Duration::ZERO && quality.cpu_time > Duration::ZERO;
    is_known.then(|| spent.as_secs_f64() / quality.cpu_time.as_secs_f64())
}

/// What makes the profile worse than its number of samples promises.
fn reservations(profile: &Profile) -> [Option<String>; 7] {
    let quality = profile.quality();
    let taken = profile.total().as_units();
    let part = |n: u64, of: u64| points(n as f64 / of.max(1) as f64);
    let some = |weight: Weight| Some(weight.as_samples()).filter(|&n| n > 0);
    [
        some(quality.lost).map(|n| {
            let due = taken.saturating_add(n);
            format!(
                "What was lost could move a share by {} points at most.",
                part(n, due)
            )
        }),
        some(quality.truncated).map(|n| {
            format!(
                "{} too deep to be kept whole, so the total of an outer function may be up \
                 to {} points too low.",
                stacks(n, "was", "were"),
                part(n, taken)
            )
        }),
        some(quality.unreadable).map(|n| {
            format!(
                "{} not be walked to the root, so the total of a caller may be up to {} \
                 points too low.",
                stacks(n, "could", "could"),
                part(n, taken)
            )
        }),
        some(quality.late).map(|n| {
            format!(
                "{} late, most at the end of a system call, which they count for; at worst \
                 that moves {} points.",
                samples(n),
                part(n, taken)
            )
        }),
        (quality.source == Some(Source::Ptrace)).then(|| {
            "Threads were stopped one at a time to be looked at (ptrace), which may miss what \
             runs only for moments between sleeps, and gives functions that call the system \
             too much; perf does neither, where `sudo sysctl kernel.perf_event_paranoid=0` \
             permits it."
                .to_owned()
        }),
        (quality.source == Some(Source::Tracing)).then(|| {
            "Each thread was stopped at the moment of its sample to read Python's frames, which \
             costs it time but moves no share; --max-overhead bounds it."
                .to_owned()
        }),
        nameless(profile),
    ]
}

fn stacks(n: u64, one: &str, more: &str) -> String {
    match n {
        1 => format!("1 stack {one}"),
        n => format!("{} stacks {more}", count(n)),
    }
}

fn samples(n: u64) -> String {
    match n {
        1 => "1 sample was".to_owned(),
        n => format!("{} samples were", count(n)),
    }
}

/// Without names a profile is a list of numbers; that is worth a word.
fn nameless(profile: &Profile) -> Option<String> {
    let is_nameless = |weight: Weight| 2 * weight.as_units() > profile.total().as_units();
    let weight = profile
        .samples()
        .filter(|sample| is_address(profile.label(profile.leaf(sample.stack))))
        .map(|sample| sample.weight)
        .sum();
    is_nameless(weight).then(|| {
        "Most functions have no names: build the program with `debug = \
         \"line-tables-only\"` (Rust) or `-g` (C, C++) and without `strip`, or install the \
         debug symbols of the library named in brackets."
            .to_owned()
    })
}

/// Tells `[libc.so.6+0x1234]` and `[0x1234]` from names.
fn is_address(label: &str) -> bool {
    let inner = label
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| {
        let hex = inner.rsplit_once("+0x").map(|(_, hex)| hex);
        let hex = hex.or_else(|| inner.strip_prefix("0x"));
        hex.is_some_and(|hex| !hex.is_empty() && hex.chars().all(|c| c.is_ascii_hexdigit()))
    })
}

/// Says why there are no samples, and what to do.
pub fn nothing(quality: &Quality) -> String {
    let lost = quality.lost.as_samples();
    if lost > 0 {
        return format!(
            "all {} samples that were due are lost: raise --max-memory or lower --rate",
            count(lost)
        );
    }
    "the process used next to no processor time: record longer or with a higher --rate, \
     sample sleep as well with --mode wall, or the processes that it starts with --subprocesses"
        .to_owned()
}

fn rate(rate: f64) -> String {
    if rate < 10.0 {
        format!("{rate:.1}")
    } else {
        format!("{rate:.0}")
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use profiler::{Frame, Thread};

    use super::*;

    fn profile(n: u64, change: impl FnOnce(&mut Quality)) -> Profile {
        let mut profile = Profile::from_stacks([(["main", "work"], n)]);
        let mut quality = Quality::default();
        quality.source = Some(Source::PerfEvent);
        quality.cpu_time = Duration::from_secs(10);
        quality.wall_time = Duration::from_secs(10);
        quality.rate_asked = 199.0;
        change(&mut quality);
        profile.set_quality(quality);
        profile
    }

    #[test]
    fn a_good_profile_is_told_in_one_sentence() {
        assert_snapshot!(verdict(&profile(1980, |_| ())), @"1,980 samples at 198 a CPU second (199 asked); 0 lost: every share is good to ±2.2 points or better.");
    }

    #[test]
    fn in_wall_mode_seconds_are_those_of_the_clock() {
        let wall = profile(3_980, |quality| {
            quality.is_wall = true;
            quality.cpu_time = Duration::from_secs(1);
        });
        assert_snapshot!(verdict(&wall), @"3,980 samples in 10.0 s, asleep and running, 398 a second (asked for 199 of each thread); 0 lost: every share is good to ±1.6 points or better.");
    }

    #[test]
    fn every_counter_says_what_it_means() {
        let bad = profile(9_000, |quality| {
            quality.rate_asked = 1000.0;
            quality.lost = Weight::from_samples(1_000);
            quality.truncated = Weight::from_samples(90);
            quality.unreadable = Weight::from_samples(1);
            quality.late = Weight::from_samples(450);
        });
        assert_snapshot!(verdict(&bad), @r"
        9,000 samples at 900 a CPU second (1000 asked); 1,000 lost: every share is good to ±1.0 points or better.
        What was lost could move a share by 10 points at most.
        90 stacks were too deep to be kept whole, so the total of an outer function may be up to 1.0 points too low.
        1 stack could not be walked to the root, so the total of a caller may be up to 0.01 points too low.
        450 samples were late, most at the end of a system call, which they count for; at worst that moves 5.0 points.
        ");
    }

    #[test]
    fn the_cost_is_told_against_its_bound() {
        let of = |spent: u64, lowered, bound| {
            let profile = profile(2_000, |quality| {
                quality.rate_lowered_to_hz = lowered;
                quality.overhead = Duration::from_millis(spent / 2);
                quality.recorder_time = Duration::from_millis(spent - spent / 2);
            });
            cost(profile.quality(), bound).expect("it is known")
        };
        assert_snapshot!(of(90, None, None), @"Recording cost 0.90 % of the process's CPU time.");
        assert_snapshot!(of(90, None, Some(0.01)), @"Recording cost 0.90 % of the process's CPU time; the bound was 1.0 %.");
        assert_snapshot!(of(90, Some(201.3), Some(0.01)), @"Recording cost 0.90 % of the process's CPU time; to keep it below the bound of 1.0 %, the rate was lowered to 201.");
        assert_snapshot!(of(300, None, Some(0.01)), @"Recording cost 3.0 % of the process's CPU time: the bound of 1.0 % could not be kept.");
        assert_snapshot!(of(300, Some(1.0), Some(0.01)), @"Recording cost 3.0 % of the process's CPU time: the bound of 1.0 % could not be kept, though the rate was lowered to 1.0.");
        assert_eq!(cost(&Quality::default(), Some(0.01)), None);
    }

    #[test]
    fn nothing_sampled_says_what_to_do() {
        assert_snapshot!(nothing(profile(0, |_| ()).quality()), @"the process used next to no processor time: record longer or with a higher --rate, sample sleep as well with --mode wall, or the processes that it starts with --subprocesses");
        let lost = profile(0, |quality| quality.lost = Weight::from_samples(2_000));
        assert_snapshot!(nothing(lost.quality()), @"all 2,000 samples that were due are lost: raise --max-memory or lower --rate");
    }

    #[test]
    fn files_of_others_do_not_say_how_they_were_sampled() {
        let read = Profile::from_stacks([(["main"], 100)]);
        assert_snapshot!(verdict(&read), @"100 samples: every share is good to ±9.6 points or better.");
        let mut times = Profile::with_unit(WeightUnit::Nanoseconds);
        let thread = times.thread_id(Thread::named("main"));
        let stack = times.stack_id(None, Frame::function("main"));
        for _ in 0..100 {
            times.observe(thread, stack, Weight::from_units(1_000_000));
        }
        assert_snapshot!(verdict(&times), @"100,000,000 nanoseconds: every share is good to ±9.6 points or better.");
    }

    #[test]
    fn missing_names_are_told_from_names() {
        for label in ["[libc.so.6+0x12ab]", "[0x7f00]"] {
            assert!(is_address(label), "{label}");
        }
        for label in [
            "[truncated]",
            "main",
            "[u8]::len",
            "[kernel]",
            "[0x]",
            "[x+0xz]",
        ] {
            assert!(!is_address(label), "{label}");
        }
        let stripped = Profile::from_stacks([(["[a+0x1]"], 6), (["main"], 5)]);
        assert!(verdict(&stripped).contains("no names"));
        let named = Profile::from_stacks([(["[a+0x1]"], 5), (["main"], 5)]);
        assert!(!verdict(&named).contains("no names"));
    }
}
