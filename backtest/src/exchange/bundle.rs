//! The bars of an exchange on disk: one file a pair, fixed-size records.
//!
//! ```text
//! header   magic "BDBARS01", hour of the first bar (i64), number of bars (u64),
//!          CRC-32 of the records (u64)
//! record   open, high, low, close (i64, 1e-10), volume (f64), filled (u64: 0 or 1)
//! ```
//!
//! All numbers are little-endian. A file is written under another name, flushed to
//! the disk and renamed, so that a reader sees a whole file or none; what a crash
//! or a full disk leaves behind is never taken for a bundle.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::ensure_directory;
use crate::bar::{Bar, BarSeries};
use crate::error::{READ_BUNDLE, WRITE_BUNDLE};
use crate::instrument::Symbol;
use crate::money::Price;
use crate::output::replace;
use crate::time::Timestamp;
use crate::{Error, Result};

const MAGIC: &[u8; 8] = b"BDBARS01";
const HEADER_BYTES: usize = 32;
const RECORD_BYTES: usize = 48;

/// Bars read from the disk at a time: six weeks, 48 KiB.
const CHUNK_BARS: usize = 1_024;

/// Writes the bars of one pair into a bundle's folder, unless the very same bars
/// are there already.
///
/// The header that is returned is for [`BundleReader::open_and_verify`].
///
/// # Errors
/// When the folder or the file cannot be written; nothing is left behind then.
pub fn write_bundle(folder: &Path, symbol: &Symbol, bars: &BarSeries) -> Result<BundleHeader> {
    let path = file_of(folder, symbol);
    let bytes = encode(bars);
    if !fs::read(&path).is_ok_and(|present| present == bytes) {
        ensure_directory(folder)
            .and_then(|()| replace(&path, &bytes))
            .map_err(|source| Error::Io {
                action: WRITE_BUNDLE,
                path,
                source,
            })?;
    }
    let header = bytes[..HEADER_BYTES].try_into();
    Ok(BundleHeader(
        header.expect("a bundle begins with its header"),
    ))
}

/// What tells one bundle file from another: where its bars begin, how many there
/// are, and their checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BundleHeader([u8; HEADER_BYTES]);

/// Reads bars from the files of one bundle, which it opens as they are asked for.
#[derive(Debug)]
pub struct BundleReader {
    folder: PathBuf,
    files: HashMap<Symbol, BundleFile>,
}

impl BundleReader {
    /// A reader on a folder that [`write_bundle`] wrote to.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            files: HashMap::new(),
        }
    }

    /// Opens a pair's file now and checks that it is the one that was written.
    ///
    /// # Errors
    /// When the file is missing, damaged, or another run has put other bars there.
    pub fn open_and_verify(&mut self, symbol: &Symbol, written: BundleHeader) -> Result<()> {
        let file = self.file(symbol)?;
        if file.header == written {
            Ok(())
        } else {
            Err(Error::File {
                path: file.path.clone(),
                problem: "was replaced by another run with other data; give each run a BACKDRAFT_ROOT of its own"
                    .into(),
            })
        }
    }

    /// The bar of `symbol` that opened at `bar_open`.
    ///
    /// # Errors
    /// When the file cannot be read, is not a whole bundle, or lacks the hour.
    #[inline(never)]
    pub fn get_value(&mut self, symbol: &Symbol, bar_open: Timestamp) -> Result<Bar> {
        self.file(symbol)?.bar(bar_open)
    }

    fn file(&mut self, symbol: &Symbol) -> Result<&mut BundleFile> {
        // Looked up by reference first: cloning the symbol on every call would
        // be an anti-pattern of our own.
        if !self.files.contains_key(symbol) {
            let file = BundleFile::open(file_of(&self.folder, symbol))?;
            self.files.insert(symbol.clone(), file);
        }
        Ok(self.files.get_mut(symbol).expect("it was inserted above"))
    }
}

#[derive(Debug)]
struct BundleFile {
    path: PathBuf,
    file: File,
    header: BundleHeader,
    start: Timestamp,
    n_bars: usize,
    chunk_idx: Option<usize>,
    chunk: Vec<u8>,
}

impl BundleFile {
    fn open(path: PathBuf) -> Result<Self> {
        let read = |source| Error::Io {
            action: READ_BUNDLE,
            path: path.clone(),
            source,
        };
        let file = File::open(&path).map_err(read)?;
        let n_bytes = file.metadata().map_err(read)?.len();
        let mut header = [0; HEADER_BYTES];
        read_exact_at(&file, &mut header, 0).map_err(read)?;
        let n_bars = usize::try_from(word(&header, 2)).unwrap_or(usize::MAX);
        let n_bytes_expected = n_bars
            .saturating_mul(RECORD_BYTES)
            .saturating_add(HEADER_BYTES);
        if header[..8] != *MAGIC || usize::try_from(n_bytes) != Ok(n_bytes_expected) {
            return Err(Error::File {
                path,
                problem: "is not a whole bundle; delete it and run again".into(),
            });
        }
        let start = Timestamp::from_seconds(word(&header, 1).cast_signed());
        Ok(Self {
            path,
            file,
            header: BundleHeader(header),
            start,
            n_bars,
            chunk_idx: None,
            chunk: Vec::new(),
        })
    }

    fn bar(&mut self, open_time: Timestamp) -> Result<Bar> {
        let bar_idx = usize::try_from(open_time.hours_since(self.start)).unwrap_or(usize::MAX);
        if bar_idx >= self.n_bars {
            return Err(Error::File {
                path: self.path.clone(),
                problem: format!("has no bar at {open_time}"),
            });
        }
        self.load_chunk(bar_idx / CHUNK_BARS)?;
        let record = &self.chunk[bar_idx % CHUNK_BARS * RECORD_BYTES..][..RECORD_BYTES];
        let price = |column| Price::from_units(word(record, column).cast_signed());
        Ok(Bar {
            open_time,
            open: price(0),
            high: price(1),
            low: price(2),
            close: price(3),
            volume: f64::from_bits(word(record, 4)),
            filled: word(record, 5) != 0,
        })
    }

    fn load_chunk(&mut self, chunk_idx: usize) -> Result<()> {
        if self.chunk_idx == Some(chunk_idx) {
            return Ok(());
        }
        let first = chunk_idx * CHUNK_BARS;
        self.chunk
            .resize(CHUNK_BARS.min(self.n_bars - first) * RECORD_BYTES, 0);
        // Until the read has succeeded the buffer holds neither chunk.
        self.chunk_idx = None;
        read_exact_at(
            &self.file,
            &mut self.chunk,
            (HEADER_BYTES + first * RECORD_BYTES) as u64,
        )
        .map_err(|source| Error::Io {
            action: READ_BUNDLE,
            path: self.path.clone(),
            source,
        })?;
        self.chunk_idx = Some(chunk_idx);
        Ok(())
    }
}

fn file_of(folder: &Path, symbol: &Symbol) -> PathBuf {
    folder.join(symbol.file_stem()).with_extension("bars")
}

fn encode(bars: &BarSeries) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + bars.len() * RECORD_BYTES);
    bytes.extend(MAGIC);
    bytes.extend(bars.start().as_seconds().to_le_bytes());
    bytes.extend((bars.len() as u64).to_le_bytes());
    bytes.extend([0; 8]);
    for bar_idx in 0..bars.len() {
        let bar = bars.bar(bar_idx);
        for price in [bar.open, bar.high, bar.low, bar.close] {
            bytes.extend(price.as_units().to_le_bytes());
        }
        bytes.extend(bar.volume.to_bits().to_le_bytes());
        bytes.extend(u64::from(bar.filled).to_le_bytes());
    }
    let checksum = u64::from(crc32fast::hash(&bytes[HEADER_BYTES..]));
    bytes[24..HEADER_BYTES].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The `idx`-th little-endian 64-bit word.
fn word(bytes: &[u8], idx: usize) -> u64 {
    u64::from_le_bytes(bytes[idx * 8..][..8].try_into().expect("eight bytes"))
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(not(unix))]
fn read_exact_at(mut file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(n_bars: i64) -> BarSeries {
        let start = Timestamp::parse("2016-01").expect("a month");
        let mut bars = BarSeries::new(start);
        for hour in 0..n_bars {
            let close = Price::from_units(1_000_000 + hour);
            let bar = Bar::fill(start.plus_hours(hour), close);
            bars.push(Bar {
                high: Price::from_units(2_000_000),
                volume: hour as f64,
                filled: hour % 3 == 0,
                ..bar
            });
        }
        bars
    }

    #[test]
    fn what_is_written_is_read_across_chunks() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let symbol = Symbol::parse("BTC/USDT").expect("a pair");
        let bars = series(2_500);
        let header = write_bundle(dir.path(), &symbol, &bars).expect("it can be written");
        let mut reader = BundleReader::new(dir.path().to_owned());
        reader
            .open_and_verify(&symbol, header)
            .expect("it is whole");
        for bar_idx in [0, 1, 1_023, 1_024, 2_047, 2_048, 2_499, 5] {
            let bar = bars.bar(bar_idx);
            assert_eq!(
                reader
                    .get_value(&symbol, bar.open_time)
                    .expect("it is there"),
                bar
            );
        }
        assert!(reader.get_value(&symbol, bars.end()).is_err());
        assert!(
            reader
                .get_value(&symbol, bars.start().plus_hours(-1))
                .is_err()
        );
    }

    #[test]
    fn a_cut_or_foreign_file_is_not_a_bundle() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let symbol = Symbol::parse("BTC/USDT").expect("a pair");
        let path = file_of(dir.path(), &symbol);
        let whole = encode(&series(100));
        for n_bytes in [0, 8, HEADER_BYTES, whole.len() - 1] {
            fs::write(&path, &whole[..n_bytes]).expect("it can be written");
            let mut reader = BundleReader::new(dir.path().to_owned());
            assert!(
                reader.get_value(&symbol, series(1).start()).is_err(),
                "{n_bytes} bytes"
            );
        }
        let ours =
            write_bundle(dir.path(), &symbol, &series(100)).expect("a damaged file is replaced");
        assert_eq!(fs::read(&path).expect("it is there"), whole);
        let theirs = write_bundle(dir.path(), &symbol, &series(99)).expect("it can be written");
        let mut reader = BundleReader::new(dir.path().to_owned());
        assert!(
            reader.open_and_verify(&symbol, ours).is_err(),
            "other bars are noticed"
        );
        assert!(reader.open_and_verify(&symbol, theirs).is_ok());
    }
}
