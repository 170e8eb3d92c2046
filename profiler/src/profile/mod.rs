//! Profiles: weighted stacks, and how well they were taken.
//!
//! This module knows nothing of how samples come to be; a profile can as well be
//! read from folded text or built by hand.

mod quality;
mod sample;
mod tables;

use std::collections::{BTreeMap, HashMap};

pub use self::quality::{Quality, Source};
pub use self::sample::{Sample, Weight};
pub(crate) use self::tables::Tables;
pub use self::tables::{FrameId, StackId, ThreadId};

/// Weighted stacks of one run, or of several merged.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    tables: Tables,
    samples: Vec<Sample>,
    sample_index: HashMap<(StackId, ThreadId), usize>,
    quality: Quality,
}

impl Profile {
    /// Makes an empty profile.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a profile from stacks, root first, of a thread named `main`.
    ///
    /// ```
    /// let profile = profiler::Profile::from_stacks([(["main", "work"], 3), (["main", "rest"], 1)]);
    /// assert_eq!(profile.total().as_samples(), 4);
    /// ```
    pub fn from_stacks<S, F>(stacks: impl IntoIterator<Item = (S, u64)>) -> Self
    where
        S: IntoIterator<Item = F>,
        F: AsRef<str>,
    {
        let mut profile = Self::new();
        for (stack, n) in stacks {
            profile.add("main", stack, Weight::from_samples(n));
        }
        profile
    }

    /// Adds a stack, root first, seen on the thread of that name.
    ///
    /// A stack without frames becomes the single frame `[empty]`, so that the
    /// weight is never dropped. A weight of zero adds nothing.
    pub fn add<F: AsRef<str>>(
        &mut self,
        thread: &str,
        stack: impl IntoIterator<Item = F>,
        weight: Weight,
    ) {
        if weight == Weight::default() {
            return;
        }
        let mut leaf = None;
        for name in stack {
            let frame = self.tables.intern_frame(name.as_ref());
            leaf = Some(self.tables.intern_stack(leaf, frame));
        }
        let stack = leaf.unwrap_or_else(|| {
            let frame = self.tables.intern_frame("[empty]");
            self.tables.intern_stack(None, frame)
        });
        let thread = self.tables.intern_thread(thread);
        self.quality.taken += weight;
        if let Some(&at) = self.sample_index.get(&(stack, thread)) {
            self.samples[at].weight += weight;
        } else {
            self.sample_index
                .insert((stack, thread), self.samples.len());
            self.samples.push(Sample {
                stack,
                thread,
                weight,
            });
        }
    }

    /// Adds all samples and counters of `other`.
    ///
    /// Everything that is printed or drawn from the result is the same in
    /// whichever order profiles are merged.
    pub fn merge(&mut self, other: &Self) {
        let taken = self.quality.taken;
        for sample in &other.samples {
            let stack = other.stack(sample.stack);
            self.add(other.thread_name(sample.thread), stack, sample.weight);
        }
        self.quality.taken = taken;
        self.quality.merge(&other.quality);
    }

    /// Returns the samples that pass through a function for which `is_root`
    /// holds, each cut off above the outermost such function.
    ///
    /// Use it to look at one part of a program only, say its main loop. The
    /// quality stays that of the whole run, except for the samples taken.
    #[must_use]
    pub fn root_at(&self, is_root: impl Fn(&str) -> bool) -> Self {
        let matches = self.matching_frames(is_root);
        let mut below = Self::new();
        for sample in &self.samples {
            let mut stack: Vec<FrameId> = self.tables.frames_of(sample.stack).collect();
            let Some(outermost) = stack.iter().rposition(|frame| matches[frame.index()]) else {
                continue;
            };
            stack.truncate(outermost + 1);
            let names = stack.iter().rev().map(|&frame| self.frame_name(frame));
            below.add(self.thread_name(sample.thread), names, sample.weight);
        }
        below.quality = Quality {
            taken: below.quality.taken,
            ..self.quality.clone()
        };
        below
    }

    /// Returns the sum of all weights.
    pub fn total(&self) -> Weight {
        self.samples.iter().map(|sample| sample.weight).sum()
    }

    /// Walks all samples, one for each pair of stack and thread.
    pub fn samples(&self) -> impl Iterator<Item = Sample> {
        self.samples.iter().copied()
    }

    /// Returns all stacks (root first) with their weights, threads added up, in
    /// the order of their names.
    pub fn stacks(&self) -> impl Iterator<Item = (Vec<&str>, Weight)> {
        let mut stacks: BTreeMap<Vec<&str>, Weight> = BTreeMap::new();
        for sample in &self.samples {
            *stacks.entry(self.stack(sample.stack)).or_default() += sample.weight;
        }
        stacks.into_iter()
    }

    /// Returns the function names of a stack, root first.
    pub fn stack(&self, stack: StackId) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .tables
            .frames_of(stack)
            .map(|frame| self.frame_name(frame))
            .collect();
        names.reverse();
        names
    }

    /// Returns the name of a function.
    pub fn frame_name(&self, frame: FrameId) -> &str {
        self.tables.frame_name(frame)
    }

    /// Returns the name of a thread.
    pub fn thread_name(&self, thread: ThreadId) -> &str {
        self.tables.thread_name(thread)
    }

    /// Returns what is known about how the profile was taken.
    pub fn quality(&self) -> &Quality {
        &self.quality
    }

    pub(crate) fn set_quality(&mut self, quality: Quality) {
        self.quality = quality;
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Asks `predicate` once for each distinct name.
    pub(crate) fn matching_frames(&self, predicate: impl Fn(&str) -> bool) -> Vec<bool> {
        self.tables
            .frames()
            .map(|frame| predicate(self.frame_name(frame)))
            .collect()
    }
}
