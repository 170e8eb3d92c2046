//! Interactive flame graphs as SVG, one profile or the difference of two.
//!
//! Drawn by inferno, with colours that depend on names alone. Afterwards every share in
//! the tooltips gets its 95 % interval, which inferno knows nothing of.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use inferno::flamegraph;

use crate::analysis::{Change, Share, changes};
use crate::error::{Error, Result};
use crate::profile::{Profile, Weight};

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
        options.count_name = profile.unit().to_string();
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
        .map(|(stack, weight)| format!("{} {}", line(&stack), weight.as_units()))
        .collect();
    let unit = profile.unit().to_string();
    draw(lines, options.for_inferno(profile), out, |title| {
        let (name, hits) = parts_of(title, &unit)?;
        let share = share_text(profile.share(Weight::from_units(hits)));
        Some(Drawn {
            title: format!("{name} ({hits} {unit}, {share})"),
            colour: None,
        })
    })
}

/// Draws `after`, coloured by the change since `before`: red where a function's share of
/// the whole has grown, blue where it has shrunk, the stronger the more; grey where the
/// change is not beyond chance ([`Change::is_beyond_chance`]). The tooltip states by how much
/// the function's share has changed over all stacks that it is in, with the 95 %
/// interval and Holm's p-value.
///
/// Shares are compared, so the profiles may differ in length. Functions that are gone
/// have no place in the drawing; the line below the headline names them.
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
    if before.total() == Weight::default() || after.total() == Weight::default() {
        return Err(Error::Empty);
    }
    let changes = changes(before, after);
    let mut inferno_options = options.for_inferno(after);
    if options.subtitle.is_none() {
        inferno_options.subtitle = Some(format!(
            "before: {}; after: {}{}",
            before.quality(),
            after.quality(),
            gone(&changes)
        ));
    }
    // Two equal columns make inferno draw everything grey; the colours come from here.
    let lines = after.stacks().map(|(stack, weight)| {
        let weight = weight.as_units();
        format!("{} {weight} {weight}", line(&stack))
    });
    let unit = after.unit().to_string();
    let largest = changes
        .iter()
        .filter(|change| change.is_beyond_chance())
        .map(|change| change.difference.value.abs())
        .fold(0.0, f64::max);
    let changes: BTreeMap<String, &Change> = changes
        .iter()
        .map(|change| (one_line(&change.name), change))
        .collect();
    draw(lines.collect(), inferno_options, out, |title| {
        let (name, hits) = parts_of(title, &unit)?;
        let share = share_text(after.share(Weight::from_units(hits)));
        let change = changes.get(&unescape(name))?;
        Some(Drawn {
            title: format!(
                "{name} ({hits} {unit}, {share}; in all stacks {}, {})",
                difference_text(change),
                p_text(change.p_corrected)
            ),
            colour: change.is_beyond_chance().then(|| colour(change, largest)),
        })
    })
}

/// Names the functions that were there before, and are not.
fn gone(changes: &[Change]) -> String {
    /// As many as fit on a line.
    const N_NAMED: usize = 3;
    let gone: Vec<String> = changes
        .iter()
        .filter(|change| change.after.value <= 0.0 && change.is_beyond_chance())
        .map(|change| format!("{} {}", one_line(&change.name), difference_text(change)))
        .collect();
    match gone.len() {
        0 => String::new(),
        n if n > N_NAMED => format!(
            "; gone: {} and {} more",
            gone[..N_NAMED].join(", "),
            n - N_NAMED
        ),
        _ => format!("; gone: {}", gone.join(", ")),
    }
}

fn difference_text(change: &Change) -> String {
    format!(
        "{:+.2}% ±{:.2}%",
        change.difference.value * 100.0,
        change.difference.half_width() * 100.0
    )
}

/// Writes a p-value as XML.
fn p_text(p: f64) -> String {
    if p < 0.0001 {
        "p &lt; 0.0001".to_owned()
    } else {
        format!("p = {p:.4}")
    }
}

/// Red for more, blue for less, and at least so much of it that it is seen on white.
fn colour(change: &Change, largest: f64) -> String {
    let strength = change.difference.value.abs() / largest;
    let rest = (210.0 - 160.0 * strength).round();
    if change.difference.value > 0.0 {
        format!("rgb(255,{rest},{rest})")
    } else {
        format!("rgb({rest},{rest},255)")
    }
}

/// What is put in place of inferno's.
struct Drawn {
    title: String,
    colour: Option<String>,
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

/// Replaces what would end a line, and what XML has no way to write (XML 1.0, section
/// 2.2, `Char`).
fn one_line(name: &str) -> String {
    name.chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
            other => other,
        })
        .collect()
}

/// Draws lines that are in the order of their stacks, which is not the order of their
/// text: `a;c` must stay beside `a`, though `a::b` sorts between them.
fn draw(
    mut lines: Vec<String>,
    mut options: flamegraph::Options<'_>,
    mut out: impl Write,
    drawn: impl Fn(&str) -> Option<Drawn>,
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
        match drawn(title) {
            Some(Drawn { title, colour }) => {
                whole.push_str(&title);
                whole.push_str(&colour.map_or(rest.into(), |colour| coloured(rest, &colour)));
            }
            None => whole.push_str(part),
        }
    }
    out.write_all(whole.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Error::io("write a flame graph"))
}

/// Replaces the colour of the first rectangle, which is the frame's own.
fn coloured<'a>(drawing: &'a str, colour: &str) -> Cow<'a, str> {
    const FILL: &str = "fill=\"";
    let Some(start) = drawing.find(FILL).map(|at| at + FILL.len()) else {
        return drawing.into();
    };
    let (before, rest) = drawing.split_at(start);
    let end = rest.find('"').unwrap_or(0);
    format!("{before}{colour}{}", &rest[end..]).into()
}

/// Takes `name (1,234 samples, 5.67%)` apart. The name may contain anything, so it is
/// read from the end. The whole, which is 100 % by definition, has no parts.
fn parts_of<'a>(title: &'a str, unit: &str) -> Option<(&'a str, u64)> {
    let (before, share) = title.rsplit_once(&format!(" {unit}, "))?;
    let (name, count) = before.rsplit_once(" (")?;
    let hits = count.replace(',', "").parse().ok()?;
    (!share.starts_with("100%")).then_some((name, hits))
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
