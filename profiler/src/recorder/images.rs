//! The files that code was mapped from, in whichever processes, each once.
//!
//! Where a file lies in memory differs from process to process and changes when a
//! library is unloaded. So an address is kept as a [`Place`], the number of its file
//! and the address in it, and stacks from everywhere can be added up.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object::{Object, ObjectSegment, ReadCache};

use super::record::MapEvent;
use crate::modules::{self, Module};

/// An address in a file, as one number: the file's number plus one in the upper 16
/// bits. Without a file, it is the address in memory.
pub(super) type Place = u64;

const FILE_SHIFT: u32 = 48;

/// Tells whether a place is in a file.
pub(super) fn is_in_file(place: Place) -> bool {
    place >> FILE_SHIFT != 0
}

/// All files seen so far.
#[derive(Default)]
pub(super) struct Images {
    images: Vec<Image>,
    /// `None` for what could not be opened.
    index: HashMap<(String, u64), Option<usize>>,
}

struct Image {
    /// Lies at the places of its addresses.
    module: Module,
    inode: u64,
    segments: Vec<Segment>,
}

/// Where a part of a file wants to be mapped.
#[derive(Debug, Clone, Copy)]
struct Segment {
    offset: u64,
    size: u64,
    address: u64,
}

/// A file, or part of it, as it is mapped into a process.
pub(super) struct Mapped {
    /// The file where it lies in that process.
    pub(super) module: Module,
    /// What to add to an address in the process to get its place.
    pub(super) to_place: u64,
}

impl Images {
    /// Finds out what a mapping of process `pid` shows; `None` if it is no object file,
    /// or one that cannot be read.
    pub(super) fn open(&mut self, pid: u32, map: &MapEvent) -> Option<Mapped> {
        let number = self.number_of(pid, map)?;
        let image = &self.images[number];
        let bias = image.bias(map)?;
        Some(Mapped {
            module: Module {
                range: map.start..map.start.checked_add(map.len)?,
                bias,
                ..image.module.clone()
            },
            to_place: image.module.bias.wrapping_sub(bias),
        })
    }

    /// Returns all files, each at the places of its addresses, in their order.
    pub(super) fn modules(&self) -> Vec<Module> {
        let modules = self.images.iter().map(|image| &image.module);
        modules.cloned().collect()
    }

    /// Returns the path and the inode of each file, in the order of their numbers.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, u64)> {
        let files = self.images.iter();
        files.map(|image| (image.module.path.as_path(), image.inode))
    }

    /// Adds a file that an earlier recorder had opened. One that has been replaced since
    /// or is gone keeps its number but names nothing.
    pub(super) fn reopen(&mut self, path: &str, inode: u64) {
        let handle = File::open(path).ok().filter(|file| is_inode(file, inode));
        let image = if path == VDSO {
            vdso()
        } else {
            handle.and_then(Image::of_file)
        };
        self.add(path, inode, image.unwrap_or_default());
    }

    fn number_of(&mut self, pid: u32, map: &MapEvent) -> Option<usize> {
        let key = (map.path.clone(), map.inode);
        if let Some(&number) = self.index.get(&key) {
            return number;
        }
        let image = if map.path == VDSO {
            vdso()
        } else {
            open_file(pid, map).and_then(Image::of_file)
        };
        let number = image.map(|image| self.add(&map.path, map.inode, image));
        self.index.insert(key, number);
        number
    }

    fn add(&mut self, path: &str, inode: u64, mut image: Image) -> usize {
        let number = self.images.len();
        let start = (number as u64 + 1) << FILE_SHIFT;
        image.inode = inode;
        image.module.path = PathBuf::from(path.strip_suffix(DELETED).unwrap_or(path));
        image.module.bias = start;
        image.module.range = start..start + (1 << FILE_SHIFT);
        self.images.push(image);
        number
    }
}

const VDSO: &str = "[vdso]";
const DELETED: &str = " (deleted)";

impl Default for Image {
    fn default() -> Self {
        Self {
            module: Module {
                path: PathBuf::new(),
                range: Range::default(),
                bias: 0,
                image: None,
                handle: None,
            },
            inode: 0,
            segments: Vec::new(),
        }
    }
}

impl Image {
    fn of_file(file: File) -> Option<Self> {
        let cache = ReadCache::new(&file);
        let segments = segments(&object::File::parse(&cache).ok()?);
        Some(Self {
            segments,
            module: Module {
                handle: Some(Arc::new(file)),
                ..Self::default().module
            },
            ..Self::default()
        })
    }

    /// Returns what to subtract from an address in the mapping to get that in the file.
    fn bias(&self, map: &MapEvent) -> Option<u64> {
        let in_file = self.segments.iter().find_map(|segment| {
            // The kernel maps whole pages, so the mapping may start before the segment.
            let skipped = segment.offset % PAGE;
            let before = segment.offset - skipped;
            let covers = (before..segment.offset + segment.size).contains(&map.offset);
            covers.then(|| segment.address - skipped + (map.offset - before))
        })?;
        Some(map.start.wrapping_sub(in_file))
    }
}

const PAGE: u64 = 4096;

/// Lists the segments that hold code. Others may share a page with them.
fn segments<'a>(file: &impl Object<'a>) -> Vec<Segment> {
    file.segments()
        .filter(|segment| segment.permissions().executable())
        .map(|segment| {
            let (offset, size) = segment.file_range();
            Segment {
                offset,
                size,
                address: segment.address(),
            }
        })
        .collect()
}

/// Opens the very file that is mapped, through whichever door is open: the path may
/// mean another file here, or none, if the process lives in a container or the file was
/// replaced.
fn open_file(pid: u32, map: &MapEvent) -> Option<File> {
    if !map.path.starts_with('/') {
        return None;
    }
    let end = map.start.checked_add(map.len)?;
    let path = map.path.strip_suffix(DELETED);
    let in_root = format!("/proc/{pid}/root{}", path.unwrap_or(&map.path));
    // The last, because the process may have ended since.
    let by_inode = [&in_root, &format!("/proc/{pid}/exe"), &map.path]
        .into_iter()
        .filter_map(|door| File::open(door).ok())
        .find(|file| is_inode(file, map.inode));
    // Only root may use this one, but it is never wrong.
    let mapped = || File::open(format!("/proc/{pid}/map_files/{:x}-{end:x}", map.start)).ok();
    // Some file systems give a mapping another inode than its file.
    let by_name = || File::open(&in_root).ok().filter(|_| path.is_none());
    by_inode.or_else(mapped).or_else(by_name)
}

fn is_inode(file: &File, inode: u64) -> bool {
    file.metadata().is_ok_and(|data| data.ino() == inode)
}

/// Takes the kernel's library from this process: it is the same in all.
fn vdso() -> Option<Image> {
    let own = modules::of_this_process().ok()?;
    let module = own
        .into_iter()
        .find(|module| module.path == Path::new(VDSO))?;
    let bytes = module.image.as_deref()?;
    let segments = segments(&object::File::parse(bytes).ok()?);
    Some(Image {
        segments,
        module,
        inode: 0,
    })
}
