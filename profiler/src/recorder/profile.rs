//! Places to names, and counts to a profile.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::counts::{Part, Seen};
use super::images::{Place, is_in_file};
use super::options::RecordOptions;
use super::perf_map::PerfMap;
use super::processes::{Processes, ThreadInfo};
use super::python::lock;
use crate::profile::{Frame, FrameId, Profile, Quality, StackId, Thread, ThreadId, Weight};
use crate::python::{FrameTable, is_python};
use crate::symbolize::{Symbol, Symbolizer};
use crate::unwind::Walk;

/// The names of places, each looked up once.
pub(super) struct Names {
    /// By place, and by process for those in no file (0 for the others).
    symbols: HashMap<(u32, Place), Vec<Symbol>>,
    lines: bool,
}

impl Names {
    pub(super) fn new(lines: bool) -> Self {
        Self {
            symbols: HashMap::new(),
            lines,
        }
    }

    /// Makes a profile of the stacks that were seen; their places must have been looked up.
    pub(super) fn profile(
        &self,
        processes: &Processes,
        options: &RecordOptions,
        started: u64,
        part: Part,
        quality: Quality,
    ) -> Profile {
        let mut profile = Profile::new();
        let infos = processes.threads.all();
        let threads: Vec<ThreadId> = infos
            .iter()
            .map(|info| profile.thread_id(thread(info)))
            .collect();
        let python = lock(&processes.python_frames);
        let mut stacks: HashMap<u32, (ThreadId, StackId)> = HashMap::new();
        let mut frames = HashMap::new();
        for (seen, count) in processes.counts.stacks() {
            let n = count.of(part);
            if n == 0 {
                continue;
            }
            let pid = infos[seen.thread as usize].pid;
            let stack = self.stack(&mut profile, &mut frames, &python, pid, seen);
            let thread = threads[seen.thread as usize];
            if options.timeline {
                stacks.insert(count.stack, (thread, stack));
            } else {
                profile.observe(thread, stack, Weight::from_samples(n));
            }
        }
        for moment in processes.counts.moments(part) {
            if let Some(&(thread, stack)) = stacks.get(&moment.stack) {
                let at = Duration::from_nanos(moment.time.saturating_sub(started));
                profile.observe_at(at, thread, stack, Weight::from_samples(moment.weight));
            }
        }
        profile.set_quality(quality);
        profile
    }

    /// Makes the number of a stack; `frames` keeps those of each place that was met, as
    /// looking up texts would take most of the time.
    fn stack(
        &self,
        profile: &mut Profile,
        frames: &mut HashMap<(u32, Place), Vec<FrameId>>,
        python: &FrameTable,
        pid: u32,
        seen: &Seen,
    ) -> StackId {
        let mut stack = match seen.walk {
            Walk::Complete => None,
            Walk::Truncated => Some(profile.stack_id(None, Frame::function("[truncated]"))),
            Walk::Unreadable => Some(profile.stack_id(None, Frame::function("[unreadable]"))),
        };
        for &place in seen.places.iter().rev() {
            let frames = frames.entry(key(pid, place)).or_insert_with(|| {
                let native = self.symbols(pid, place).iter();
                python
                    .frame(place)
                    .into_iter()
                    .chain(native)
                    .map(|symbol| profile.frame_id(symbol.as_frame()))
                    .collect()
            });
            for &frame in &*frames {
                stack = Some(profile.stack_with(stack, frame));
            }
        }
        stack.unwrap_or_else(|| profile.stack_id(None, Frame::function("[exit]")))
    }

    /// Returns the functions at places of a process, leaf first, each with its place.
    pub(super) fn frames(
        &mut self,
        processes: &Processes,
        pid: u32,
        places: &[Place],
    ) -> Vec<(Place, Symbol)> {
        let modules = processes.images.modules();
        let native = places.iter().filter(|&&place| !is_python(place));
        let keys: Vec<_> = native.map(|&place| key(pid, place)).collect();
        let mut symbolizer = Symbolizer::new(&modules, self.lines);
        self.insert(find(&mut symbolizer, &keys));
        let python = lock(&processes.python_frames);
        let symbols = |&place: &Place| {
            let native = self.symbols(pid, place).iter().rev();
            let all = python.frame(place).into_iter().chain(native);
            all.map(move |symbol| (place, symbol.clone()))
        };
        places.iter().flat_map(symbols).collect()
    }

    /// Returns the functions at a place that has been looked up, the outermost first.
    fn symbols(&self, pid: u32, place: Place) -> &[Symbol] {
        let symbols = self.symbols.get(&key(pid, place));
        symbols.map_or(&[], Vec::as_slice)
    }

    /// Lists the places of what was seen that have not been looked up, with the process
    /// for those that are in no file.
    pub(super) fn unknown(&self, processes: &Processes) -> Vec<(u32, Place)> {
        let threads = processes.threads.all();
        let mut unknown = BTreeSet::new();
        for (seen, _) in processes.counts.stacks() {
            let pid = threads[seen.thread as usize].pid;
            for &place in &seen.places {
                if !is_python(place) && self.symbols(pid, place).is_empty() {
                    unknown.insert(key(pid, place));
                }
            }
        }
        unknown.into_iter().collect()
    }

    /// Remembers what was found.
    pub(super) fn insert(&mut self, found: Vec<Found>) {
        for Found {
            pid,
            place,
            symbols,
        } in found
        {
            self.symbols.insert((pid, place), symbols);
        }
    }
}

/// The functions at a place, the outermost first.
pub(super) struct Found {
    /// 0 for a place in a file.
    pid: u32,
    place: Place,
    symbols: Vec<Symbol>,
}

/// Looks places up, each with its process if it is in no file.
pub(super) fn find(symbolizer: &mut Symbolizer<'_>, places: &[(u32, Place)]) -> Vec<Found> {
    let mut maps: HashMap<u32, PerfMap> = HashMap::new();
    let symbols = |&(pid, place): &(u32, Place)| {
        let map = (!is_in_file(place))
            .then(|| &*maps.entry(pid).or_insert_with(|| PerfMap::of_process(pid)));
        let symbols = match map.and_then(|map| map.function(place)) {
            Some(name) => vec![Symbol::unknown(name)],
            None => symbolizer.functions(place).to_vec(),
        };
        Found {
            pid,
            place,
            symbols,
        }
    };
    places.iter().map(symbols).collect()
}

/// Returns what a place is remembered by.
fn key(pid: u32, place: Place) -> (u32, Place) {
    (if is_in_file(place) { 0 } else { pid }, place)
}

fn thread(info: &ThreadInfo) -> Thread<'_> {
    Thread {
        name: &info.name,
        pid: Some(info.pid),
        tid: Some(info.tid),
    }
}
