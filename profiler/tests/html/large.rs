//! A hundred thousand distinct stacks, and how long a frame of them takes.

use serde_json::json;

use super::chrome::Chrome;
use super::profiles::{page, synthetic};

/// Zooms in on a wandering point, out again, and pans; the time between frames and the
/// time that drawing took, as median and 95th percentile in milliseconds.
const FLIGHT: &str = "new Promise((done) => {
    const [chart] = view.charts, draws = [], gaps = [];
    const draw = view.draw.bind(view);
    view.draw = () => { const begin = performance.now(); draw(); draws.push(performance.now() - begin); };
    let frame = 0, last = performance.now();
    const step = (now) => {
        if (frame > 0) gaps.push(now - last);
        last = now;
        const x = chart.width * (0.5 + 0.3 * Math.sin(frame / 20));
        if (frame < 50) view.zoomAround(chart, x, 0.93);
        else if (frame < 100) view.pan(12);
        else view.zoomAround(chart, x, 1 / 0.93);
        frame += 1;
        if (frame < 150) return requestAnimationFrame(step);
        const at = (list, part) => [...list].sort((a, b) => a - b)[Math.floor(list.length * part)];
        delete view.draw;
        done({ draw: [at(draws, 0.5), at(draws, 0.95)].map((time) => Number(time.toFixed(1))), gap: [at(gaps, 0.5), at(gaps, 0.95)].map((time) => Number(time.toFixed(1))) });
    };
    requestAnimationFrame(step);
})";

/// Nothing is asserted of the times, which are the machine's; the work of a frame is
/// counted instead: it depends on the pixels, not on the boxes.
#[test]
fn a_hundred_thousand_stacks_are_drawn_by_the_pixel() {
    let profile = synthetic(100_000);
    assert_eq!(profile.stacks().count(), 100_000);
    let Some(chrome) = Chrome::open(&page(&profile)) else {
        return;
    };
    let ready = chrome.run("performance.getEntriesByType('navigation')[0].domComplete.toFixed(0)");
    println!("the page is ready after {ready} ms");
    chrome.prefer("light");
    chrome.screenshot("large.png");
    let count = "(() => { let n = 0; const { context } = view.charts[0], fill = context.fillRect.bind(context);
        context.fillRect = (...box) => { n += 1; fill(...box); }; view.draw(); delete context.fillRect; return n; })()";
    for view in ["heavy", "name", "inverted"] {
        let choose = match view {
            "inverted" => "document.getElementById('inverted').click()".to_owned(),
            order => format!("document.querySelector('[value={order}]').click()"),
        };
        let built = chrome.run(&format!(
            "(() => {{ const begin = performance.now(); {choose}; return Math.round(performance.now() - begin); }})()"
        ));
        let n_boxes = chrome.run("view.scene.layout.count").as_u64().unwrap();
        assert!(n_boxes > 100_000, "{n_boxes}");
        let (width, rows) = (1280, 30);
        let n_drawn = chrome.run(count).as_u64().unwrap();
        assert!(
            n_drawn < width * rows,
            "{view}: {n_drawn} of {n_boxes} boxes"
        );
        let times = chrome.run(FLIGHT);
        println!(
            "{view}: {n_boxes} boxes made in {built} ms; a frame draws for {} ms (median) and {} ms (95 %), one every {} and {} ms",
            times["draw"][0], times["draw"][1], times["gap"][0], times["gap"][1]
        );
        chrome.screenshot(&format!("large-{view}.png"));
    }
    chrome.run("view.find('Handler')");
    chrome.settle();
    chrome.screenshot("large-searched.png");
    assert_ne!(chrome.run("view.scene.nMatches"), json!(0));
    chrome.assert_content();
}
