//! Places to names, and counts to a profile.

use std::collections::HashMap;
use std::time::Duration;

use super::counts::{Part, Seen};
use super::images::{Images, Place};
use super::options::RecordOptions;
use super::processes::{Processes, ThreadInfo};
use crate::profile::{Frame, Profile, Quality, StackId, Thread, ThreadId, Weight};
use crate::symbolize::{Symbol, Symbolizer};
use crate::unwind::Walk;

/// The names of places, each looked up once.
pub(super) struct Names {
    symbols: HashMap<Place, Vec<Symbol>>,
    lines: bool,
}

impl Names {
    pub(super) fn new(lines: bool) -> Self {
        Self {
            symbols: HashMap::new(),
            lines,
        }
    }

    /// Makes a profile of the stacks that were seen.
    pub(super) fn profile(
        &mut self,
        processes: &Processes,
        options: &RecordOptions,
        started: u64,
        part: Part,
        quality: Quality,
    ) -> Profile {
        self.look_up(processes);
        let mut profile = Profile::new();
        let infos = processes.threads.all();
        let threads: Vec<ThreadId> = infos
            .iter()
            .map(|info| profile.thread_id(thread(info)))
            .collect();
        let mut stacks: HashMap<u32, (ThreadId, StackId)> = HashMap::new();
        for (seen, count) in processes.counts.stacks() {
            let n = count.of(part);
            if n == 0 {
                continue;
            }
            let stack = self.stack(&mut profile, seen);
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

    fn stack(&self, profile: &mut Profile, seen: &Seen) -> StackId {
        let mut stack = match seen.walk {
            Walk::Complete => None,
            Walk::Truncated => Some(profile.stack_id(None, Frame::function("[truncated]"))),
            Walk::Unreadable => Some(profile.stack_id(None, Frame::function("[unreadable]"))),
        };
        for place in seen.places.iter().rev() {
            for symbol in &self.symbols[place] {
                stack = Some(profile.stack_id(stack, symbol.as_frame()));
            }
        }
        stack.unwrap_or_else(|| profile.stack_id(None, Frame::function("[exit]")))
    }

    /// Returns the functions at places, leaf first.
    pub(super) fn frames(&mut self, images: &Images, places: &[Place]) -> Vec<Symbol> {
        let modules = images.modules();
        let mut symbolizer = Symbolizer::new(&modules, self.lines);
        let mut frames = Vec::new();
        for &place in places {
            let symbols = self
                .symbols
                .entry(place)
                .or_insert_with(|| symbolizer.functions(place).to_vec());
            frames.extend(symbols.iter().rev().cloned());
        }
        frames
    }

    fn look_up(&mut self, processes: &Processes) {
        let modules = processes.images.modules();
        let mut symbolizer = Symbolizer::new(&modules, self.lines);
        for (seen, _) in processes.counts.stacks() {
            for &place in &seen.places {
                self.symbols
                    .entry(place)
                    .or_insert_with(|| symbolizer.functions(place).to_vec());
            }
        }
    }
}

fn thread(info: &ThreadInfo) -> Thread<'_> {
    Thread {
        name: &info.name,
        pid: Some(info.pid),
        tid: Some(info.tid),
    }
}
