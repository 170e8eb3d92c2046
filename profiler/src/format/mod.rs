//! What leaves the process and what comes in: one format a file.
//!
//! Each output is a pure function of a profile and the options: same profile, same
//! bytes. [`Format`] chooses a writer by name or by path; [`read`] looks at the content.

pub mod firefox;
pub mod flame_graph;
pub mod folded;
pub mod html;
mod input;
pub mod json;
pub mod perf_script;
pub mod pprof;
pub mod py_spy;
pub mod speedscope;
pub mod table;

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::str::FromStr;
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::GzEncoder;

pub use self::input::read;
use crate::error::{Error, Result};
use crate::profile::Profile;

/// A kind of file that a profile is written to.
///
/// ```
/// use profiler::format::Format;
///
/// assert_eq!(Format::from_path("out/flame.svg".as_ref()), Some(Format::Svg));
/// assert_eq!("folded".parse::<Format>()?, Format::Folded);
/// # Ok::<(), profiler::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A flame graph; see [`flame_graph`].
    Svg,
    /// A page to explore; see [`html`].
    Html,
    /// Folded stacks; see [`folded`].
    Folded,
    /// For speedscope; see [`speedscope`].
    Speedscope,
    /// For pprof and what reads its files; see [`pprof`].
    Pprof,
    /// For the Firefox Profiler; see [`firefox`].
    Firefox,
    /// Everything that is known of a profile; see [`json`].
    Json,
}

/// What a file says besides the profile.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WriteOptions {
    /// The headline. Default: `Profile`.
    pub title: String,
    /// When sampling began, for the formats that say so. Default: unknown, so that the
    /// same profile gives the same file.
    pub started_at: Option<SystemTime>,
    /// Whether to pack the file by gzip, as pprof always is. Default: false.
    pub is_packed: bool,
}

impl WriteOptions {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self {
            title: "Profile".to_owned(),
            started_at: None,
            is_packed: false,
        }
    }

    /// Returns the defaults for a file of that name: packed if it ends in `.gz`.
    pub fn for_path(path: &Path) -> Self {
        Self {
            is_packed: path.extension().is_some_and(|ending| ending == "gz"),
            ..Self::new()
        }
    }
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl Format {
    /// Every format with its name.
    const NAMES: [(Self, &'static str); 7] = [
        (Self::Svg, "svg"),
        (Self::Html, "html"),
        (Self::Folded, "folded"),
        (Self::Speedscope, "speedscope"),
        (Self::Pprof, "pprof"),
        (Self::Firefox, "firefox"),
        (Self::Json, "json"),
    ];

    /// How the names of files end, the longer endings first.
    const ENDINGS: [(&'static str, Self); 14] = [
        (".svg", Self::Svg),
        (".html", Self::Html),
        (".htm", Self::Html),
        (".folded", Self::Folded),
        (".collapsed", Self::Folded),
        (".txt", Self::Folded),
        (".speedscope.json", Self::Speedscope),
        (".speedscope", Self::Speedscope),
        (".pprof", Self::Pprof),
        (".pb", Self::Pprof),
        (".firefox.json", Self::Firefox),
        (".profile.json", Self::Firefox),
        (".firefox", Self::Firefox),
        (".json", Self::Json),
    ];

    /// Walks all formats, in the order in which they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::NAMES.into_iter().map(|(format, _)| format)
    }

    /// Chooses the format by how the file's name ends, less a last `.gz`; `None` if that
    /// says nothing.
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        Self::ENDINGS
            .into_iter()
            .find(|(ending, _)| name.ends_with(ending))
            .map(|(_, format)| format)
    }

    /// Writes `profile`.
    ///
    /// # Errors
    /// [`Error::Io`] if `out` cannot be written; [`Error::Empty`] for a drawing of
    /// nothing.
    pub fn write(self, profile: &Profile, options: &WriteOptions, out: impl Write) -> Result<()> {
        if options.is_packed && self != Self::Pprof {
            let mut packer = GzEncoder::new(out, Compression::default());
            self.write_plain(profile, options, &mut packer)?;
            return packer
                .finish()
                .and_then(|mut out| out.flush())
                .map_err(Error::io("pack a profile"));
        }
        self.write_plain(profile, options, out)
    }

    fn write_plain(self, profile: &Profile, options: &WriteOptions, out: impl Write) -> Result<()> {
        match self {
            Self::Svg => {
                let mut drawing = flame_graph::Options::new();
                drawing.title.clone_from(&options.title);
                flame_graph::write(profile, &drawing, out)
            }
            Self::Html => {
                let mut page = html::Options::new();
                page.title.clone_from(&options.title);
                html::write(profile, &page, out)
            }
            Self::Folded => folded::write(profile, out),
            Self::Speedscope => speedscope::write(profile, options, out),
            Self::Pprof => pprof::write(profile, options, out),
            Self::Firefox => firefox::write(profile, options, out),
            Self::Json => json::write(profile, out),
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::NAMES
            .into_iter()
            .find(|(_, name)| *name == text)
            .map(|(format, _)| format)
            .ok_or_else(|| Error::BadOption {
                option: "format",
                value: format!("`{text}`"),
                allowed: "svg, html, folded, speedscope, pprof, firefox or json",
            })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Self::NAMES.iter().find(|(format, _)| format == self);
        f.pad(known.expect("the table has every format").1)
    }
}
