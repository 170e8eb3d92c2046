//! What is mapped into one process, and walking its stacks.

use std::fs;
use std::io;
use std::ops::Range;

use super::images::{Images, Mapped, Place};
use super::record::{MapEvent, StackDump};
use crate::modules::Mapping;
use crate::unwind::{Cache, Unwinder, Walk};

/// The code of a process, as far as it comes from files.
#[derive(Clone)]
pub(super) struct AddressSpace {
    /// In order of address.
    mapped: Vec<(Range<u64>, u64)>,
    unwinder: Unwinder,
}

/// Deeper stacks are cut, keeping their leaf side.
const MAX_DEPTH: usize = 1 << 16;

impl AddressSpace {
    /// A process that has just begun, with nothing in it.
    pub(super) fn new() -> Self {
        Self {
            mapped: Vec::new(),
            unwinder: Unwinder::new(&[]),
        }
    }

    /// Looks at what is mapped into a running process.
    pub(super) fn of_process(pid: u32, images: &mut Images) -> io::Result<Self> {
        let maps = fs::read_to_string(format!("/proc/{pid}/maps"))?;
        let mut space = Self::new();
        for mapping in maps.lines().filter_map(Mapping::parse) {
            if mapping.is_executable {
                let map = MapEvent::of(&mapping);
                space.map(images.open(pid, &map), &map);
            }
        }
        Ok(space)
    }

    /// Tells whether nothing is mapped.
    pub(super) fn is_empty(&self) -> bool {
        self.mapped.is_empty()
    }

    /// Puts a mapping in place of whatever was there; `None` if it is not from a file.
    pub(super) fn map(&mut self, mapped: Option<Mapped>, map: &MapEvent) {
        let range = map.start..map.start.saturating_add(map.len);
        let is_there = |entry: &(Range<u64>, u64)| {
            mapped
                .as_ref()
                .is_some_and(|mapped| mapped.to_place == entry.1)
                && entry.0 == range
        };
        // A record of what has been read from the list of mappings already.
        if self.mapped.iter().any(is_there) {
            return;
        }
        let (unwinder, mapped_here) = (&mut self.unwinder, &mut self.mapped);
        mapped_here.retain(|(old, _)| {
            let stays = old.end <= range.start || range.end <= old.start;
            if !stays {
                unwinder.remove(old.start);
            }
            stays
        });
        if let Some(mapped) = mapped {
            let at = mapped_here.partition_point(|(old, _)| old.start < range.start);
            mapped_here.insert(at, (range, mapped.to_place));
            unwinder.add(&mapped.module);
        }
    }

    /// Returns the place of an address.
    pub(super) fn place(&self, address: u64) -> Place {
        let after = self
            .mapped
            .partition_point(|(range, _)| range.start <= address);
        let found = after.checked_sub(1).map(|at| &self.mapped[at]);
        match found.filter(|(range, _)| range.contains(&address)) {
            Some((_, to_place)) => address.wrapping_add(*to_place),
            None => address,
        }
    }

    /// Walks a stack and returns its places, leaf first.
    pub(super) fn walk(&self, cache: &mut Cache, dump: &StackDump) -> (Walk, Vec<Place>) {
        let Some(registers) = dump.registers else {
            return (Walk::Complete, Vec::new());
        };
        let mut ran_out = false;
        let read = |address: u64| {
            let at = address.checked_sub(registers.stack_pointer).ok_or(())?;
            let at = usize::try_from(at).map_err(|_| ())?;
            let end = at.checked_add(8).ok_or(())?;
            let word = dump
                .stack
                .get(at..end)
                .and_then(|bytes| bytes.try_into().ok());
            if word.is_none() {
                ran_out = true;
            }
            word.map(u64::from_ne_bytes).ok_or(())
        };
        let mut places = Vec::new();
        let walk = self
            .unwinder
            .walk(cache, registers, MAX_DEPTH, read, |address| {
                places.push(self.place(address));
            });
        let walk = match walk {
            // The rest of the stack was not copied.
            Walk::Unreadable if ran_out && dump.is_cut => Walk::Truncated,
            walk => walk,
        };
        (walk, places)
    }
}
