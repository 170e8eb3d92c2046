//! A flame graph as a frame of the page, and its numbers.
//!
//! Each drawing brings its own script, and four of them in one document would share
//! their variables. So each is a document of its own, inside an `iframe` that carries
//! it in an attribute and needs no second file.

use profiler::Profile;
use profiler::format::flame_graph::{Options, write, write_difference};

use super::cost_table::cost_rows;
use super::frame_name::shorten;
use super::template::{escape, fill};
use crate::case_study::Profiled;
use crate::{Error, Result};

/// Pixels at the top of a drawing for its title, which the page shows itself; the
/// frame's style leaves out as many.
const TITLE_ROWS: u32 = 36;

/// What a drawing shows.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// One profile.
    Profile(&'a Profiled),
    /// What the first has that the second has not, drawn on the shape of the first.
    Removed(&'a Profiled, &'a Profiled),
}

/// Draws a flame graph with its caption, which is markup.
///
/// # Errors
/// When it cannot be drawn.
pub fn flame_graph(id: &str, title: &str, caption: &str, subject: Subject<'_>) -> Result<String> {
    let (Subject::Profile(shape) | Subject::Removed(shape, _)) = subject;
    let profile = loop_only(&shape.profile);
    let drawing = draw(title, subject)?;
    let n_samples = profile.total().as_samples().to_string();
    let (kind, body) = match &drawing {
        Some(svg) => (kind(subject), frame(title, svg, kind(subject))),
        None => (
            "empty",
            r#"<p class="note">No samples: the run was too short.</p>"#.to_owned(),
        ),
    };
    Ok(fill(
        include_str!("flame_graph.html"),
        &[
            ("id", id),
            ("kind", kind),
            ("title", &escape(title)),
            ("caption", caption),
            ("n_samples", &n_samples),
            ("quality", &quality(subject)),
            ("body", &body),
            ("rows", &cost_rows(&profile)),
        ],
    ))
}

const fn kind(subject: Subject<'_>) -> &'static str {
    match subject {
        Subject::Profile(_) => "profile",
        Subject::Removed(..) => "difference",
    }
}

/// How well the samples were taken, in a sentence for each profile.
fn quality(subject: Subject<'_>) -> String {
    let words = |profiled: &Profiled| {
        format!(
            "{} samples, {:.0} a second of processor time, {} lost, {} incomplete",
            profiled.profile.total().as_samples(),
            profiled.rate_obtained(),
            profiled.n_lost(),
            profiled.n_incomplete(),
        )
    };
    match subject {
        Subject::Profile(profiled) => words(profiled),
        Subject::Removed(before, after) => {
            format!("before: {}; after: {}", words(before), words(after))
        }
    }
}

fn draw(title: &str, subject: Subject<'_>) -> Result<Option<String>> {
    let mut options = Options::new();
    title.clone_into(&mut options.title);
    // Nothing is left out, so that a search finds and counts everything.
    options.min_width_percent = 0.0;
    let mut svg = Vec::new();
    let drawn = match subject {
        Subject::Profile(profiled) => write(&loop_only(&profiled.profile), &options, &mut svg),
        Subject::Removed(before, after) => write_difference(
            &loop_only(&after.profile),
            &loop_only(&before.profile),
            &options,
            &mut svg,
        ),
    };
    match drawn {
        Err(profiler::Error::Empty) => Ok(None),
        Err(error) => Err(Error::Profiler(error)),
        Ok(()) => Ok(Some(String::from_utf8(svg).expect("a drawing is text"))),
    }
}

fn frame(title: &str, svg: &str, kind: &str) -> String {
    // The prologue of a file has no place inside a document.
    let svg = svg.find("<svg").map_or(svg, |at| &svg[at..]);
    let document = fill(
        include_str!("frame.html"),
        &[
            ("title", &escape(title)),
            ("kind", kind),
            ("style", include_str!("frame.css")),
            ("before", include_str!("frame_before.js")),
            ("svg", svg),
            ("after", include_str!("frame_after.js")),
        ],
    );
    format!(
        r#"<div class="stage" style="--height:{}px"><iframe title="Flame graph: {}" srcdoc="{}"></iframe></div>"#,
        height(svg).saturating_sub(TITLE_ROWS),
        escape(title),
        escape(&document),
    )
}

/// The height that the drawing gives itself, in pixels.
fn height(svg: &str) -> u32 {
    svg.split_once(r#" height=""#)
        .and_then(|(_, rest)| rest.split_once('"'))
        .and_then(|(height, _)| height.parse().ok())
        .unwrap_or(600)
}

/// The profile without what is outside the simulation loop, with short names. Stacks
/// that do not pass through the loop stay whole, so that shares stay what they were.
fn loop_only(profile: &Profile) -> Profile {
    let mut shown = Profile::new();
    for (stack, weight) in profile.stacks() {
        let root = stack.iter().position(|frame| is_loop(frame)).unwrap_or(0);
        shown.add(
            "main",
            stack[root..].iter().map(|frame| shorten(frame)),
            weight,
        );
    }
    shown
}

fn is_loop(frame: &str) -> bool {
    shorten(frame) == "engine::run"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loop_is_shown_and_no_sample_is_dropped() {
        let profile = Profile::from_stacks([
            (vec!["main", "backtest::engine::run", "a::b::c<T>"], 3),
            (vec!["main", "x"], 2),
        ]);
        let shown = loop_only(&profile);
        let stacks: Vec<_> = shown.stacks().collect();
        assert_eq!(stacks[0].0, ["engine::run", "b::c"]);
        assert_eq!(stacks[1].0, ["main", "x"]);
        assert_eq!(shown.total(), profile.total());
    }

    #[test]
    fn a_frame_carries_its_document_in_an_attribute() {
        let html = frame(
            "a \"b\"",
            r#"<?xml?><svg width="9" height="90"></svg>"#,
            "profile",
        );
        assert!(html.contains("--height:54px"));
        assert!(html.contains("Flame graph: a &quot;b&quot;"));
        assert_eq!(html.matches('<').count(), 4, "the document is escaped");
        assert!(!html.contains("?xml"));
    }
}
