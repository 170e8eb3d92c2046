//! Threads and times: what a profile may have, and the page then shows.

use std::time::Duration;

use profiler::{Profile, Thread, Weight, WeightUnit};
use serde_json::json;

use super::chrome::Chrome;
use super::profiles::page;

/// Two threads whose samples alternate; on the first, `parse` and `draw` take turns.
fn profile() -> Profile {
    let mut profile = Profile::new();
    let [main, worker] = ["main", "worker"].map(|name| profile.thread_id(Thread::named(name)));
    let root = profile.stack_id(None, profiler::Frame::function("run"));
    let [parse, draw, wait] = ["parse", "draw", "wait"]
        .map(|name| profile.stack_id(Some(root), profiler::Frame::function(name)));
    let one = Weight::from_samples(1);
    for turn in 0..10 {
        let at = Duration::from_millis(turn * 10);
        let stack = if (3..8).contains(&turn) { draw } else { parse };
        profile.observe_at(at, main, stack, one);
        if turn < 4 {
            profile.observe_at(at + Duration::from_millis(5), worker, wait, one);
        }
    }
    profile
}

#[test]
fn threads_can_be_looked_at_alone_and_in_time() {
    let Some(chrome) = Chrome::open(&page(&profile())) else {
        return;
    };
    let total = "view.scene.selections[0].all";
    let threads = chrome.run(
        "[...document.querySelectorAll('#thread option')].map((option) => option.textContent)",
    );
    assert_eq!(threads, json!(["all 2 threads", "main", "worker"]));
    assert_eq!(chrome.run(total), 14);

    chrome.run("document.querySelector('[value=time]').click()");
    // In time there is one thread: the busiest, until another is chosen.
    assert_eq!(chrome.run(total), 10);
    let boxes = "[...view.scene.layout.node].map((_, k) => [view.scene.shortNameOf(k), view.scene.layout.start[0][k], view.scene.layout.end[0][k]])";
    assert_eq!(
        chrome.run(boxes),
        json!([
            ["all", 0, 10],
            ["run", 0, 10],
            ["parse", 0, 3],
            ["draw", 3, 8],
            ["parse", 8, 10]
        ])
    );
    let times = chrome.run("view.scene.tree.times.at.map((at) => at / 1e6)");
    assert_eq!(times, json!([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]));
    chrome.settle();
    chrome.screenshot("profile-in-time.png");

    chrome.run("(() => { const select = document.getElementById('thread'); select.selectedIndex = 2; select.dispatchEvent(new Event('change')); })()");
    assert_eq!(
        chrome.run(boxes),
        json!([["all", 0, 4], ["run", 0, 4], ["wait", 0, 4]])
    );
    chrome.run("document.querySelector('[value=heavy]').click()");
    assert_eq!(chrome.run(total), 4);
    assert_eq!(
        chrome.run(
            "[...document.querySelectorAll('#functions tbody th')].map((cell) => cell.textContent)"
        ),
        json!(["wait", "run"])
    );
    chrome.assert_content();
}

#[test]
fn weights_that_are_not_samples_have_the_intervals_of_the_crate() {
    let mut profile = Profile::with_unit(WeightUnit::Nanoseconds);
    for (stack, weights) in [
        (["main", "parse"], [900_u64, 5000, 20_000]),
        (["main", "draw"], [1_000_000, 3000, 800]),
    ] {
        for weight in weights {
            profile.add("main", stack, Weight::from_units(weight));
        }
    }
    let Some(chrome) = Chrome::open(&page(&profile)) else {
        return;
    };
    let share = chrome.run("view.scene.selections[0].share(view.scene.selections[0].self[view.data.names.indexOf('parse')])");
    let expected = profile.share_of(|name| name == "parse");
    for (key, expected) in [
        ("value", expected.value),
        ("low", expected.low),
        ("high", expected.high),
    ] {
        assert!(
            (share[key].as_f64().unwrap() - expected).abs() < 1e-12,
            "{key} of {share}"
        );
    }
    let shown = chrome.run("document.getElementById('details').textContent");
    assert!(
        shown.as_str().unwrap().contains("1,029,700 nanoseconds"),
        "{shown}"
    );
    chrome.assert_content();
}
