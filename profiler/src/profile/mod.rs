//! Profiles: weighted stacks, and how well they were taken.
//!
//! This module knows nothing of how samples come to be; a profile can as well be
//! read from folded text or built by hand.

mod frame;
mod quality;
mod sample;
mod tables;
mod thread;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

pub use self::frame::Frame;
pub use self::quality::{Quality, Source};
pub use self::sample::{Moment, Sample, Weight, WeightUnit};
pub use self::tables::{FrameId, StackId, ThreadId};
pub(crate) use self::tables::{LabelId, Tables};
pub use self::thread::Thread;
use crate::analysis::Share;

/// Weighted stacks of one run, or of several merged.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    tables: Tables,
    samples: Vec<Sample>,
    sample_index: HashMap<(StackId, ThreadId), usize>,
    timeline: Vec<Moment>,
    unit: WeightUnit,
    squares: f64,
    quality: Quality,
}

impl Profile {
    /// Makes an empty profile that counts samples.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an empty profile whose weights count `unit`.
    pub fn with_unit(unit: WeightUnit) -> Self {
        Self {
            unit,
            ..Self::default()
        }
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

    /// Adds a stack of function names, root first, seen on the thread of that name.
    ///
    /// A stack without frames becomes the single frame `[empty]`, so that the
    /// weight is never dropped. A weight of zero adds nothing.
    pub fn add<F: AsRef<str>>(
        &mut self,
        thread: &str,
        stack: impl IntoIterator<Item = F>,
        weight: Weight,
    ) {
        let thread = self.thread_id(Thread::named(thread));
        let mut leaf = None;
        for name in stack {
            leaf = Some(self.stack_id(leaf, Frame::function(name.as_ref())));
        }
        let stack = leaf.unwrap_or_else(|| self.stack_id(None, Frame::function("[empty]")));
        self.observe(thread, stack, weight);
    }

    /// Returns the number of a thread, which is made if it is new.
    pub fn thread_id(&mut self, thread: Thread<'_>) -> ThreadId {
        self.tables.intern_thread(thread)
    }

    /// Returns the number of the stack that calls `frame` from `caller`, or begins with
    /// it; it is made if it is new.
    pub fn stack_id(&mut self, caller: Option<StackId>, frame: Frame<'_>) -> StackId {
        let frame = self.frame_id(frame);
        self.stack_with(caller, frame)
    }

    /// Returns the number of a frame, which is made if it is new.
    pub(crate) fn frame_id(&mut self, frame: Frame<'_>) -> FrameId {
        self.tables.intern_frame(frame)
    }

    /// Does the same as [`Profile::stack_id`], for a frame whose texts need not be looked
    /// up again.
    pub(crate) fn stack_with(&mut self, caller: Option<StackId>, frame: FrameId) -> StackId {
        self.tables.intern_stack(caller, frame)
    }

    /// Adds one observation of a stack. A weight of zero adds nothing.
    pub fn observe(&mut self, thread: ThreadId, stack: StackId, weight: Weight) {
        if weight == Weight::default() {
            return;
        }
        self.quality.taken += weight;
        self.squares += (weight.as_units() as f64).powi(2);
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

    /// Adds one observation and keeps its time, which is counted from the start of the
    /// profile. Observations may come in any order.
    pub fn observe_at(&mut self, at: Duration, thread: ThreadId, stack: StackId, weight: Weight) {
        self.observe(thread, stack, weight);
        if weight > Weight::default() {
            self.timeline.push(Moment {
                at,
                stack,
                thread,
                weight,
            });
        }
    }

    /// Adds all samples and counters of `other`. The times of single observations are
    /// dropped, as those of two runs have no common start.
    ///
    /// Everything that is printed or drawn from the result is the same in
    /// whichever order profiles are merged. Weights of different units are not made
    /// comparable: the sum's unit is then unknown.
    pub fn merge(&mut self, other: &Self) {
        let (taken, squares) = (self.quality.taken, self.squares);
        if self.samples.is_empty() {
            self.unit = other.unit;
        } else if !other.samples.is_empty() && self.unit != other.unit {
            self.unit = WeightUnit::Unknown;
        }
        self.timeline.clear();
        for sample in &other.samples {
            self.copy_sample(other, *sample, None);
        }
        self.squares = squares + other.squares;
        self.quality.taken = taken;
        self.quality.merge(&other.quality);
    }

    /// Adds a sample of another profile, cut off above the outermost frame for which
    /// `is_root` holds; not at all if there is none.
    fn copy_sample(&mut self, other: &Self, sample: Sample, is_root: Option<&[bool]>) {
        let mut frames: Vec<FrameId> = other.tables.frames_of(sample.stack).collect();
        if let Some(is_root) = is_root {
            let matches = |frame: &FrameId| is_root[other.tables.label_of(*frame).index()];
            let Some(outermost) = frames.iter().rposition(matches) else {
                return;
            };
            frames.truncate(outermost + 1);
        }
        let mut stack = None;
        for &frame in frames.iter().rev() {
            stack = Some(self.stack_id(stack, other.frame(frame)));
        }
        let thread = self.thread_id(other.thread(sample.thread));
        if let Some(stack) = stack {
            self.observe(thread, stack, sample.weight);
        }
    }

    /// Returns the samples that pass through a function for which `is_root`
    /// holds, each cut off above the outermost such function.
    ///
    /// Use it to look at one part of a program only, say its main loop. The
    /// quality stays that of the whole run, except for the samples taken.
    #[must_use]
    pub fn root_at(&self, is_root: impl Fn(&str) -> bool) -> Self {
        let matches = self.matching_labels(is_root);
        let mut below = Self::with_unit(self.unit);
        for sample in &self.samples {
            below.copy_sample(self, *sample, Some(&matches));
        }
        below.quality = Quality {
            taken: below.quality.taken,
            ..self.quality.clone()
        };
        below
    }

    /// Returns the profile by function: the lines of one function become one frame.
    #[must_use]
    pub fn by_function(&self) -> Self {
        let mut whole = Self::with_unit(self.unit);
        let mut stacks: Vec<StackId> = Vec::new();
        for id in self.stack_ids() {
            // A stack's caller comes before it.
            let caller = self.caller(id).map(|caller| stacks[caller.index()]);
            let frame = Frame {
                line: None,
                ..self.frame(self.leaf(id))
            };
            stacks.push(whole.stack_id(caller, frame));
        }
        let threads: Vec<ThreadId> = self
            .thread_ids()
            .map(|id| whole.thread_id(self.thread(id)))
            .collect();
        for sample in &self.samples {
            let (stack, thread) = (stacks[sample.stack.index()], threads[sample.thread.index()]);
            whole.observe(thread, stack, sample.weight);
        }
        whole.timeline.clone_from(&self.timeline);
        for moment in &mut whole.timeline {
            moment.stack = stacks[moment.stack.index()];
            moment.thread = threads[moment.thread.index()];
        }
        whole.squares = self.squares;
        whole.quality = self.quality.clone();
        whole
    }

    /// Returns the sum of all weights.
    pub fn total(&self) -> Weight {
        // Kept with every observation: each share asks for it, of which there may be
        // a hundred thousand.
        self.quality.taken
    }

    /// Walks all samples, one for each pair of stack and thread.
    pub fn samples(&self) -> impl Iterator<Item = Sample> {
        self.samples.iter().copied()
    }

    /// Returns what the weights count.
    pub fn unit(&self) -> WeightUnit {
        self.unit
    }

    /// Returns the share that `weight` has of all, with its 95 % interval.
    ///
    /// Where weights are samples, these are what the interval counts. Otherwise it is
    /// Kish's effective number of observations, `(Σw)² / Σw²` (L. Kish, "Survey
    /// Sampling", 1965, section 8.2).
    pub fn share(&self, weight: Weight) -> Share {
        let total = self.total().as_units();
        if self.unit == WeightUnit::Samples {
            return Share::new(weight.as_samples(), total);
        }
        let fraction = weight.as_units() as f64 / (total as f64).max(1.0);
        Share::of_fraction(fraction, self.n_observations())
    }

    /// Returns the number of observations that [`Profile::share`] makes its interval of.
    pub fn n_observations(&self) -> f64 {
        let total = self.total().as_units() as f64;
        match self.unit {
            WeightUnit::Samples => total,
            _ => total.powi(2) / self.squares.max(1.0),
        }
    }

    /// Walks the single observations in the order in which they were added; nothing if
    /// their times were not kept.
    pub fn timeline(&self) -> impl Iterator<Item = Moment> {
        self.timeline.iter().copied()
    }

    /// Returns all stacks (root first) by their labels, with their weights, threads
    /// added up, in the order of the labels.
    pub fn stacks(&self) -> impl Iterator<Item = (Vec<&str>, Weight)> {
        let mut stacks: BTreeMap<Vec<&str>, Weight> = BTreeMap::new();
        for sample in &self.samples {
            *stacks.entry(self.stack(sample.stack)).or_default() += sample.weight;
        }
        stacks.into_iter()
    }

    /// Returns the labels of a stack, root first.
    pub fn stack(&self, stack: StackId) -> Vec<&str> {
        let mut labels: Vec<&str> = self
            .tables
            .frames_of(stack)
            .map(|frame| self.label(frame))
            .collect();
        labels.reverse();
        labels
    }

    /// Walks the frames of a stack from its leaf to its root.
    pub fn frames_of(&self, stack: StackId) -> impl Iterator<Item = FrameId> {
        self.tables.frames_of(stack)
    }

    /// Returns the innermost frame of a stack.
    pub fn leaf(&self, stack: StackId) -> FrameId {
        self.tables.leaf(stack)
    }

    /// Returns the stack without its innermost frame, `None` if that is the only one.
    pub fn caller(&self, stack: StackId) -> Option<StackId> {
        self.tables.caller(stack)
    }

    /// Walks the table of stacks: every sample's stack, and every caller before it.
    pub fn stack_ids(&self) -> impl Iterator<Item = StackId> {
        self.tables.stack_ids()
    }

    /// Walks the table of frames.
    pub fn frame_ids(&self) -> impl Iterator<Item = FrameId> {
        self.tables.frame_ids()
    }

    /// Walks the table of threads.
    pub fn thread_ids(&self) -> impl Iterator<Item = ThreadId> {
        self.tables.thread_ids()
    }

    /// Returns what is known of a frame.
    pub fn frame(&self, frame: FrameId) -> Frame<'_> {
        self.tables.frame(frame)
    }

    /// Returns the text that stands for a frame; see [`Frame::label`].
    pub fn label(&self, frame: FrameId) -> &str {
        self.tables.label(self.tables.label_of(frame))
    }

    /// Returns what is known of a thread.
    pub fn thread(&self, thread: ThreadId) -> Thread<'_> {
        self.tables.thread(thread)
    }

    /// Returns what is known about how the profile was taken.
    pub fn quality(&self) -> &Quality {
        &self.quality
    }

    /// Says how the profile was taken. What is taken stays what has been added.
    pub fn set_quality(&mut self, quality: Quality) {
        let taken = self.quality.taken;
        self.quality = quality;
        self.quality.taken = taken;
    }

    /// Adds to the timeline what has been observed already.
    pub(crate) fn push_moment(&mut self, moment: Moment) {
        self.timeline.push(moment);
    }

    /// Returns the sum of the squares of all single weights.
    pub(crate) fn weight_squares(&self) -> f64 {
        self.squares
    }

    pub(crate) fn set_weight_squares(&mut self, squares: f64) {
        self.squares = squares;
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Asks `predicate` once for each distinct label.
    pub(crate) fn matching_labels(&self, predicate: impl Fn(&str) -> bool) -> Vec<bool> {
        self.tables
            .labels()
            .map(|label| predicate(self.tables.label(label)))
            .collect()
    }
}
