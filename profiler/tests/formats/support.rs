//! Profiles of every shape, and what two of them are compared by.

use std::collections::BTreeMap;
use std::time::Duration;

use profiler::format::{Format, WriteOptions};
use profiler::{Frame, Profile, Thread, Weight, WeightUnit};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// A frame that owns its texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnFrame {
    pub function: String,
    pub module: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
}

impl OwnFrame {
    fn borrow(&self) -> Frame<'_> {
        Frame {
            function: &self.function,
            module: self.module.as_deref(),
            file: self.file.as_deref(),
            line: self.line,
        }
    }
}

impl From<Frame<'_>> for OwnFrame {
    fn from(frame: Frame<'_>) -> Self {
        Self {
            function: frame.function.to_owned(),
            module: frame.module.map(str::to_owned),
            file: frame.file.map(str::to_owned),
            line: frame.line,
        }
    }
}

/// Names with everything that some format gives a meaning to.
pub fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("main".to_owned()),
        Just("<script>alert(1)</script>".to_owned()),
        Just("\"quoted\" & 'single' \\x3b back\\".to_owned()),
        Just("<[u8; 4] as core::fmt::Debug>::fmt".to_owned()),
        Just("two\nlines\r\tand\0nothing".to_owned()),
        Just("\u{feff}Ünïcödé \u{1f525}\u{202e}".to_owned()),
        Just("{ \"schema\": 1 12".to_owned()),
        "[ -~]{1,6}",
    ]
}

fn frames() -> impl Strategy<Value = OwnFrame> {
    (
        names(),
        option::of("lib[a-c]\\.so"),
        option::of("(src/)?[a-c]\\.rs"),
        option::of(1..5000_u32),
    )
        .prop_map(|(function, module, file, line)| OwnFrame {
            function,
            module,
            // A line is a line of a file.
            line: file.as_ref().and(line),
            file,
        })
}

/// One observation: the number of its thread, its stack, weight, and time.
type Observation = (usize, Vec<OwnFrame>, u64, u64);

/// Profiles of one unit; with the times of all observations, or of none.
pub fn profiles(unit: WeightUnit) -> impl Strategy<Value = Profile> {
    let thread = ("[a-c]|main thread", option::of((1..9_u32, 1..99_u32)));
    let observation = (0..3_usize, vec(frames(), 1..6), 1..1_000_000_u64, 0..10_u64);
    (vec(thread, 3), vec(observation, 0..20), any::<bool>())
        .prop_map(move |(threads, observations, timed)| build(unit, &threads, &observations, timed))
}

fn build(
    unit: WeightUnit,
    threads: &[(String, Option<(u32, u32)>)],
    observations: &[Observation],
    timed: bool,
) -> Profile {
    let mut profile = Profile::with_unit(unit);
    for (thread, stack, weight, milliseconds) in observations {
        let (name, ids) = &threads[*thread];
        let thread = profile.thread_id(Thread {
            name,
            pid: ids.map(|(pid, _)| pid),
            tid: ids.map(|(_, tid)| tid),
        });
        let mut leaf = None;
        for frame in stack {
            leaf = Some(profile.stack_id(leaf, frame.borrow()));
        }
        let (leaf, weight) = (leaf.unwrap(), Weight::from_units(*weight));
        if timed {
            profile.observe_at(Duration::from_millis(*milliseconds), thread, leaf, weight);
        } else {
            profile.observe(thread, leaf, weight);
        }
    }
    profile
}

pub fn bytes(format: Format, profile: &Profile) -> Vec<u8> {
    let mut bytes = Vec::new();
    format
        .write(profile, &WriteOptions::new(), &mut bytes)
        .unwrap();
    bytes
}

/// A stack, root first, as those parts of its frames that a format keeps.
pub type Stacks = BTreeMap<(String, Vec<OwnFrame>), u64>;

/// Adds up all samples by their thread's name and their frames.
pub fn stacks(profile: &Profile) -> Stacks {
    let mut stacks = Stacks::new();
    for sample in profile.samples() {
        let mut frames: Vec<OwnFrame> = profile
            .frames_of(sample.stack)
            .map(|frame| profile.frame(frame).into())
            .collect();
        frames.reverse();
        let thread = profile.thread(sample.thread).name.to_owned();
        *stacks.entry((thread, frames)).or_default() += sample.weight.as_units();
    }
    stacks
}
