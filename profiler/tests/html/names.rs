//! Names that are not harmless, in a browser.

use profiler::Profile;
use serde_json::{Value, json};

use super::chrome::Chrome;
use super::profiles::page;

/// Names that would do harm if a page took them for markup, or a script for keys.
pub const HOSTILE: [&str; 9] = [
    "</script><script>window.harmed = 1</script>",
    "<img src=x onerror=\"window.harmed = 1\">",
    "<!--<script>",
    "\"'><svg onload=window.harmed=1>",
    "a\u{2028}b\u{2029}c",
    "{{script}}",
    "__proto__",
    "&lt;b&gt; \\u003c $& $1",
    "\u{202e}right to left\u{0}",
];

pub fn hostile() -> Profile {
    Profile::from_stacks(HOSTILE.map(|name| (["main", name], 10)))
}

#[test]
fn names_are_text_to_the_browser_too() {
    let Some(chrome) = Chrome::open(&page(&hostile())) else {
        return;
    };
    chrome.run("view.zoom(1, false)");
    chrome.run("view.find('script')");
    assert_eq!(chrome.run("window.harmed ?? null"), Value::Null);
    let elements = chrome.run("document.querySelectorAll('script, img, svg, b:not(td b)').length");
    assert_eq!(elements, json!(2), "the data and the view");
    chrome.press("Escape");
    chrome.run("view.search()");
    let shown = chrome.run(
        "[...document.querySelectorAll('#functions tbody th')].map((cell) => cell.textContent)",
    );
    for name in HOSTILE {
        assert!(shown.as_array().unwrap().contains(&json!(name)), "{name:?}");
    }
    // And if one did get into the page, the browser would not run it.
    chrome.run("document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.harmed = 1' }))");
    assert_eq!(chrome.run("window.harmed ?? null"), Value::Null);
    let fetched = chrome.run("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')");
    assert_eq!(fetched, "refused");
}

/// Where a name says so, its box has the colour of where the function is from.
#[test]
fn functions_of_python_are_not_taken_for_the_systems() {
    let stack = [
        "app::run",
        "tick (a.py:7)",
        "makedirs (<frozen os>:200)",
        "stat",
    ];
    let Some(chrome) = Chrome::open(&page(&Profile::from_stacks([(stack, 10)]))) else {
        return;
    };
    let kinds = stack.map(|name| chrome.run(&format!("kindOf({name:?}, '', true)")));
    assert_eq!(
        kinds,
        ["program", "program", "standard library", "system"].map(|kind| json!(kind))
    );
}
