//! Samplers that are wrong on purpose: what is known to be wrong with real ones.
//!
//! Each is our own sampler with one fault, so that what the suite finds is that fault
//! and nothing else. See `docs/accuracy.md` for which real profilers have which.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::profile::{Moment, Profile, StackId, ThreadId, Weight};
use crate::sampler::{Intervals, Options};

/// One thing done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Samples at a fixed period.
    FixedPeriod,
    /// Takes a timer that goes off at the kernel's ticks alone, 250 times a second.
    TickBound,
    /// Loses the running function, as an unwinder does that begins at the caller.
    DroppedLeaf,
    /// Cuts stacks at 128 frames.
    Cut,
    /// Reads stacks while they change, and drops half of those that did.
    TornStacks,
    /// Notices only at the next call what it should have noticed before.
    CallBoundaries,
}

impl Fault {
    /// All of them, each with its name and the workload that is made to catch it.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::FixedPeriod, "fixed-period", "lockstep-1000"),
        (Self::TickBound, "tick-bound", "lockstep-1000"),
        (Self::DroppedLeaf, "dropped-leaf", "split"),
        (Self::Cut, "cut", "recursion"),
        (Self::TornStacks, "torn-stacks", "eager-formatting"),
        (Self::CallBoundaries, "call-boundaries", "split"),
    ];

    /// Makes the sampling wrong.
    pub fn spoil_options(self, options: &mut Options) {
        match self {
            Self::FixedPeriod => options.intervals = Intervals::Fixed,
            Self::TickBound => {
                options.intervals = Intervals::Fixed;
                options.rate_hz = options.rate_hz.min(250.0);
            }
            Self::DroppedLeaf | Self::Cut | Self::TornStacks | Self::CallBoundaries => (),
        }
    }

    /// Makes the profile wrong.
    pub fn spoil_profile(self, profile: &Profile) -> Profile {
        match self {
            Self::FixedPeriod | Self::TickBound => profile.clone(),
            Self::DroppedLeaf => by_stack(profile, |stack| &stack[..stack.len() - 1]),
            Self::Cut => by_stack(profile, |stack| &stack[stack.len().saturating_sub(128)..]),
            Self::TornStacks => by_moment(profile, torn),
            Self::CallBoundaries => by_moment(profile, postponed),
        }
    }
}

fn by_stack(profile: &Profile, change: impl for<'a> Fn(&'a [&'a str]) -> &'a [&'a str]) -> Profile {
    let mut spoiled = Profile::new();
    for (stack, weight) in profile.stacks() {
        spoiled.add("", change(&stack), weight);
    }
    spoiled
}

/// Judges each thread's moments in their order: which stack each is to count for.
fn by_moment(profile: &Profile, judge: impl Fn(&[StackId]) -> Vec<Option<StackId>>) -> Profile {
    let mut threads: HashMap<ThreadId, Vec<Moment>> = HashMap::new();
    for moment in profile.timeline() {
        threads.entry(moment.thread).or_default().push(moment);
    }
    let mut spoiled = Profile::new();
    for moments in threads.values_mut() {
        moments.sort_by_key(|moment| moment.at);
        let stacks: Vec<StackId> = moments.iter().map(|moment| moment.stack).collect();
        for stack in judge(&stacks).into_iter().flatten() {
            spoiled.add("", profile.stack(stack), Weight::from_samples(1));
        }
    }
    spoiled
}

/// Every second stack that is not the one before is dropped.
fn torn(stacks: &[StackId]) -> Vec<Option<StackId>> {
    let (mut last, mut n_changes) = (None, 0_u32);
    let kept = stacks.iter().map(|&stack| {
        let is_other = last.replace(stack).is_some_and(|last| last != stack);
        n_changes += u32::from(is_other);
        (!is_other || n_changes.is_multiple_of(2)).then_some(stack)
    });
    kept.collect()
}

/// Each stack counts for the next other one.
fn postponed(stacks: &[StackId]) -> Vec<Option<StackId>> {
    let mut next = None;
    let mut late: Vec<Option<StackId>> = Vec::new();
    for (at, &stack) in stacks.iter().enumerate().rev() {
        if let Some(&after) = stacks.get(at + 1).filter(|&&after| after != stack) {
            next = Some(after);
        }
        late.push(next);
    }
    late
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(fault, ..)| fault == self);
        f.write_str(name.expect("all are listed").1)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(_, name, _)| *name == text);
        found
            .map(|(fault, ..)| *fault)
            .ok_or_else(|| format!("no fault `{text}`"))
    }
}
