//! Which changes between two profiles are more than chance, and how they are drawn.

use profiler::format::flame_graph;
use profiler::{Change, Frame, Profile, Thread, Weight, WeightUnit, changes};

fn profile(counts: &[(&'static str, u64)]) -> Profile {
    Profile::from_stacks(counts.iter().map(|&(name, n)| (["main", name], n)))
}

fn change_of<'a>(changes: &'a [Change], name: &str) -> &'a Change {
    changes.iter().find(|change| change.name == name).unwrap()
}

/// Worked by hand: of 30 hits in 200, at most 10 fall on the first 100 with a chance of
/// Σ C(100, k) C(100, 30 - k) / C(200, 30) for k up to 10, and p is twice that. `a` and
/// `b` are one comparison each, `main` a third; Holm has the smallest times 3.
#[test]
fn p_values_are_those_of_the_exact_test() {
    let before = profile(&[("a", 10), ("b", 90)]);
    let after = profile(&[("a", 20), ("b", 80)]);
    let changes = changes(&before, &after);
    let a = change_of(&changes, "a");
    assert!((a.p_value - 0.073_427_589_7).abs() < 1e-9, "{a:?}");
    let b = change_of(&changes, "b");
    assert!((a.p_value - b.p_value).abs() < 1e-9);
    for change in [a, b] {
        assert!(
            (change.p_corrected - 3.0 * a.p_value).abs() < 1e-9,
            "{change:?}"
        );
        assert!(!change.is_beyond_chance());
    }
    let main = change_of(&changes, "main");
    assert!((main.p_value - 1.0).abs() < 1e-12 && !main.is_beyond_chance());
}

/// The chance of `k` hits in `n` draws, for every `k`.
fn binomial(n: u64, p: f64) -> Vec<f64> {
    let mut logs = vec![n as f64 * (1.0 - p).ln()];
    for k in 0..n {
        let ratio = (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        logs.push(logs[logs.len() - 1] + ratio.ln());
    }
    logs.into_iter().map(f64::exp).collect()
}

/// Not a simulation: every pair of outcomes of two equal programs is weighed with its
/// probability. The exact test keeps below its level, as counts come in steps.
#[test]
fn what_has_not_changed_is_called_changed_in_at_most_5_of_100() {
    const N: u64 = 60;
    for p in [0.1, 0.3, 0.5] {
        let chances = binomial(N, p);
        let mut wrong = 0.0;
        let mut unadjusted = 0.0;
        for hits_before in 0..=N {
            for hits_after in 0..=N {
                let before = profile(&[("a", hits_before), ("b", N - hits_before)]);
                let after = profile(&[("a", hits_after), ("b", N - hits_after)]);
                let chance = chances[usize::try_from(hits_before).unwrap()]
                    * chances[usize::try_from(hits_after).unwrap()];
                let found = changes(&before, &after);
                if found.iter().any(Change::is_beyond_chance) {
                    wrong += chance;
                }
                if found.iter().any(|change| change.p_value < 0.05) {
                    unadjusted += chance;
                }
            }
        }
        assert!(wrong < 0.05, "{p}: {wrong}");
        assert!((0.01..0.05).contains(&unadjusted), "{p}: {unadjusted}");
    }
}

/// Observations of equal weight count as many as they are, whatever the unit.
#[test]
fn weights_of_another_unit_do_not_make_changes_surer() {
    let timed = |hits: u64| {
        let mut profile = Profile::with_unit(WeightUnit::Nanoseconds);
        for at in 0..100 {
            let name = if at < hits { "a" } else { "b" };
            profile.add("main", ["main", name], Weight::from_units(5_000_000));
        }
        profile
    };
    let counted = |hits: u64| profile(&[("a", hits), ("b", 100 - hits)]);
    let in_time = changes(&timed(10), &timed(20));
    let in_samples = changes(&counted(10), &counted(20));
    for (left, right) in in_time.iter().zip(&in_samples) {
        assert_eq!(left.name, right.name);
        assert!(
            (left.p_value - right.p_value).abs() < 1e-9,
            "{left:?} {right:?}"
        );
    }
}

/// The colour and the title of each frame of the drawing.
fn frames(before: &Profile, after: &Profile) -> (String, Vec<(String, String)>) {
    let mut drawing = Vec::new();
    let mut options = flame_graph::Options::new();
    options.plain = true;
    flame_graph::write_difference(before, after, &options, &mut drawing).unwrap();
    let drawing = String::from_utf8(drawing).unwrap();
    let frames = drawing
        .split("<title>")
        .skip(1)
        .map(|part| {
            let (title, rest) = part.split_once("</title>").unwrap();
            let fill = rest
                .split("fill=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            (title.to_owned(), fill.to_owned())
        })
        .collect();
    (drawing, frames)
}

#[test]
fn only_what_is_more_than_chance_is_coloured() {
    let before = profile(&[
        ("grown", 300),
        ("shrunk", 400),
        ("same", 200),
        ("gone", 100),
    ]);
    let after = profile(&[("grown", 600), ("shrunk", 195), ("same", 205)]);
    let (drawing, frames) = frames(&before, &after);
    let colour_of = |name: &str| {
        let found = frames.iter().find(|(title, _)| title.starts_with(name));
        found.map(|(_, fill)| fill.as_str()).unwrap()
    };
    assert!(colour_of("grown").starts_with("rgb(255,"));
    assert!(colour_of("shrunk").ends_with(",255)"));
    let grey = colour_of("same");
    let parts: Vec<&str> = grey[4..grey.len() - 1].split(',').collect();
    assert!(parts[0] == parts[1] && parts[1] == parts[2], "{grey}");
    assert_eq!(colour_of("main"), grey);
    let (title, _) = frames
        .iter()
        .find(|(title, _)| title.starts_with("grown"))
        .unwrap();
    assert!(
        title.contains("in all stacks +30.00% ±") && title.contains("p &lt; 0.0001"),
        "{title}"
    );
    assert!(drawing.contains("gone: gone -10.00% ±"), "{drawing}");
}

/// Twice the same profile, and once more with twice the samples: nothing to be seen.
#[test]
fn equal_shares_have_no_colour() {
    let before = profile(&[("a", 100), ("b", 50)]);
    for after in [before.clone(), profile(&[("a", 200), ("b", 100)])] {
        let (drawing, frames) = frames(&before, &after);
        let grey = &frames[0].1;
        assert!(frames.iter().all(|(_, fill)| fill == grey), "{frames:?}");
        assert!(!drawing.contains("gone:"));
    }
}

/// Weights so large that their products overflow.
#[test]
fn large_weights_are_drawn() {
    let before = profile(&[("a", 1 << 50), ("b", 1 << 51)]);
    let after = profile(&[("a", 1 << 51), ("b", 1 << 50)]);
    let (_, frames) = frames(&before, &after);
    assert_eq!(frames.len(), 4);
}

#[test]
fn a_profile_by_function_has_no_lines_and_all_weights() {
    let mut by_line = Profile::new();
    let thread = by_line.thread_id(Thread::named("main"));
    let time = std::time::Duration::from_millis(1);
    for line in [1, 2, 2, 3] {
        let mut frame = Frame::function("f");
        (frame.file, frame.line) = (Some("f.rs"), Some(line));
        let caller = by_line.stack_id(None, frame);
        let stack = by_line.stack_id(Some(caller), Frame::function("g"));
        by_line.observe_at(time, thread, stack, Weight::from_samples(2));
    }
    let by_function = by_line.by_function();
    let stacks: Vec<_> = by_function.stacks().collect();
    assert_eq!(stacks, [(vec!["f", "g"], Weight::from_samples(8))]);
    assert_eq!(by_function.timeline().count(), 4);
    assert_eq!(by_function.quality(), by_line.quality());
    let stack = by_function.timeline().next().unwrap().stack;
    assert_eq!(by_function.stack(stack), ["f", "g"]);
}
