//! Imports: the bars of one file in columns, with everything that was said of it.
//!
//! ```text
//! magic "BDIMPORT", version (u32), length of the meta text (u32),
//! checksum (u64, XXH3 of all that follows),
//! meta text (JSON: the source's fingerprint, options and report),
//! columns (see `columns`)
//! ```
//!
//! Numbers are little-endian. An import is written under another name, flushed and
//! renamed, so that a kill leaves the old one or the new one; and whatever else may
//! befall it, a file whose checksum or fingerprint does not fit is not an import, and
//! the source is read instead.

mod columns;
mod fingerprint;
mod meta;
mod pieces;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use twox_hash::XxHash3_64;

use super::report::LoadReport;
use crate::bar::BarSeries;
use crate::market::Listing;
use crate::output::replace;
use crate::{Error, Result};
use columns::Columns;
pub use fingerprint::Fingerprint;
use meta::Meta;
use pieces::Pieces;

const MAGIC: &[u8; 8] = b"BDIMPORT";
/// Another one whenever files are laid out or sources are read in another way.
const VERSION: u32 = 2;
const HEADER_BYTES: usize = 24;

/// An import in memory.
pub struct Cached {
    bars: BarSeries,
    report: LoadReport,
}

/// Where the import of a file lies: beside it, or in `folder`.
pub fn path_of(source: &Path, folder: Option<&Path>) -> PathBuf {
    let mut name = source
        .file_name()
        .map_or_else(OsString::new, OsString::from);
    name.push(".bars");
    match folder {
        Some(folder) => folder.join(name),
        None => source.with_file_name(name),
    }
}

/// Whether a file begins as imports do. A pipe is not asked: what is read of it is gone.
pub fn is_import(path: &Path) -> bool {
    let mut magic = [0; MAGIC.len()];
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let begins = |mut file: File| file.read_exact(&mut magic).is_ok() && magic == *MAGIC;
    is_file && File::open(path).is_ok_and(begins)
}

/// The import at `path`, if it is whole and was made of the very content that
/// `source` has, with the same options.
pub fn read(path: &Path, source: &Path, options: &str) -> Option<Cached> {
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    let (meta, cached) = decode(file, usize::try_from(metadata.len()).ok()?)?;
    meta.fingerprint
        .is_of(source, options, &metadata)
        .then_some(cached)
}

/// Writes an import in one step.
pub fn write(
    path: &Path,
    report: &LoadReport,
    bars: &BarSeries,
    fingerprint: &Fingerprint,
) -> Result<()> {
    let io_error = |source| Error::Io {
        action: "write",
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(io_error)?;
    }
    replace(path, &encode(report, bars, fingerprint)).map_err(io_error)
}

impl Cached {
    /// Reads an import that was named itself.
    pub fn open(path: &Path) -> Result<Self> {
        let io_error = |source| Error::Io {
            action: "read",
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(io_error)?;
        let length = file.metadata().map_err(io_error)?.len();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let decoded = decode(file, length).map(|(_, cached)| cached);
        decoded.ok_or_else(|| Error::File {
            path: path.to_owned(),
            problem: "is a damaged import, or one of another version; import its source again"
                .into(),
        })
    }

    /// What reading the source would have given.
    pub fn into_parts(self, path: &Path) -> (Listing, LoadReport) {
        let mut report = self.report;
        path.clone_into(&mut report.file);
        let listing = Listing {
            symbol: report.symbol.clone(),
            bars: self.bars,
        };
        (listing, report)
    }
}

fn encode(report: &LoadReport, bars: &BarSeries, fingerprint: &Fingerprint) -> Vec<u8> {
    let meta = Meta::new(report, fingerprint.clone());
    let meta = serde_json::to_vec(&meta).expect("texts and numbers are JSON");
    let mut bytes = Vec::new();
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    let length = u32::try_from(meta.len()).expect("a report is short");
    bytes.extend(length.to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend(meta);
    columns::encode(bars, &mut bytes);
    let body = XxHash3_64::oneshot(&bytes[HEADER_BYTES..]);
    let checksum = checksum(&bytes[..16], body);
    bytes[16..HEADER_BYTES].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The import of `n_bytes` that `source` is, if it is whole.
fn decode(source: impl Read, n_bytes: usize) -> Option<(Meta, Cached)> {
    let mut pieces = Pieces::new(source, n_bytes);
    let header: [u8; HEADER_BYTES] = pieces.unhashed()?;
    let word = |at: usize| Some(u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let written = u64::from_le_bytes(header.get(16..)?.try_into().ok()?);
    if !header.starts_with(MAGIC) || word(8)? != VERSION {
        return None;
    }
    let meta = pieces.values(usize::try_from(word(12)?).ok()?, |[byte]| byte)?;
    let columns = Columns::read(&mut pieces)?;
    // Up to here nothing has been believed.
    if checksum(&header[..16], pieces.finish()?) != written {
        return None;
    }
    let meta: Meta = serde_json::from_slice(&meta).ok()?;
    let bars = columns.into_series()?;
    let report = meta.report(&bars)?;
    Some((meta, Cached { bars, report }))
}

/// The checksum of a file, from the bytes before it and the hash of those after it, so
/// that no bit of the file is unguarded.
fn checksum(before: &[u8], body: u64) -> u64 {
    XxHash3_64::oneshot_with_seed(body, before)
}

#[cfg(test)]
mod tests;
