//! The files that a profile is written to, and in which formats.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use profiler::Profile;
use profiler::format::{Format, WriteOptions};

use super::output_file::OutputFile;
use super::refusal::Refusal;
use super::threads::by_thread;

/// Where a profile goes if nobody says where.
pub const DEFAULT_OUTPUT: &str = "profile.html";

/// Every place that a profile goes to.
///
/// All are checked before the work that they are for.
#[derive(Debug)]
pub struct Outputs {
    outputs: Vec<(Format, OutputFile)>,
}

impl Outputs {
    /// Chooses a format for every path, by its name or by `format`, and makes sure that
    /// it can be written.
    pub fn prepare(paths: &[impl AsRef<Path>], format: Option<&str>) -> Result<Self> {
        let mut formats = Vec::new();
        for (at, path) in paths.iter().enumerate() {
            let path = path.as_ref();
            if paths[..at].iter().any(|other| other.as_ref() == path) {
                let rule = "it is named twice; name each output once";
                bail!(Refusal::new("--output", &path.to_string_lossy(), rule));
            }
            formats.push(match format {
                Some(name) => parse_format(name)?,
                None => Format::from_path(path).ok_or_else(|| no_format(path))?,
            });
        }
        // Only now, since preparing may make a file.
        let files = paths.iter().map(|path| OutputFile::prepare(path.as_ref()));
        let files: Vec<OutputFile> = files.collect::<Result<_>>()?;
        Ok(Self {
            outputs: formats.into_iter().zip(files).collect(),
        })
    }

    /// Whether there is nowhere to write to.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty()
    }

    /// Whether a format shows when samples were taken.
    pub fn want_times(&self) -> bool {
        self.outputs
            .iter()
            .any(|(format, _)| !matches!(format, Format::Svg | Format::Folded | Format::Pprof))
    }

    /// The first output that is a file, which other files may lie beside.
    pub fn first_file(&self) -> Option<&Path> {
        self.outputs
            .iter()
            .find_map(|(_, file)| file.regular_path())
    }

    /// Writes the profile to each, `threads` apart if asked for, and returns where the
    /// files are.
    ///
    /// What cannot be written does not keep the others from being written.
    pub fn write(
        self,
        profile: &Profile,
        options: &WriteOptions,
        threads: bool,
    ) -> Result<Vec<PathBuf>> {
        let apart = threads.then(|| by_thread(profile));
        let mut written = Vec::new();
        let mut failure = None;
        for (format, file) in self.outputs {
            let path = file.path().to_owned();
            let adds_up = matches!(format, Format::Svg | Format::Folded | Format::Pprof);
            let profile = apart.as_ref().filter(|_| adds_up).unwrap_or(profile);
            match write_one(format, file, profile, options) {
                Ok(()) => written.push(path),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(written),
        }
    }
}

fn write_one(
    format: Format,
    file: OutputFile,
    profile: &Profile,
    options: &WriteOptions,
) -> Result<()> {
    let mut bytes = Vec::new();
    format
        .write(profile, options, &mut bytes)
        .with_context(|| format!("cannot write `{}`", file.path().display()))?;
    file.write(&bytes)
}

/// The format of that name.
pub fn parse_format(name: &str) -> Result<Format> {
    let rule = || format!("choose one of {}", format_names());
    name.parse()
        .map_err(|_| Refusal::new("--format", name, rule()).into())
}

fn no_format(path: &Path) -> anyhow::Error {
    let rule = if path == Path::new("-") {
        format!("say with --format what to write: {}", format_names())
    } else {
        format!(
            "its extension names no format; use one of {}, or say --format",
            format_names()
        )
    };
    Refusal::new("--output", &path.to_string_lossy(), rule).into()
}

fn format_names() -> String {
    let mut names = String::new();
    for format in Format::all() {
        let separator = if names.is_empty() { "" } else { ", " };
        write!(names, "{separator}{format}").expect("a string takes every write");
    }
    names
}
