//! The script's formulas against this crate's, number by number.

use profiler::{Difference, Profile, Share};
use serde_json::{Value, json};

use super::chrome::Chrome;
use super::profiles::{before, page};

const CASES: [(u64, u64); 10] = [
    (0, 1),
    (1, 1),
    (0, 50),
    (1, 50),
    (25, 50),
    (50, 50),
    (3, 1000),
    (123, 1000),
    (999, 1000),
    (1, 10_000_000),
];

#[test]
fn intervals_are_those_of_the_crate() {
    let Some(chrome) = Chrome::open(&page(&before())) else {
        return;
    };
    let shares: Vec<Share> = CASES.iter().map(|&(hits, n)| Share::new(hits, n)).collect();
    let computed = chrome.run(&format!(
        "{}.map(([hits, n]) => wilson(hits / n, n))",
        json!(CASES)
    ));
    for (share, computed) in shares.iter().zip(computed.as_array().unwrap()) {
        near(computed, [share.value, share.low, share.high]);
    }

    let computed = chrome.run(&format!(
        "{0}.flatMap(([k, m]) => {0}.map(([hits, n]) => newcombe(wilson(k / m, m), wilson(hits / n, n))))",
        json!(CASES)
    ));
    let pairs = shares
        .iter()
        .flat_map(|before| shares.iter().map(move |after| (*before, *after)));
    let computed = computed.as_array().unwrap();
    assert_eq!(computed.len(), CASES.len() * CASES.len());
    for ((before, after), computed) in pairs.zip(computed) {
        let difference = Difference::between(before, after);
        near(
            computed,
            [difference.value, difference.low, difference.high],
        );
    }
    // Without samples nothing is known.
    near(&chrome.run("wilson(0, 0)"), [0.0, 0.0, 1.0]);
}

#[test]
fn a_share_is_faded_if_a_run_without_it_could_look_the_same() {
    let profile = Profile::from_stacks([(["four"], 4), (["five"], 5), (["rest"], 991)]);
    let Some(chrome) = Chrome::open(&page(&profile)) else {
        return;
    };
    let faded = chrome.run(
        "Object.fromEntries([1, 2, 3].map((k) => [view.scene.nameOf(k), view.scene.faded[k]]))",
    );
    assert_eq!(faded, json!({ "rest": 0, "five": 0, "four": 1 }));
    for n in [1_u64, 3, 10, 50, 1000, 1_000_000] {
        let none = Share::new(0, n);
        let expected =
            (1..=n).find(|&hits| Difference::between(none, Share::new(hits, n)).low > 0.0);
        let least = chrome.run(&format!("smallestDistinguishable({n}, {n})"));
        // JSON has no infinity: no share of so few samples can be told from zero.
        match (expected, least.as_f64()) {
            (Some(hits), Some(least)) => assert!(
                least <= hits as f64 && least > hits as f64 - 1.0,
                "of {n}: {least}"
            ),
            (expected, least) => assert_eq!((expected, least), (None, None), "of {n}"),
        }
    }
}

fn near(computed: &Value, expected: [f64; 3]) {
    for (key, expected) in ["value", "low", "high"].into_iter().zip(expected) {
        let value = computed[key].as_f64().unwrap();
        assert!(
            (value - expected).abs() < 1e-12,
            "{key}: {value} for {expected}"
        );
    }
}
