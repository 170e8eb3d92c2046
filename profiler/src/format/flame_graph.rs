//! Interactive flame graphs as SVG, one profile or the difference of two.
//!
//! Drawn by inferno, with colours that depend on names alone. Afterwards every share in
//! the tooltips gets its 95 % interval, which inferno knows nothing of.

use std::collections::BTreeMap;
use std::io::Write;

use inferno::flamegraph;

use crate::analysis::{Difference, Share, changes};
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
        let (name, hits) = parts_of(title)?;
        Some(format!(
            "{name} ({hits} samples, {})",
            share_text(Share::new(hits, n))
        ))
    })
}

/// Draws `after`, coloured by the change since `before`: red where a stack's own share
/// has grown, blue where it has shrunk. The tooltip states by how much the function's
/// share of the whole has changed, over all stacks that it is in.
///
/// Shares are compared, so the profiles may differ in length. Functions that are gone
/// have no place in the drawing; draw the other way round to see them.
///
/// # Errors
/// [`Error::Empty`] if either profile has no samples, [`Error::Io`] if `out` cannot be
/// written.
pub fn write_difference(
    before: &Profile,
    after: &Profile,
    options: &Options,
    out: impl Write,
) -> Result<()> {
    let (n_before, n_after) = (before.total().as_samples(), after.total().as_samples());
    if n_before == 0 || n_after == 0 {
        return Err(Error::Empty);
    }
    let mut inferno_options = options.for_inferno(after);
    if options.subtitle.is_none() {
        inferno_options.subtitle = Some(format!(
            "before: {}; after: {}",
            before.quality(),
            after.quality()
        ));
    }
    // Weights grow by the other profile's count, so that both have the same total
    // without rounding; `factor` takes it out of what is shown.
    inferno_options.factor = 1.0 / n_before as f64;
    let mut weights: BTreeMap<Vec<&str>, (u64, u64)> = BTreeMap::new();
    for (stack, weight) in before.stacks() {
        weights.entry(stack).or_default().0 += weight.as_samples() * n_after;
    }
    for (stack, weight) in after.stacks() {
        weights.entry(stack).or_default().1 += weight.as_samples() * n_before;
    }
    let lines = weights
        .into_iter()
        .map(|(stack, (before, after))| format!("{} {before} {after}", line(&stack)));
    let changes: BTreeMap<String, Difference> = changes(before, after)
        .into_iter()
        .map(|change| (one_line(&change.name), change.difference))
        .collect();
    draw(lines.collect(), inferno_options, out, |title| {
        let (name, hits) = parts_of(title)?;
        let share = share_text(Share::new(hits, n_after));
        let change = changes.get(&unescape(name))?;
        Some(format!(
            "{name} ({hits} samples, {share}; in all stacks {:+.2}% ±{:.2}%)",
            change.value * 100.0,
            change.half_width() * 100.0
        ))
    })
}

/// Stands for a semicolon inside a name, which would split it; from the range of
/// characters that mean nothing.
const SEMICOLON: &str = "\u{e03b}";

fn line(stack: &[&str]) -> String {
    let names: Vec<String> = stack
        .iter()
        .map(|name| one_line(name).replace(';', SEMICOLON))
        .collect();
    names.join(";")
}

fn one_line(name: &str) -> String {
    name.replace(['\n', '\r'], " ")
}

/// Draws lines that are in the order of their stacks, which is not the order of their
/// text: `a;c` must stay beside `a`, though `a::b` sorts between them.
fn draw(
    mut lines: Vec<String>,
    mut options: flamegraph::Options<'_>,
    mut out: impl Write,
    with_interval: impl Fn(&str) -> Option<String>,
) -> Result<()> {
    if lines.is_empty() {
        return Err(Error::Empty);
    }
    // As a chart, inferno keeps the order, except that it turns it round.
    options.flame_chart = true;
    lines.reverse();
    let mut drawing = Vec::new();
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), &mut drawing)
        .map_err(Error::io("draw a flame graph"))?;
    let drawing = String::from_utf8(drawing).expect("inferno writes UTF-8");
    let drawing = drawing.replace(SEMICOLON, ";");
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

/// Takes `name (1,234 samples, 5.67%)` apart. The name may contain anything, so it is
/// read from the end. The whole, which is 100 % by definition, has no parts.
fn parts_of(title: &str) -> Option<(&str, u64)> {
    let (before, share) = title.rsplit_once(" samples, ")?;
    let (name, count) = before.rsplit_once(" (")?;
    let hits = count.replace(',', "").parse().ok()?;
    (share != "100%)").then_some((name, hits))
}

fn share_text(share: Share) -> String {
    format!(
        "{:.2}% ±{:.2}%",
        share.value * 100.0,
        share.half_width() * 100.0
    )
}

fn unescape(xml: &str) -> String {
    let mut text = xml.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}
