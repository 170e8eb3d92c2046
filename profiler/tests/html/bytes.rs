//! What can be said of the page without a browser.

use profiler::format::html;
use profiler::{Error, Profile, Weight};
use serde_json::Value;

use super::names::{HOSTILE, hostile};
use super::profiles::{after, before, comparison, page, synthetic};

/// The tables that a page carries.
fn data_of(page: &[u8]) -> Value {
    let page = std::str::from_utf8(page).unwrap();
    let (_, rest) = page.split_once("id=\"data\">").unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

#[test]
fn the_same_profile_makes_the_same_bytes() {
    assert_eq!(page(&before()), page(&before()));
    assert_eq!(page(&synthetic(500)), page(&synthetic(500)));
    assert_eq!(
        comparison(&before(), &after()),
        comparison(&before(), &after())
    );
}

#[test]
fn the_order_of_merging_leaves_no_trace() {
    let (mut one, mut other) = (before(), after());
    one.merge(&after());
    other.merge(&before());
    assert_eq!(page(&one), page(&other));
}

#[test]
fn names_stay_text() {
    let mut options = html::Options::new();
    options.title = HOSTILE[0].to_owned();
    let mut bytes = Vec::new();
    html::write(&hostile(), &options, &mut bytes).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(text.matches("<script").count(), 2, "the data and the view");
    assert_eq!(text.matches("</script").count(), 2);
    assert!(!text.contains("<!--") && !text.contains("<img") && !text.contains("<svg"));
    assert!(!text.contains('\u{2028}') && !text.contains('\u{2029}'));

    let data = data_of(&bytes);
    let names: Vec<&str> = data["functions"]["name"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    for name in HOSTILE {
        assert!(names.contains(&name), "{name:?} comes through unchanged");
    }
    assert_eq!(data["title"], HOSTILE[0]);
}

#[test]
fn the_tables_hold_the_profile() {
    let data = data_of(&page(&before()));
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let (names, stacks) = (&data["functions"]["name"], &data["stacks"]);
    let samples = &data["profiles"][0]["samples"];
    let mut read = Profile::new();
    for (stack, weight) in samples["stack"]
        .as_array()
        .unwrap()
        .iter()
        .zip(samples["weight"].as_array().unwrap())
    {
        let mut path = Vec::new();
        let mut at = number(stack);
        loop {
            path.push(
                names[number(&stacks["function"][at])]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
            match number(&stacks["back"][at]) {
                0 => break,
                back => at -= back,
            }
        }
        path.reverse();
        read.add(
            "main",
            &path,
            Weight::from_samples(weight.as_u64().unwrap()),
        );
    }
    let stacks_of = |profile: &Profile| -> Vec<(Vec<String>, Weight)> {
        profile
            .stacks()
            .map(|(stack, weight)| (stack.into_iter().map(str::to_owned).collect(), weight))
            .collect()
    };
    assert_eq!(stacks_of(&read), stacks_of(&before()));
}

#[test]
fn the_header_says_what_the_samples_are_worth() {
    let quality = |page: &[u8]| data_of(page)["profiles"][0]["quality"].clone();
    assert_eq!(
        quality(&page(&before())),
        "1,000 samples; how they were taken is not known. A share of 10\u{a0}% is known to within 1.86 points either way."
    );
    let mut profile = before();
    let mut known = profile.quality().clone();
    known.source = Some(profiler::Source::PerfEvent);
    known.cpu_time = std::time::Duration::from_secs(10);
    known.wall_time = std::time::Duration::from_secs(12);
    known.rate_asked = 100.0;
    known.lost = Weight::from_samples(25);
    known.truncated = Weight::from_samples(10);
    profile.set_quality(known);
    assert_eq!(
        quality(&page(&profile)),
        "1,000 samples in 10.0 s of CPU time (12.0 s on the clock), 100 a second of 100 asked for; 25 lost, 10 cut short. A share of 10\u{a0}% is known to within 1.86 points either way, and what was lost could move it by up to 2.44 more; callers are missing from 1.00\u{a0}% of the samples."
    );
    let mut wall = before();
    let mut known = profile.quality().clone();
    (known.is_wall, known.lost, known.truncated) = (true, Weight::default(), Weight::default());
    wall.set_quality(known);
    assert_eq!(
        quality(&page(&wall)),
        "1,000 samples, asleep and running, in 12.0 s on the clock (10.0 s of CPU time), 83 a second of 100 asked for of each thread; none lost, none cut short. A share of 10\u{a0}% is known to within 1.86 points either way."
    );
}

#[test]
fn nothing_makes_no_page() {
    let mut out = Vec::new();
    let options = html::Options::new();
    let written = html::write(&Profile::new(), &options, &mut out);
    assert!(matches!(written, Err(Error::Empty)));
    let written = html::write_comparison(&before(), &Profile::new(), &options, &mut out);
    assert!(matches!(written, Err(Error::Empty)));
    assert!(out.is_empty());
}
