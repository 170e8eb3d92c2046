//! What must hold for every profile.

use profiler::format::folded;
use std::time::Duration;

use profiler::{Difference, Frame, Profile, Share, Thread, Weight, WeightUnit};
use proptest::collection::vec;
use proptest::prelude::*;

/// Stacks over a few names, so that they share functions and recur; the names hold
/// everything that the folded format must take care of.
fn stacks() -> impl Strategy<Value = Vec<(Vec<String>, u64)>> {
    let name = prop_oneof![
        Just("main".to_owned()),
        Just("<[u8; 4] as core::fmt::Debug>::fmt".to_owned()),
        Just("a b 12".to_owned()),
        Just(r"back\x3b\\slash\".to_owned()),
        "[ -~]{0,4}",
        Just("two\nlines\r".to_owned()),
    ];
    vec((vec(name, 1..6), 1..1000_u64), 0..20)
}

fn fold(profile: &Profile) -> String {
    let mut text = Vec::new();
    folded::write(profile, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn profile(stacks: Vec<(Vec<String>, u64)>) -> Profile {
    Profile::from_stacks(stacks)
}

proptest! {
    #[test]
    fn folding_then_reading_changes_nothing(stacks in stacks()) {
        let before = profile(stacks);
        let text = fold(&before);
        let after = folded::read(text.as_bytes()).unwrap();
        prop_assert_eq!(before.stacks().collect::<Vec<_>>(), after.stacks().collect::<Vec<_>>());
        prop_assert_eq!(text, fold(&after));
    }

    #[test]
    fn weights_are_kept(stacks in stacks()) {
        let expected: u64 = stacks.iter().map(|(_, n)| n).sum();
        let profile = profile(stacks);
        prop_assert_eq!(profile.total().as_samples(), expected);
        prop_assert_eq!(profile.quality().taken, profile.total());
        let selves: u64 = profile.functions().iter().map(|f| f.self_weight.as_samples()).sum();
        prop_assert_eq!(selves, expected);
    }

    /// A function's total is its self plus the weight of the stacks that go on below it.
    #[test]
    fn total_is_self_plus_children(stacks in stacks()) {
        let profile = profile(stacks);
        for function in profile.functions() {
            let ends_elsewhere: Weight = profile
                .stacks()
                .filter(|(stack, _)| stack.last() != Some(&&*function.name))
                .filter(|(stack, _)| stack.contains(&&*function.name))
                .map(|(_, weight)| weight)
                .sum();
            prop_assert_eq!(function.total_weight, function.self_weight + ends_elsewhere);
            prop_assert_eq!(function.total_share, profile.share_of(|name| name == function.name));
        }
    }

    #[test]
    fn merging_is_free_of_order(a in stacks(), b in stacks(), c in stacks()) {
        let (a, b, c) = (profile(a), profile(b), profile(c));
        let mut forth = a.clone();
        forth.merge(&b);
        forth.merge(&c);
        let mut back = c.clone();
        back.merge(&a);
        back.merge(&b);
        prop_assert_eq!(fold(&forth), fold(&back));
        prop_assert_eq!(forth.quality(), back.quality());
        prop_assert_eq!(forth.functions(), back.functions());
        prop_assert_eq!(forth.total(), a.total() + b.total() + c.total());
    }

    #[test]
    fn rooting_keeps_exactly_the_samples_of_the_root(stacks in stacks()) {
        let whole = profile(stacks);
        let part = whole.root_at(|name| name == "main");
        let hits: Weight = whole
            .stacks()
            .filter(|(stack, _)| stack.contains(&"main"))
            .map(|(_, weight)| weight)
            .sum();
        prop_assert_eq!(part.total(), hits);
        for (stack, _) in part.stacks() {
            prop_assert_eq!(stack[0], "main");
        }
    }

    #[test]
    fn an_interval_holds_its_share_and_is_symmetric(hits in 0..2000_u64, misses in 0..2000_u64) {
        let share = Share::new(hits, hits + misses);
        prop_assert!(0.0 <= share.low && share.low <= share.value);
        prop_assert!(share.value <= share.high && share.high <= 1.0);
        let other = Share::new(misses, hits + misses);
        prop_assert!((share.low - (1.0 - other.high)).abs() < 1e-9 || hits + misses == 0);
    }

    #[test]
    fn a_difference_turns_its_sign_with_its_sides(a in 0..500_u64, b in 0..500_u64) {
        let (a, b) = (Share::new(a, 500), Share::new(b, 500));
        let (forth, back) = (Difference::between(a, b), Difference::between(b, a));
        prop_assert!((forth.low + back.high).abs() < 1e-12);
        prop_assert!(forth.low <= forth.value && forth.value <= forth.high);
    }
}

/// The chance of `k` hits in `n` draws, for every `k`; by the ratio of neighbours.
fn binomial(n: u64, p: f64) -> Vec<f64> {
    let mut logs = vec![n as f64 * (1.0 - p).ln()];
    for k in 0..n {
        let ratio = (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        logs.push(logs[logs.len() - 1] + ratio.ln());
    }
    logs.into_iter().map(f64::exp).collect()
}

/// Not a simulation: every possible outcome is weighed with its probability.
#[test]
fn intervals_hold_the_true_share_in_95_of_100_profiles() {
    for n in [50, 200, 1000, 5000] {
        let mut coverages = Vec::new();
        for step in 1..20 {
            let p = f64::from(step) / 20.0;
            let chances = binomial(n, p);
            let outcomes = (0..=n).zip(chances);
            coverages.push(
                outcomes
                    .filter(|&(hits, _)| Share::new(hits, n).contains(p))
                    .map(|(_, chance)| chance)
                    .sum::<f64>(),
            );
        }
        let mean = coverages.iter().sum::<f64>() / coverages.len() as f64;
        assert!((0.945..0.960).contains(&mean), "n = {n}: {mean}");
        assert!(
            coverages.iter().all(|coverage| *coverage > 0.92),
            "n = {n}: {coverages:?}"
        );
    }
}

/// An example worked by hand from the formula of the paper.
#[test]
fn ten_of_fifty_have_the_interval_that_the_formula_says() {
    let share = Share::new(10, 50);
    assert!((share.low - 0.1124).abs() < 5e-5, "{share:?}");
    assert!((share.high - 0.3304).abs() < 5e-5, "{share:?}");
    let nothing = Share::new(0, 0);
    assert_eq!((nothing.value, nothing.low, nothing.high), (0.0, 0.0, 1.0));
}

#[test]
fn lines_that_are_not_folded_are_named() {
    for (text, expected) in [
        (
            "main;work 3\nnonsense\n",
            "line 2: there is no space before a count",
        ),
        ("main;work three", "line 1: `three` is not a whole number"),
        ("\n\nmain -1", "line 3: `-1` is not a whole number"),
        (
            "main 99999999999999999999",
            "line 1: `99999999999999999999` is not",
        ),
    ] {
        let error = folded::read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// A hundred observations of equal weight are a hundred, whatever the unit; one that
/// outweighs all others is not much more than one.
#[test]
fn weights_other_than_samples_count_by_kish() {
    let mut even = Profile::with_unit(WeightUnit::Nanoseconds);
    for at in 0..100_u64 {
        let name = if at < 30 { "a" } else { "b" };
        even.add("main", [name], Weight::from_units(5_000_000));
    }
    let share = even.share_of(|name| name == "a");
    assert!((share.low - Share::new(30, 100).low).abs() < 1e-12);
    assert!((share.high - Share::new(30, 100).high).abs() < 1e-12);

    let mut uneven = Profile::with_unit(WeightUnit::Nanoseconds);
    uneven.add("main", ["a"], Weight::from_units(1_000_000_000));
    uneven.add("main", ["b"], Weight::from_units(1_000_000));
    let share = uneven.share_of(|name| name == "a");
    assert!(share.value > 0.99 && share.low < 0.3, "{share:?}");
}

/// Lines of one function are functions of their own; modules with a function of the
/// same name are one.
#[test]
fn a_frame_is_known_by_its_label() {
    let mut profile = Profile::new();
    let thread = profile.thread_id(Thread::named("main"));
    for (module, line) in [("a.so", None), ("b.so", None), ("a.so", Some(7))] {
        let frame = Frame {
            module: Some(module),
            file: Some("src/work.c"),
            line,
            ..Frame::function("work")
        };
        let stack = profile.stack_id(None, frame);
        profile.observe_at(
            Duration::from_millis(1),
            thread,
            stack,
            Weight::from_samples(1),
        );
    }
    let functions = profile.functions();
    let rows: Vec<(&str, u64)> = functions
        .iter()
        .map(|f| (&*f.name, f.total_weight.as_samples()))
        .collect();
    assert_eq!(rows, [("work", 2), ("work (work.c:7)", 1)]);
    assert_eq!(profile.timeline().count(), 3);
    let merged = {
        let mut both = profile.clone();
        both.merge(&profile);
        both
    };
    assert_eq!(merged.timeline().count(), 0);
    let stack = merged.samples().last().unwrap().stack;
    assert_eq!(merged.frame(merged.leaf(stack)).module, Some("a.so"));
}
