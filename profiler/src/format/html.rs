//! A page to explore a profile, or two, in a browser: one file that needs no network.
//!
//! The page carries the profile as tables and draws it itself, so that what is too large
//! for a static drawing can still be zoomed, searched and turned round. Names come from
//! binaries that we did not make: they reach the page as JSON in which no character means
//! anything to HTML, the script shows them as text only, and the page's policy lets the
//! browser run and load nothing but what is written here.

mod document;
mod summary;

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use self::document::Document;
use crate::error::{Error, Result};
use crate::profile::{Profile, Weight};

const PAGE: &str = include_str!("html/view.html");
const STYLE: &str = include_str!("html/view.css");
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("html/statistics.js"),
    include_str!("html/names.js"),
    include_str!("html/colours.js"),
    include_str!("html/data.js"),
    include_str!("html/tree.js"),
    include_str!("html/chart.js"),
    include_str!("html/scene.js"),
    include_str!("html/panels.js"),
    include_str!("html/view.js"),
);

/// How to write a page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The headline. Default: `Flame graph`.
    pub title: String,
}

impl Options {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self {
            title: "Flame graph".to_owned(),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes a page that shows `profile`.
///
/// ```
/// use profiler::{Profile, format::html};
///
/// let profile = Profile::from_stacks([(["main", "work"], 30), (["main", "rest"], 10)]);
/// let mut page = Vec::new();
/// html::write(&profile, &html::Options::new(), &mut page)?;
/// assert!(page.starts_with(b"<!doctype html>"));
/// # Ok::<(), profiler::Error>(())
/// ```
///
/// # Errors
/// [`Error::Empty`] if there is nothing to show, [`Error::Io`] if `out` cannot be written.
pub fn write(profile: &Profile, options: &Options, out: impl Write) -> Result<()> {
    write_page(&[("", profile)], options, out)
}

/// Writes a page that shows two profiles side by side, and colours in both what changed
/// beyond chance.
///
/// Shares are compared, so the profiles may differ in length.
///
/// # Errors
/// [`Error::Empty`] if either profile has no samples, [`Error::Io`] if `out` cannot be
/// written.
pub fn write_comparison(
    before: &Profile,
    after: &Profile,
    options: &Options,
    out: impl Write,
) -> Result<()> {
    write_page(&[("Before", before), ("After", after)], options, out)
}

fn write_page(profiles: &[(&str, &Profile)], options: &Options, mut out: impl Write) -> Result<()> {
    if profiles
        .iter()
        .any(|(_, profile)| profile.total() == Weight::default())
    {
        return Err(Error::Empty);
    }
    let data = Document::new(&options.title, profiles).to_json();
    let page = fill(
        PAGE,
        &[
            ("policy", &policy()),
            ("title", &escape(&options.title)),
            ("style", STYLE),
            ("data", &data),
            ("script", SCRIPT),
        ],
    );
    out.write_all(page.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Error::io("write a page"))
}

/// Allows this script and this style by their checksums, and nothing else: no network, no
/// other script, no form.
fn policy() -> String {
    let source = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        source(SCRIPT),
        source(STYLE)
    )
}

/// Fills every gap `{{name}}` in one pass, so that a value is never searched for gaps.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, gap)) = rest.split_once("{{") {
        let (name, after) = gap.split_once("}}").expect("every gap is closed");
        let (_, value) = values
            .iter()
            .find(|(known, _)| *known == name)
            .expect("every gap of the template has a value");
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled + rest
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
