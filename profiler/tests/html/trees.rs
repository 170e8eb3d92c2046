//! What the script counts in trees, against slower ways to count it.

use profiler::{Profile, Weight};
use serde_json::json;

use super::chrome::Chrome;
use super::profiles::{page, synthetic};

/// The levels of the inverted tree are made without hashing; a slow walk agrees.
#[test]
fn the_inverted_tree_is_that_of_a_slow_walk() {
    let Some(chrome) = Chrome::open(&page(&synthetic(400))) else {
        return;
    };
    let agree = chrome.run(
        "(() => {
            const { data } = view, selection = data.select(0, ALL_THREADS), tree = invertedTree(data, [selection]);
            const slow = new Map(), quick = new Map();
            selection.own.forEach((weight, stack) => {
                let path = '';
                for (let at = stack; weight > 0 && at >= 0; at = data.caller[at]) {
                    path += ` ${data.functionOf[at]}`;
                    slow.set(path, (slow.get(path) ?? 0) + weight);
                }
            });
            const paths = [''];
            for (let node = 1; node < tree.parent.length; node += 1) {
                paths[node] = `${paths[tree.parent[node]]} ${tree.functionOf[node]}`;
                quick.set(paths[node], tree.total[0][node]);
            }
            const differs = [...slow].filter(([path, weight]) => quick.get(path) !== weight).length;
            return [slow.size, quick.size, tree.parent.length - 1, differs];
        })()",
    );
    assert!(agree[0].as_u64().unwrap() > 2000, "{agree}");
    assert_eq!(agree, json!([agree[0], agree[0], agree[0], 0]));
    chrome.assert_content();
}

/// A function that calls itself counts once in each sample, on the page as in the crate.
#[test]
fn recursion_counts_once() {
    let profile = Profile::from_stacks([
        (vec!["main", "walk", "visit", "walk", "visit", "read"], 30),
        (vec!["main", "walk", "walk"], 20),
        (vec!["main", "visit", "walk"], 7),
        (vec!["main", "read"], 5),
    ]);
    let Some(chrome) = Chrome::open(&page(&profile)) else {
        return;
    };
    let counted = chrome.run(
        "Object.fromEntries(view.data.names.map((name, f) => [name, [view.scene.selections[0].self[f], view.scene.selections[0].total[f]]]))",
    );
    for function in profile.functions() {
        let expected = [function.self_weight, function.total_weight].map(Weight::as_samples);
        assert_eq!(
            counted[&function.name],
            json!(expected),
            "{}",
            function.name
        );
    }
    let shares = chrome.run("(view.find('walk'), view.scene.matchedShares())");
    let expected = profile.share_of(|name| name == "walk");
    assert!((shares[0]["value"].as_f64().unwrap() - expected.value).abs() < 1e-12);
}
