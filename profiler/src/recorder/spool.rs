//! The recording so far in a file, in case the recorder is killed.
//!
//! Once a second, what is new is appended: a record of its own, so that a record that
//! was cut off by the end loses one second and not the file. Each record is its length
//! and its CRC-32, four bytes each, low byte first, then JSON.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::counts::{Part, Seen};
use super::images::Place;
use super::options::{Mode, RecordOptions};
use super::processes::{Processes, Tally, ThreadInfo};
use super::profile::{Names, find};
use super::python::lock;
use crate::dice::Dice;
use crate::error::{Error, Result};
use crate::nanos::nanos;
use crate::profile::{Profile, Quality, Source, Weight};
use crate::symbolize::{Symbol, Symbolizer};
use crate::unwind::Walk;

/// What a spool file begins with; the last byte is the version.
const MAGIC: &[u8; 8] = b"BDSPOOL1";

/// A spool file that is being written.
pub(super) struct Spool {
    file: File,
    n_files: usize,
    n_python_frames: usize,
    threads: Vec<ThreadInfo>,
    n_stacks: u32,
    n_moments: usize,
    /// As last written.
    quality: SavedQuality,
}

/// What is new since the last record.
#[derive(Default, Serialize, Deserialize)]
struct Chunk {
    /// Of the first record only.
    start: Option<Start>,
    quality: SavedQuality,
    files: Vec<(String, u64)>,
    /// Frames of Python in the order of their numbers: function, file and line.
    #[serde(default)]
    python: Vec<(String, Option<String>, Option<u32>)>,
    /// With their numbers; a thread comes again when it gets another name.
    threads: Vec<(u32, u32, u32, String)>,
    /// In the order of their numbers: thread, walk, places.
    stacks: Vec<(u32, u8, Vec<Place>)>,
    /// Stack and how often it was seen.
    counts: Vec<(u32, u64)>,
    /// Time, stack and weight.
    moments: Vec<(u64, u32, u64)>,
    /// The rate from here on, if it was lowered; what was seen before is thinned to it.
    rate_hz: Option<f64>,
}

#[derive(Serialize, Deserialize)]
struct Start {
    rate_hz: f64,
    is_wall: bool,
    lines: bool,
    timeline: bool,
    source: u8,
    started: u64,
}

#[derive(Default, Clone, Copy, Serialize, Deserialize)]
struct SavedQuality {
    lost: u64,
    cpu_nanos: u64,
    wall_nanos: u64,
}

impl Spool {
    /// Makes the file, in place of one that may be there.
    pub(super) fn create(
        path: &Path,
        options: &RecordOptions,
        source: Source,
        started: u64,
    ) -> io::Result<Self> {
        let mut file = File::create(path)?;
        file.write_all(MAGIC)?;
        let mut spool = Self {
            file,
            n_files: 0,
            n_python_frames: 0,
            threads: Vec::new(),
            n_stacks: 0,
            n_moments: 0,
            quality: SavedQuality::default(),
        };
        spool.append(&Chunk {
            start: Some(Start {
                rate_hz: options.rate_hz,
                is_wall: options.mode == Mode::Wall,
                lines: options.lines,
                timeline: options.timeline,
                source: source.number(),
                started,
            }),
            ..Chunk::default()
        })?;
        Ok(spool)
    }

    /// Appends what is new.
    pub(super) fn write(&mut self, processes: &mut Processes, quality: &Quality) -> io::Result<()> {
        self.quality = SavedQuality {
            lost: quality.lost.as_samples(),
            cpu_nanos: nanos(quality.cpu_time),
            wall_nanos: nanos(quality.wall_time),
        };
        let mut chunk = Chunk {
            quality: self.quality,
            ..Chunk::default()
        };
        for (path, inode) in processes.images.files().skip(self.n_files) {
            chunk
                .files
                .push((path.to_string_lossy().into_owned(), inode));
        }
        self.n_files += chunk.files.len();
        for symbol in &lock(&processes.python_frames).frames()[self.n_python_frames..] {
            let frame = symbol.as_frame();
            let file = frame.file.map(str::to_owned);
            chunk
                .python
                .push((frame.function.to_owned(), file, frame.line));
        }
        self.n_python_frames += chunk.python.len();
        for (number, info) in (0..).zip(processes.threads.all()) {
            if self.threads.get(number as usize) != Some(info) {
                self.threads.truncate(number as usize);
                chunk
                    .threads
                    .push((number, info.pid, info.tid, info.name.clone()));
            }
        }
        self.threads = processes.threads.all().to_vec();
        let mut new = Vec::new();
        for (seen, count) in processes.counts.stacks_to_spool() {
            if count.stack >= self.n_stacks {
                new.push((
                    count.stack,
                    (seen.thread, number_of(seen.walk), seen.places.clone()),
                ));
            }
            chunk.counts.push((count.stack, count.n - count.n_spooled));
            count.n_spooled = count.n;
        }
        new.sort_unstable();
        self.n_stacks += u32::try_from(new.len()).expect("stack numbers have 32 bits");
        chunk.stacks = new.into_iter().map(|(_, stack)| stack).collect();
        let moments = processes.counts.moments(Part::All);
        let moments = &moments[self.n_moments..];
        chunk.moments = moments
            .iter()
            .map(|at| (at.time, at.stack, at.weight))
            .collect();
        self.n_moments += chunk.moments.len();
        self.append(&chunk)
    }

    /// Appends that the rate was lowered, after all that was seen before has been written
    /// and then thinned.
    pub(super) fn write_rate(&mut self, rate_hz: f64, processes: &mut Processes) -> io::Result<()> {
        processes.counts.mark_spooled();
        self.n_moments = processes.counts.moments(Part::All).len();
        self.append(&Chunk {
            rate_hz: Some(rate_hz),
            quality: self.quality,
            ..Chunk::default()
        })
    }

    fn append(&mut self, chunk: &Chunk) -> io::Result<()> {
        let json = serde_json::to_vec(chunk)?;
        let len = u32::try_from(json.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let mut record = Vec::with_capacity(json.len() + 8);
        record.extend(len.to_le_bytes());
        record.extend(crc32fast::hash(&json).to_le_bytes());
        record.extend(json);
        // One call, so that a kill hardly ever leaves half a record.
        self.file.write_all(&record)
    }
}

/// Makes the profile of what a recorder that was killed has left in its spool file.
///
/// Functions get their names from the files that were mapped, so these must still be
/// there, unchanged.
///
/// # Errors
/// [`Error::Io`] if the file cannot be read, and [`Error::NoSpool`] if it is none.
pub fn recover(spool: &Path) -> Result<Profile> {
    let mut bytes = Vec::new();
    File::open(spool)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(Error::io("read the spool file"))?;
    let no_spool = || Error::NoSpool {
        path: spool.to_owned(),
    };
    let mut rest = bytes.strip_prefix(MAGIC).ok_or_else(no_spool)?;
    let first = next_chunk(&mut rest).ok_or_else(no_spool)?;
    let start = first.start.ok_or_else(no_spool)?;
    let mut processes = Processes::new(false, start.timeline, usize::MAX);
    let mut quality = SavedQuality::default();
    let mut stacks: Vec<Seen> = Vec::new();
    let (mut rate_hz, mut dice) = (start.rate_hz, Dice::new(0));
    while let Some(chunk) = next_chunk(&mut rest) {
        quality = chunk.quality;
        if let Some(lower) = chunk.rate_hz {
            processes.lower_rate(rate_hz, lower, &mut dice);
            rate_hz = lower;
        }
        for (path, inode) in chunk.files {
            processes.images.reopen(&path, inode);
        }
        for (function, file, line) in chunk.python {
            let symbol = match file {
                Some(file) => Symbol::of_source(&function, &file, line),
                None => Symbol::unknown(function),
            };
            lock(&processes.python_frames).place(symbol);
        }
        for (number, pid, tid, name) in chunk.threads {
            processes.threads.set(number, ThreadInfo { pid, tid, name });
        }
        stacks.extend(chunk.stacks.into_iter().map(|(thread, walk, places)| Seen {
            thread,
            walk: walk_of(walk),
            places,
        }));
        let mut see = |stack: u32, n, time| {
            if let Some(seen) = stacks.get(stack as usize) {
                processes.see(seen.clone(), n, time);
            }
        };
        if start.timeline {
            for (time, stack, n) in chunk.moments {
                see(stack, n, time);
            }
        } else {
            for (stack, n) in chunk.counts {
                see(stack, n, start.started);
            }
        }
    }
    let Tally {
        truncated,
        unreadable,
        ..
    } = processes.tally;
    let quality = Quality {
        lost: Weight::from_samples(quality.lost),
        truncated: Weight::from_samples(truncated),
        unreadable: Weight::from_samples(unreadable),
        cpu_time: std::time::Duration::from_nanos(quality.cpu_nanos),
        wall_time: std::time::Duration::from_nanos(quality.wall_nanos),
        rate_asked: start.rate_hz,
        rate_lowered_to_hz: (rate_hz < start.rate_hz).then_some(rate_hz),
        is_wall: start.is_wall,
        source: Source::from_number(start.source),
        ..Quality::default()
    };
    let mut options = RecordOptions::new();
    (options.lines, options.timeline) = (start.lines, start.timeline);
    let mut names = Names::new(start.lines);
    let modules = processes.images.modules();
    let found = find(
        &mut Symbolizer::new(&modules, start.lines),
        &names.unknown(&processes),
    );
    names.insert(found);
    Ok(names.profile(&processes, &options, start.started, Part::All, quality))
}

/// Takes the next whole and undamaged record.
fn next_chunk(rest: &mut &[u8]) -> Option<Chunk> {
    let (len, after) = rest.split_first_chunk::<4>()?;
    let (crc, after) = after.split_first_chunk::<4>()?;
    let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
    let (json, after) = after.split_at_checked(len)?;
    if crc32fast::hash(json) != u32::from_le_bytes(*crc) {
        return None;
    }
    *rest = after;
    serde_json::from_slice(json).ok()
}

fn number_of(walk: Walk) -> u8 {
    match walk {
        Walk::Complete => 0,
        Walk::Truncated => 1,
        Walk::Unreadable => 2,
    }
}

fn walk_of(number: u8) -> Walk {
    match number {
        0 => Walk::Complete,
        1 => Walk::Truncated,
        _ => Walk::Unreadable,
    }
}
