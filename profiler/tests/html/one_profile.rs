//! The page of one profile, as a reader uses it.

#![expect(
    clippy::float_cmp,
    reason = "weights are whole numbers, and a share is one division of them"
)]

use profiler::{FunctionShare, Profile};
use serde_json::{Value, json};

use super::chrome::Chrome;
use super::profiles::{before, page};

/// Every box with its depth, place, function and weights.
const BOXES: &str = "(() => { const { layout, tree } = view.scene; return [...layout.node].map((node, k) => ({
    k, depth: depthOf(layout, k), parent: parentPlace(layout, k), function: tree.functionOf[node],
    start: layout.start[0][k], end: layout.end[0][k], total: tree.total[0][node], own: tree.own[0][node] })); })()";

#[test]
fn a_reader_zooms_searches_and_turns_the_profile_round() {
    let profile = before();
    let Some(chrome) = Chrome::open(&page(&profile)) else {
        return;
    };
    chrome.prefer("light");
    chrome.screenshot("profile-light.png");
    the_table_says_what_the_crate_says(&chrome, &profile);
    boxes_are_inside_their_parents(&chrome, true);
    a_click_zooms_and_escape_goes_back(&chrome);
    the_keyboard_walks(&chrome);
    a_search_counts_like_the_crate(&chrome, &profile);
    rare_boxes_are_faded(&chrome);
    the_mouse_points(&chrome);
    the_order_can_be_of_names(&chrome);
    the_inverted_view_begins_with_self(&chrome, &profile);
    everything_can_be_read(&chrome, "profile");
    // The times of folded stacks are not known, which is said.
    assert_eq!(
        chrome.run("document.getElementById('in-time').disabled"),
        json!(true)
    );
    let why = chrome.run("document.getElementById('why').textContent");
    assert!(why.as_str().unwrap().contains("not kept"), "{why}");
    chrome.assert_content();
}

fn the_table_says_what_the_crate_says(chrome: &Chrome, profile: &Profile) {
    let rows = chrome.run(
        "[...document.querySelectorAll('#functions tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))",
    );
    let functions = profile.functions();
    assert_eq!(rows.as_array().unwrap().len(), functions.len());
    for (row, function) in rows.as_array().unwrap().iter().zip(&functions) {
        assert_eq!(row[0], json!(function.name));
        for (cell, share) in [
            (&row[1], function.self_share),
            (&row[2], function.total_share),
        ] {
            let expected = format!(
                "{} {}",
                chrome
                    .run(&format!("shareText({})", json_of(share)))
                    .as_str()
                    .unwrap(),
                chrome
                    .run(&format!("rangeText({})", json_of(share)))
                    .as_str()
                    .unwrap()
            );
            assert_eq!(*cell, json!(expected), "{}", function.name);
        }
    }
    // One cell in full, so that the texts themselves are known to be right.
    assert_eq!(rows[0][1], "41.0 % 38.0\u{2013}44.1 %");
}

fn json_of(share: profiler::Share) -> Value {
    json!({ "value": share.value, "low": share.low, "high": share.high })
}

/// Checks the layout: levels, order, and that weights are conserved.
fn boxes_are_inside_their_parents(chrome: &Chrome, is_heavy_first: bool) -> Value {
    let boxes = chrome.run(BOXES);
    let list = boxes.as_array().unwrap();
    let number = |place: &Value, key: &str| place[key].as_f64().unwrap();
    let mut n_siblings = 0;
    for (k, place) in list.iter().enumerate() {
        assert_eq!(
            number(place, "end") - number(place, "start"),
            number(place, "total")
        );
        let children: Vec<&Value> = list
            .iter()
            .filter(|child| child["parent"] == json!(k))
            .collect();
        let below: f64 = children.iter().map(|child| number(child, "total")).sum();
        assert_eq!(below + number(place, "own"), number(place, "total"));
        for child in &children {
            assert_eq!(number(child, "depth"), number(place, "depth") + 1.0);
            assert!(number(child, "start") >= number(place, "start"));
            assert!(number(child, "end") <= number(place, "end"));
        }
        for pair in children.windows(2) {
            assert_eq!(number(pair[0], "end"), number(pair[1], "start"));
            let is_sorted = if is_heavy_first {
                number(pair[0], "total") >= number(pair[1], "total")
            } else {
                number(pair[0], "function") < number(pair[1], "function")
            };
            assert!(is_sorted, "{} and {}", pair[0], pair[1]);
            n_siblings += 1;
        }
    }
    assert!(n_siblings >= 3, "there is an order to speak of");
    boxes
}

/// The middle of the box of that name, in the window.
fn place_of(chrome: &Chrome, name: &str) -> (f64, f64) {
    let place = chrome.run(&format!(
        "(() => {{ const chart = view.charts[0], {{ layout }} = view.scene;
            const k = [...layout.node].findIndex((_, k) => k > 0 && view.scene.nameOf(k) === {});
            const area = chart.canvas.getBoundingClientRect();
            return [area.x + chart.xOf((layout.start[0][k] + layout.end[0][k]) / 2), area.y + chart.yOf(depthOf(layout, k)) + ROW / 2]; }})()",
        json!(name)
    ));
    (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
}

const ZOOMED: &str = "(() => { const { from, to } = view.charts[0].view; return [view.scene.nameOf(view.scene.zoomed), from, to]; })()";

fn a_click_zooms_and_escape_goes_back(chrome: &Chrome) {
    assert_eq!(chrome.run(ZOOMED), json!(["all (1,000 samples)", 0, 1000]));
    let (x, y) = place_of(chrome, "folder::ensure_directory");
    chrome.click(x, y);
    let zoomed = chrome.run(ZOOMED);
    assert_eq!(zoomed[0], "folder::ensure_directory");
    let width = zoomed[2].as_f64().unwrap() - zoomed[1].as_f64().unwrap();
    assert_eq!(width, 350.0, "its samples have the whole width");
    let crumbs = chrome
        .run("[...document.querySelectorAll('#path button')].map((crumb) => crumb.textContent)");
    assert_eq!(
        crumbs,
        json!([
            "all",
            "main",
            "Engine::run",
            "Engine::tick",
            "folder::ensure_directory"
        ])
    );
    let details = chrome.run("document.getElementById('details').textContent");
    let details = details.as_str().unwrap();
    assert!(
        details.contains("35.0 %") && details.contains("32.1\u{2013}38.0 %"),
        "{details}"
    );
    chrome.screenshot("profile-zoomed.png");
    chrome.run("document.querySelectorAll('#path button')[2].click()");
    assert_eq!(chrome.run(ZOOMED)[0], "<app::Engine>::run");
    chrome.press("Escape");
    assert_eq!(chrome.run(ZOOMED), json!(["all (1,000 samples)", 0, 1000]));
}

fn the_keyboard_walks(chrome: &Chrome) {
    let selected = "view.scene.nameOf(view.scene.selected)";
    chrome.run("view.charts[0].canvas.focus()");
    for key in ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"] {
        chrome.press(key);
    }
    let first = chrome.run(selected);
    assert_eq!(first, "indicator::mean::<[f64; 24]>", "the heaviest child");
    chrome.press("ArrowRight");
    assert_eq!(chrome.run(selected), "folder::ensure_directory");
    let spoken = chrome.run("document.getElementById('status').textContent");
    assert_eq!(spoken, "folder::ensure_directory: 35.0 %");
    chrome.press("ArrowLeft");
    assert_eq!(chrome.run(selected), first);
    chrome.press("ArrowUp");
    assert_eq!(chrome.run(selected), "<app::Engine>::tick");
    chrome.press("Enter");
    assert_eq!(chrome.run(ZOOMED)[0], "<app::Engine>::tick");
    chrome.press("Backspace");
    assert_eq!(chrome.run(ZOOMED)[0], "<app::Engine>::run");
    chrome.press("Home");
    assert_eq!(chrome.run(ZOOMED)[0], "all (1,000 samples)");
}

fn a_search_counts_like_the_crate(chrome: &Chrome, profile: &Profile) {
    let matched = "document.getElementById('matched').textContent";
    let shares = "view.scene.matchedShares()";
    for (term, predicate) in [
        (
            "ensure",
            (|name: &str| name.contains("ensure")) as fn(&str) -> bool,
        ),
        ("std::", |name| name.contains("std::")),
        ("[f64; 24]", |name| name.contains("[f64; 24]")),
        ("nowhere", |name| name.contains("nowhere")),
    ] {
        chrome.run("view.charts[0].canvas.focus()");
        chrome.press("/");
        chrome.write(term);
        let expected = profile.share_of(predicate);
        let share = &chrome.run(shares)[0];
        assert_eq!(share["value"].as_f64().unwrap(), expected.value, "{term}");
        assert!((share["low"].as_f64().unwrap() - expected.low).abs() < 1e-12);
        assert!((share["high"].as_f64().unwrap() - expected.high).abs() < 1e-12);
        let n_matches = profile
            .functions()
            .iter()
            .filter(|function| predicate(&function.name))
            .count();
        let text = chrome.run(matched);
        assert!(
            text.as_str()
                .unwrap()
                .starts_with(&format!("{n_matches} function")),
            "{text}"
        );
    }
    chrome.press("Escape");
    assert_eq!(chrome.run("view.scene.matches"), Value::Null);

    let search = |text: &str| {
        chrome.run(&format!(
            "(byId('regex').checked = true, byId('term').value = {}, view.search())",
            json!(text)
        ));
        chrome.settle();
    };
    search("^(stat|mkdir)$");
    let expected = profile.share_of(|name| name == "stat" || name == "mkdir");
    assert_eq!(
        chrome.run(shares)[0]["value"].as_f64().unwrap(),
        expected.value
    );
    assert_eq!(
        chrome.run(matched),
        "2 functions match, in 35.0 % (32.1\u{2013}38.0 %) of samples"
    );
    chrome.screenshot("profile-searched.png");
    search("(");
    let complaint = chrome.run(matched);
    assert!(
        complaint
            .as_str()
            .unwrap()
            .contains("Invalid regular expression"),
        "{complaint}"
    );
    chrome.run("byId('regex').checked = false");
    chrome.press("Escape");
    assert_eq!(chrome.run("view.scene.matches"), Value::Null);
}

/// Of a thousand samples, four could be none in another run, and five could not.
fn rare_boxes_are_faded(chrome: &Chrome) {
    let boxes = chrome.run("[...view.scene.layout.node].map((_, k) => [view.scene.weightOf(k, 0), view.scene.faded[k]])");
    for place in boxes.as_array().unwrap() {
        assert_eq!(
            place[1] == json!(1),
            place[0].as_f64().unwrap() < 5.0,
            "{place}"
        );
    }
    assert_eq!(
        chrome.run("view.scene.faded.reduce((sum, faded) => sum + faded, 0)"),
        2,
        "`settle` and `rare`, seen once"
    );
}

fn the_mouse_points(chrome: &Chrome) {
    let (x, y) = place_of(chrome, "stat");
    chrome.point(x, y);
    let tooltip = chrome.run("document.getElementById('tooltip').textContent");
    assert_eq!(
        tooltip,
        "stat260 samples: 26.0 % (23.4\u{2013}28.8 %), self 26.0 %"
    );
    chrome.screenshot("profile-tooltip.png");
    chrome.point(2.0, 2.0);
    assert_eq!(
        chrome.run("document.getElementById('tooltip').hidden"),
        json!(true)
    );
}

fn the_order_can_be_of_names(chrome: &Chrome) {
    chrome.run("document.querySelector('[value=name]').click()");
    boxes_are_inside_their_parents(chrome, false);
    chrome.run("document.querySelector('[value=heavy]').click()");
}

fn the_inverted_view_begins_with_self(chrome: &Chrome, profile: &Profile) {
    chrome.press("i");
    let boxes = boxes_are_inside_their_parents(chrome, true);
    let first_level: Vec<(String, u64)> = boxes
        .as_array()
        .unwrap()
        .iter()
        .filter(|place| place["depth"] == 1)
        .map(|place| {
            let name = chrome.run(&format!("view.scene.nameOf({})", place["k"]));
            (
                name.as_str().unwrap().to_owned(),
                place["total"].as_u64().unwrap(),
            )
        })
        .collect();
    let mut expected: Vec<FunctionShare> = profile.functions();
    expected.retain(|function| function.self_weight.as_samples() > 0);
    expected.sort_by(|a, b| (b.self_weight, &a.name).cmp(&(a.self_weight, &b.name)));
    let expected: Vec<(String, u64)> = expected
        .into_iter()
        .map(|function| (function.name, function.self_weight.as_samples()))
        .collect();
    assert_eq!(first_level, expected);
    chrome.screenshot("profile-inverted.png");
    chrome.press("i");
    assert_eq!(chrome.run("view.scene.inverted"), json!(false));
}

/// Every text has enough contrast in both colour schemes, and nothing sticks out sideways.
pub fn everything_can_be_read(chrome: &Chrome, name: &str) {
    for scheme in ["dark", "light"] {
        chrome.prefer(scheme);
        // AA asks for 4.5 to 1.
        let faint = chrome.run(include_str!("contrast.js"));
        assert_eq!(faint, json!([]), "{scheme}");
        for width in [1400, 600] {
            chrome.resize(width, 900);
            assert_eq!(
                chrome.run("document.documentElement.scrollWidth"),
                json!(width)
            );
            chrome.screenshot(&format!("{name}-{scheme}-{width}.png"));
        }
    }
    chrome.resize(1280, 800);
}
