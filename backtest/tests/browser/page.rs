//! The page, step by step as a speaker uses it.

use serde_json::{Value, json};

use super::chrome::Chrome;
use super::study::study;

/// One test, because the study is long and each step begins where the last one ended.
#[test]
fn the_page_works_for_a_speaker() {
    let study = study();
    let Some(page) = Chrome::open(&study.page) else {
        return;
    };
    page.resize(1280, 720);

    the_first_screen_has_the_answer(&page, &study.answer);
    the_table_says_what_the_json_says(&page, &study.answer);
    a_click_looks_closer(&page);
    a_search_counts_in_every_graph(&page, &study.answer);
    the_keyboard_walks(&page);
    the_theme_can_be_changed(&page);
    nothing_sticks_out(&page);
    the_whole_page_is_photographed(&page);
    it_prints(&page);

    page.assert_content();
}

fn the_first_screen_has_the_answer(page: &Chrome, answer: &Value) {
    let verdict = page.run("document.querySelector('.stamp').textContent");
    assert_eq!(verdict, answer["verdict"]);
    let bottom = page.run("document.querySelector('.figures').getBoundingClientRect().bottom");
    assert!(bottom.as_f64().expect("a number") <= 720.0, "{bottom}");
    page.screenshot("case-study-first.png");
}

fn the_table_says_what_the_json_says(page: &Chrome, answer: &Value) {
    for (class, key) in [("lazy", "lazy"), ("memo", "cached"), ("both", "both")] {
        let cells = page.run(&format!(
            "[...document.querySelectorAll('table.savings tr.{class} td')].map((cell) => cell.textContent)"
        ));
        assert_eq!(cells[1], interval(&answer["savings"][key], "median"));
        assert_eq!(cells[2], interval(&answer["predicted"][key], "share"));
    }
}

/// Clicks a box of the first flame graph: it takes the whole width.
fn a_click_looks_closer(page: &Chrome) {
    let find = "[...document.querySelector('#flame-before iframe').contentDocument.querySelectorAll('#frames > g')]\
                .find((box) => box.querySelector('title').textContent.includes('get_exchange_folder'))";
    // The frame is drawn larger than it is laid out.
    let place = page.run(&format!(
        "(() => {{ const frame = document.querySelector('#flame-before iframe');
            const box = {find};
            frame.scrollIntoView({{ block: 'end', behavior: 'instant' }});
            const [outer, inner] = [frame.getBoundingClientRect(), box.getBoundingClientRect()];
            const scale = outer.width / frame.offsetWidth;
            return [outer.x + scale * (inner.x + inner.width / 2), outer.y + scale * (inner.y + inner.height / 2)]; }})()"
    ));
    let width = format!("{find}.querySelector('rect').getAttribute('width')");
    let reset = "document.querySelector('#flame-before iframe').contentDocument.getElementById('unzoom').classList.contains('hide')";
    assert_ne!(page.run(&width), json!("100.0000%"));
    assert_eq!(page.run(reset), json!(true));
    page.click(
        place[0].as_f64().expect("a number"),
        place[1].as_f64().expect("a number"),
    );
    assert_eq!(page.run(&width), json!("100.0000%"));
    assert_eq!(page.run(reset), json!(false), "there is a way back");
    page.screenshot("case-study-zoomed.png");
}

fn a_search_counts_in_every_graph(page: &Chrome, answer: &Value) {
    let matched = |graph: &str| {
        page.run(&format!(
            "document.querySelector('#flame-{graph} .matched').textContent"
        ))
    };
    search(page, "ensure_directory");
    assert_ne!(percent(&matched("before")), "0.0");
    assert_ne!(percent(&matched("lazy")), "0.0");
    assert_eq!(percent(&matched("both")), "0.0");
    page.run("document.querySelector('#flame-before').scrollIntoView({ behavior: 'instant' })");
    page.screenshot("case-study-searched.png");

    // The page's own counting and intervals agree with those of the study.
    for (term, key) in [
        ("log_eagerly", "lazy"),
        ("get_exchange_folder", "cached"),
        ("log_eagerly|get_exchange_folder", "both"),
    ] {
        search(page, term);
        let expected = interval(&answer["predicted"][key], "share");
        let expected = expected.replacen(" (", " % of samples match (", 1);
        assert_eq!(matched("before"), json!(expected), "{term}");
    }
    page.run("document.querySelector('#search [type=reset]').click()");
    assert_eq!(matched("before"), json!(""));
}

fn search(page: &Chrome, term: &str) {
    page.run("document.getElementById('term').select()");
    page.write(term);
    page.press("Enter");
}

fn the_keyboard_walks(page: &Chrome) {
    let details = "document.querySelector('#flame-before iframe').contentDocument.getElementById('details').textContent";
    page.run("document.querySelector('#flame-before iframe').contentDocument.querySelector('svg').focus()");
    page.press("ArrowUp");
    let text = page.run(details);
    assert!(
        text.as_str().expect("text").starts_with("engine::run ("),
        "{text}"
    );
}

fn the_theme_can_be_changed(page: &Chrome) {
    for theme in ["dark", "light"] {
        page.run("document.getElementById('theme').click()");
        page.settle();
        let painted = page.run(
            "[document, ...[...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument)].map((page) => page.documentElement.dataset.theme)",
        );
        assert_eq!(painted, json!(vec![theme; 5]));
        // AA asks for 4.5 to 1; every text is measured against what is behind it.
        let faint = page.run(include_str!("../../../profiler/tests/html/contrast.js"));
        assert_eq!(faint, json!([]), "{theme}");
        if theme == "dark" {
            page.run("scrollTo({ top: 0, behavior: 'instant' })");
            page.screenshot("case-study-dark.png");
            page.run(
                "document.querySelector('#flame-before').scrollIntoView({ behavior: 'instant' })",
            );
            page.screenshot("case-study-dark-graph.png");
        }
    }
}

fn nothing_sticks_out(page: &Chrome) {
    for width in [1280, 900] {
        page.resize(width, 720);
        assert_eq!(
            page.run("document.documentElement.scrollWidth"),
            json!(width),
            "no sideways scrolling"
        );
    }
    page.run("scrollTo({ top: 0, behavior: 'instant' })");
    page.screenshot("case-study-narrow.png");
    page.resize(1280, 720);
}

fn the_whole_page_is_photographed(page: &Chrome) {
    let height = page.run("document.documentElement.scrollHeight");
    let height = u32::try_from(height.as_u64().expect("a number")).expect("a page's height");
    page.resize(1280, height);
    page.screenshot("case-study-whole.png");
    page.resize(1280, 720);
}

fn it_prints(page: &Chrome) {
    let pdf = page.print("case-study.pdf");
    assert!(pdf.starts_with(b"%PDF"));
    let n_pages = pdf
        .windows(11)
        .filter(|word| word == b"/Type /Page")
        .count();
    assert!(n_pages >= 3, "{n_pages} pages");
}

/// `12.3 (11.8 to 12.8)`, as the page prints it.
fn interval(answer: &Value, middle: &str) -> String {
    let number = |key: &str| answer[key].as_f64().expect("a number");
    format!(
        "{:.1} ({:.1} to {:.1})",
        number(middle),
        number("low"),
        number("high")
    )
}

/// The first number of a text.
fn percent(text: &Value) -> &str {
    let text = text.as_str().expect("text");
    text.split(' ').next().expect("a first word")
}
