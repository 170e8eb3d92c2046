//! The page of two profiles, side by side.

use std::collections::BTreeMap;

use profiler::{Profile, changes};
use serde_json::{Value, json};

use super::chrome::Chrome;
use super::one_profile::everything_can_be_read;
use super::profiles::{after, before, comparison};

#[test]
fn only_changes_beyond_chance_are_coloured() {
    let (before, after) = (before(), after());
    let Some(chrome) = Chrome::open(&comparison(&before, &after)) else {
        return;
    };
    let boxes = chrome.run(
        "[...view.scene.layout.node].map((_, k) => [view.scene.nameOf(k), view.scene.shade[k] - N_STEPS, view.scene.faded[k]]).slice(1)",
    );
    let changes: BTreeMap<_, _> = changes(&before, &after)
        .into_iter()
        .map(|change| (change.name.clone(), change))
        .collect();
    let mut signs = BTreeMap::new();
    for place in boxes.as_array().unwrap() {
        let change = &changes[place[0].as_str().unwrap()];
        let sign = match change.difference.value {
            _ if !change.is_beyond_chance() => 0,
            value if value > 0.0 => 1,
            _ => -1,
        };
        assert_eq!(place[1].as_i64().unwrap().signum(), sign, "{change:?}");
        assert_eq!(place[2], json!(u8::from(sign == 0)), "{change:?}");
        *signs.entry(sign).or_insert(0) += 1;
    }
    assert_eq!(
        signs.values().sum::<usize>(),
        boxes.as_array().unwrap().len()
    );
    assert_eq!(
        signs.len(),
        3,
        "some grew, some shrank, some did neither: {signs:?}"
    );
    chrome.assert_content();
}

#[test]
fn two_profiles_are_read_together() {
    let (before, after) = (before(), after());
    let Some(chrome) = Chrome::open(&comparison(&before, &after)) else {
        return;
    };
    chrome.prefer("light");
    the_table_has_the_changes(&chrome, &before, &after);

    // A zoom shows the same box in both, and the nearest caller where it is gone.
    let find = |name: &str| {
        chrome.run(&format!(
            "[...view.scene.layout.node].findIndex((_, k) => k > 0 && view.scene.nameOf(k) === {})",
            json!(name)
        ))
    };
    let widths = "view.charts.map(({ view }) => view.to - view.from)";
    chrome.run(&format!("view.zoom({})", find("log::format_message")));
    assert_eq!(chrome.run(widths), json!([120, 61]));
    chrome.run(&format!("view.zoom({})", find("stat")));
    let zoomed = chrome.run(widths);
    assert_eq!(zoomed[0], 260);
    assert_ne!(zoomed[1], 0, "{zoomed}");
    chrome.press("Escape");

    // Pointing at a box in one marks it in the other as well.
    let area = chrome
        .run("(({ x, y, width }) => [x, y, width])(view.charts[1].canvas.getBoundingClientRect())");
    let number = |at: usize| area[at].as_f64().unwrap();
    chrome.point(number(0) + number(2) * 0.25, number(1) + 4.5 * 20.0);
    let hovered = chrome.run("view.scene.nameOf(view.scene.hovered)");
    assert_eq!(hovered, "indicator::mean::<[f64; 24]>");
    let tooltip = chrome.run("document.getElementById('tooltip').textContent");
    assert!(
        tooltip.as_str().unwrap().contains("larger, beyond chance"),
        "{tooltip}"
    );
    chrome.screenshot("comparison-tooltip.png");
    chrome.point(2.0, 2.0);

    chrome.run("view.find('stat')");
    let matched = chrome.run("document.getElementById('matched').textContent");
    let text = matched.as_str().unwrap();
    assert!(text.contains("26.0 %") && text.contains("points"), "{text}");
    chrome.press("Escape");
    assert_eq!(
        chrome.run("document.getElementById('in-time').disabled"),
        json!(true)
    );
    everything_can_be_read(&chrome, "comparison");
    chrome.assert_content();
}

fn the_table_has_the_changes(chrome: &Chrome, before: &Profile, after: &Profile) {
    let rows = chrome.run(
        "view.table.rows().map((f) => { const shares = view.scene.selections.map((selection) => selection.share(selection.total[f])); return { name: view.data.names[f], ...newcombe(...shares), p: view.data.changes[f].p }; })",
    );
    let mut computed: Vec<Value> = rows.as_array().unwrap().clone();
    let magnitudes: Vec<f64> = computed
        .iter()
        .map(|row| row["value"].as_f64().unwrap().abs())
        .collect();
    assert!(
        magnitudes.is_sorted_by(|a, b| *a >= *b - 1e-12),
        "{magnitudes:?}"
    );
    let mut expected = changes(before, after);
    expected.sort_by(|a, b| a.name.cmp(&b.name));
    computed.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    assert_eq!(computed.len(), expected.len());
    for (row, change) in computed.iter().zip(&expected) {
        assert_eq!(row["name"], json!(change.name));
        for (key, value) in [
            ("value", change.difference.value),
            ("low", change.difference.low),
            ("high", change.difference.high),
            ("p", change.p_corrected),
        ] {
            assert!((row[key].as_f64().unwrap() - value).abs() < 1e-12, "{row}");
        }
    }
}
