//! Drawings and tables of committed stacks, as committed. `INSTA_UPDATE=always` renews
//! them, and the difference is reviewed like code.

use profiler::format::{flame_graph, folded, table};
use profiler::{Error, Profile};

fn before() -> Profile {
    folded::read(include_bytes!("data/before.folded").as_slice()).unwrap()
}

fn after() -> Profile {
    folded::read(include_bytes!("data/after.folded").as_slice()).unwrap()
}

fn options() -> flame_graph::Options {
    let mut options = flame_graph::Options::new();
    options.plain = true;
    options
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn flame_graph() {
    insta::assert_snapshot!(text(|out| flame_graph::write(&before(), &options(), out)));
}

#[test]
fn difference() {
    insta::assert_snapshot!(text(|out| flame_graph::write_difference(
        &before(),
        &after(),
        &options(),
        out
    )));
}

#[test]
fn top_functions() {
    insta::assert_snapshot!(text(|out| table::write(&before(), 6, out)), @r"
             self %          total %  function
        41.00 ±3.04      41.00 ±3.04  indicator::mean::<[f64; 24]>
        26.00 ±2.71      26.00 ±2.71  stat
        12.00 ±2.02      12.00 ±2.02  core::fmt::write
         9.00 ±1.78       9.00 ±1.78  mkdir
         7.50 ±1.64      95.50 ±1.29  <app::Engine>::tick
         3.00 ±1.07      98.50 ±0.77  <app::Engine>::run
    7 more functions
    1000 samples
    ");
}

#[test]
fn every_frame_of_a_drawing_carries_an_interval() {
    let drawing = text(|out| flame_graph::write(&before(), &options(), out));
    let titles: Vec<&str> = drawing
        .split("<title>")
        .skip(1)
        .filter_map(|part| part.split("</title>").next())
        .collect();
    assert_eq!(titles.len(), 14);
    for title in titles {
        assert_eq!(title.contains('±'), !title.starts_with("all ("), "{title}");
    }
    // The stacks of one function stay side by side, whatever sorts between them.
    assert_eq!(
        drawing.matches("<title>&lt;app::Engine&gt;::run (").count(),
        1
    );
}

#[test]
fn nothing_cannot_be_drawn() {
    let drawn = flame_graph::write(&Profile::new(), &options(), Vec::new());
    assert!(matches!(drawn, Err(Error::Empty)));
}
