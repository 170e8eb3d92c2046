//! Interactive flame graphs as SVG, one profile or the difference of two.
//!
//! Drawn by inferno, with colours that depend on names alone. Afterwards every share in
//! the tooltips gets its 95 % interval, which inferno knows nothing of.

use std::io::Write;

use inferno::flamegraph;

use crate::analysis::Share;
use crate::error::{Error, Result};
use crate::profile::Profile;

/// How to draw.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// The headline. Default: `Flame graph`.
    pub title: String,
    /// The line below it. Default: the profile's sample count, rate and losses.
    pub subtitle: Option<String>,
    /// The colours. Default: [`Palette::Rust`].
    pub palette: Palette,
    /// Functions narrower than this per cent of the width are left out. Default: 0.1.
    pub min_width_percent: f64,
    /// Line breaks and no script: for tests that compare the drawing. Default: false.
    pub plain: bool,
}

/// The colours of a flame graph; a function's shade is a hash of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Palette {
    /// The program, the standard library and the system in different colours.
    #[default]
    Rust,
    /// Reds and yellows.
    Hot,
    /// Blues.
    Blue,
}

impl Options {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self {
            title: "Flame graph".to_owned(),
            subtitle: None,
            palette: Palette::default(),
            min_width_percent: 0.1,
            plain: false,
        }
    }

    fn for_inferno(&self, profile: &Profile) -> flamegraph::Options<'static> {
        let mut options = flamegraph::Options::default();
        options.title.clone_from(&self.title);
        options.subtitle = Some(
            self.subtitle
                .clone()
                .unwrap_or_else(|| profile.quality().to_string()),
        );
        options.colors = match self.palette {
            Palette::Rust => flamegraph::Palette::Multi(flamegraph::color::MultiPalette::Rust),
            Palette::Hot => flamegraph::Palette::Basic(flamegraph::color::BasicPalette::Hot),
            Palette::Blue => flamegraph::Palette::Basic(flamegraph::color::BasicPalette::Blue),
        };
        options.deterministic = true;
        options.min_width = self.min_width_percent;
        options.pretty_xml = self.plain;
        options.no_javascript = self.plain;
        options.no_sort = true;
        options
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

/// Draws `profile`.
///
/// # Errors
/// [`Error::Empty`] if there is nothing to draw, [`Error::Io`] if `out` cannot be written.
pub fn write(profile: &Profile, options: &Options, out: impl Write) -> Result<()> {
    let lines: Vec<String> = profile
        .stacks()
        .map(|(stack, weight)| format!("{} {}", line(&stack), weight.as_samples()))
        .collect();
    let n = profile.total().as_samples();
    draw(lines, options.for_inferno(profile), out, |title| {
        let (hits, percent_at) = hits_of(title)?;
        let share = Share::new(hits, n);
        let at = percent_at + title[percent_at..].find('%')? + 1;
        Some(format!(
            "{} ±{:.2}%{}",
            &title[..at],
            share.half_width() * 100.0,
            &title[at..]
        ))
    })
}

/// Stands for a semicolon inside a name, which would split it; from the range of
/// characters that mean nothing.
const SEMICOLON: char = '\u{e03b}';

fn line(stack: &[&str]) -> String {
    let names: Vec<String> = stack
        .iter()
        .map(|name| {
            name.replace(';', SEMICOLON.encode_utf8(&mut [0; 4]))
                .replace(['\n', '\r'], " ")
        })
        .collect();
    names.join(";")
}

fn draw(
    mut lines: Vec<String>,
    mut options: flamegraph::Options<'_>,
    mut out: impl Write,
    with_interval: impl Fn(&str) -> Option<String>,
) -> Result<()> {
    if lines.is_empty() {
        return Err(Error::Empty);
    }
    // inferno merges neighbours, so it is the lines that have to be in order.
    lines.sort_unstable();
    let mut drawing = Vec::new();
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), &mut drawing)
        .map_err(Error::io("draw a flame graph"))?;
    let drawing = String::from_utf8(drawing)
        .expect("inferno writes UTF-8")
        .replace(SEMICOLON, ";");
    let mut parts = drawing.split("<title>");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str("<title>");
        let (title, rest) = part.split_at(part.find("</title>").unwrap_or(0));
        whole.push_str(&with_interval(title).unwrap_or_else(|| title.to_owned()));
        whole.push_str(rest);
    }
    out.write_all(whole.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Error::io("write a flame graph"))
}

/// Takes `name (1,234 samples, 5.67%)` apart: the samples, and where the per cent begin.
/// The name may contain anything, so it is read from the end.
fn hits_of(title: &str) -> Option<(u64, usize)> {
    let (before, after) = title.rsplit_once(" samples, ")?;
    let (_, count) = before.rsplit_once('(')?;
    let hits = count.replace(',', "").parse().ok()?;
    Some((hits, title.len() - after.len()))
}
