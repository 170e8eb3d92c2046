//! Screens as they are drawn, from profiles made by hand.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use insta::assert_snapshot;
use profiler::{Frame, Profile, Quality, Source, Thread, Weight};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::model::{Effect, Model};
use super::{plain, view};

/// One second in which the program uses one and a half processors.
fn second(samples: &[(&str, &str, u64)]) -> Profile {
    let mut profile = Profile::new();
    for (thread, stack, n) in samples {
        let thread = profile.thread_id(Thread {
            name: thread,
            pid: Some(70),
            tid: Some(70 + u32::try_from(thread.len()).expect("a short name")),
        });
        let mut leaf = None;
        for name in stack.split(';') {
            leaf = Some(profile.stack_id(leaf, Frame::function(name)));
        }
        let leaf = leaf.expect("a stack has a frame");
        profile.observe(thread, leaf, Weight::from_samples(*n));
    }
    let mut quality = Quality::default();
    quality.source = Some(Source::Processors);
    quality.cpu_time = Duration::from_millis(1_500);
    quality.wall_time = Duration::from_secs(1);
    quality.rate_asked = 199.0;
    quality.recorder_time = Duration::from_millis(9);
    profile.set_quality(quality);
    profile
}

fn model() -> Model {
    let mut model = Model::new("server (70)".to_owned(), Duration::from_secs(1));
    let first = [
        ("main", "main;serve;parse", 120),
        ("main", "main;serve", 30),
        ("worker", "start;compress", 150),
    ];
    model.add(second(&first), None, Duration::from_secs(1));
    let then = [
        ("main", "main;serve;parse", 40),
        ("main", "main;serve;render::<[u8]>", 110),
        ("worker", "start;compress", 149),
        ("worker", "start;wait", 1),
    ];
    model.add(second(&then), None, Duration::from_secs(2));
    model
}

fn press(model: &mut Model, keys: &str) {
    for key in keys.chars() {
        let effect = model.press(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE));
        assert_eq!(effect, Effect::Nothing, "{key}");
    }
}

fn screen(model: &Model, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("memory");
    terminal
        .draw(|frame| view::draw(model, frame))
        .expect("memory takes every drawing");
    let buffer = terminal.backend().buffer().clone();
    let rows = (0..height).map(|y| {
        let row: String = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
        row.trim_end().to_owned() + "\n"
    });
    rows.collect()
}

#[test]
fn functions() {
    assert_snapshot!(screen(&model(), 110, 12));
}

#[test]
fn intervals_give_way_to_names_where_it_is_narrow() {
    assert_snapshot!(screen(&model(), 60, 9));
}

#[test]
fn any_size_is_drawn() {
    let mut model = model();
    press(&mut model, "?");
    for (width, height) in [(1, 1), (3, 2), (10, 4), (20, 40), (300, 5)] {
        screen(&model, width, height);
    }
}

#[test]
fn threads() {
    let mut model = model();
    press(&mut model, "t");
    assert_snapshot!(screen(&model, 80, 7));
}

#[test]
fn help() {
    let mut model = model();
    press(&mut model, "?");
    assert_snapshot!(screen(&model, 80, 24));
    press(&mut model, "?");
    assert!(!model.shows_help);
}

#[test]
fn nothing_yet() {
    let model = Model::new("sleeper (7)".to_owned(), Duration::from_secs(1));
    assert_snapshot!(screen(&model, 80, 6));
}

#[test]
fn a_second_asleep_has_no_shares() {
    let mut model = model();
    model.add(second(&[]), None, Duration::from_secs(3));
    assert_snapshot!(screen(&model, 80, 7));
}

#[test]
fn a_pipe_gets_the_same_table() {
    assert_snapshot!(plain::table(&model()));
}

#[test]
fn digits_sort_and_r_turns_round() {
    let mut model = model();
    let first = |model: &Model| model.rows()[0].name.clone();
    assert_eq!(first(&model), "compress");
    // All pass through three functions; that with the most of its own comes first.
    press(&mut model, "2");
    assert_eq!(first(&model), "serve");
    press(&mut model, "3");
    assert_eq!(first(&model), "compress");
    press(&mut model, "r");
    assert_eq!(first(&model), "start");
    press(&mut model, "r4");
    assert_eq!(first(&model), "serve");
    // Threads have two columns only.
    press(&mut model, "t4");
    assert_eq!(model.column, 0);
}

#[test]
fn a_pause_shows_what_was_and_counts_what_comes() {
    let mut model = model();
    press(&mut model, "p");
    let paused = screen(&model, 100, 12);
    model.add(
        second(&[("main", "main;late", 500)]),
        None,
        Duration::from_secs(3),
    );
    assert_eq!(model.overall().total().as_samples(), 1_100);
    let rows = |screen: &str| {
        screen
            .lines()
            .skip(3)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&screen(&model, 100, 12)), rows(&paused));
    press(&mut model, "p");
    let last = second(&[("main", "main;late", 1)]);
    model.add(last, None, Duration::from_secs(4));
    assert_eq!(model.rows()[0].name, "late");
}

#[test]
fn a_sum_that_was_thinned_replaces_what_was_added_up() {
    let mut model = model();
    let now = second(&[("main", "main;late", 1)]);
    let thinned = second(&[("main", "main;late", 1), ("main", "main;serve", 9)]);
    model.add(now, Some(thinned), Duration::from_secs(3));
    assert_eq!(model.overall().total().as_samples(), 10);
    assert_eq!(model.now().total().as_samples(), 1);
}

#[test]
fn scrolling_stays_within_the_rows() {
    let mut model = model();
    let n_rows = model.rows().len();
    press(&mut model, "kkk");
    assert_eq!(model.scroll, 0);
    press(&mut model, "jj");
    assert_eq!(model.scroll, 2);
    for _ in 0..3 {
        model.press(KeyEvent::new(KeyCode::PageDown, KeyModifiers::NONE));
    }
    assert_eq!(model.scroll, n_rows - 1);
    press(&mut model, "t");
    assert_eq!(model.scroll, 0);
}

#[test]
fn q_escape_and_control_c_end_it() {
    let mut model = model();
    for (code, modifiers) in [
        (KeyCode::Char('q'), KeyModifiers::NONE),
        (KeyCode::Esc, KeyModifiers::NONE),
        (KeyCode::Char('c'), KeyModifiers::CONTROL),
    ] {
        assert_eq!(model.press(KeyEvent::new(code, modifiers)), Effect::Quit);
    }
    press(&mut model, "?");
    let escape = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(model.press(escape), Effect::Nothing, "it closes the help");
}
