//! The tables that a page carries: the whole of one profile, or of two, as JSON.
//!
//! Functions, stacks and threads are numbered anew in the order of their names, so that
//! the bytes do not depend on the order in which a profile was put together. Stacks then
//! stand in the order of a walk from the root, which spares the page sorting.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;

use super::summary;
use crate::analysis::changes;
use crate::profile::{Frame, Profile, StackId, Thread, ThreadId};

/// What the page's script reads. It stands beside its reader in one file, so it has no
/// version.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    title: &'a str,
    functions: Functions<'a>,
    modules: Vec<String>,
    files: Vec<String>,
    stacks: Stacks,
    threads: Vec<ThreadEntry<'a>>,
    profiles: Vec<Entry<'a>>,
}

/// A function is a label, whichever modules it is in; these number texts.
#[derive(Serialize)]
struct Functions<'a> {
    name: Vec<&'a str>,
    module: Vec<i64>,
    file: Vec<i64>,
    #[serde(flatten)]
    changes: Option<Changes>,
}

/// Of two profiles, how the share of each function changed, and the corrected p-value.
#[derive(Serialize)]
struct Changes {
    change: Vec<f64>,
    p: Vec<f64>,
}

/// Each stack is a function, and how far back in the table its caller is: mostly one,
/// which keeps the text short; zero for none.
#[derive(Serialize, Default)]
struct Stacks {
    back: Vec<usize>,
    function: Vec<usize>,
}

#[derive(Serialize)]
struct ThreadEntry<'a> {
    name: &'a str,
    pid: Option<u32>,
    tid: Option<u32>,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    quality: String,
    unit: String,
    weight: u64,
    observations: f64,
    samples: Samples,
    timeline: Option<Timeline>,
}

#[derive(Serialize, Default)]
struct Samples {
    stack: Vec<usize>,
    thread: Vec<usize>,
    weight: Vec<u64>,
}

/// Single observations; `step` is the time since the one before, in nanoseconds.
#[derive(Serialize, Default)]
struct Timeline {
    step: Vec<u64>,
    stack: Vec<usize>,
    thread: Vec<usize>,
    weight: Vec<u64>,
}

impl<'a> Document<'a> {
    pub(super) fn new(title: &'a str, profiles: &[(&'a str, &'a Profile)]) -> Self {
        let labels = Labels::of(profiles);
        let (stacks, numbers) = Stacks::of(profiles, &labels);
        let threads: Vec<Thread<'a>> = profiles
            .iter()
            .flat_map(|(_, profile)| profile.thread_ids().map(|id| profile.thread(id)))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let entries = profiles
            .iter()
            .zip(&numbers)
            .map(|(&(name, profile), numbers)| {
                let stack_of = |stack: StackId| numbers[stack.index()];
                let thread_of = |id| {
                    threads
                        .binary_search(&profile.thread(id))
                        .expect("every thread is in the table")
                };
                Entry::new(name, profile, stack_of, thread_of)
            })
            .collect();
        Self {
            title,
            stacks,
            threads: threads.iter().map(ThreadEntry::new).collect(),
            profiles: entries,
            functions: Functions {
                changes: Changes::of(profiles, &labels),
                name: labels.places.keys().copied().collect(),
                module: labels.module,
                file: labels.file,
            },
            modules: labels.modules,
            files: labels.files,
        }
    }

    /// Writes JSON that may stand inside a `<script>`: what could end it, or open a
    /// comment, is written as an escape, which means the same to JSON. Outside of texts
    /// there are no such characters.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self)
            .expect("the keys are texts and the numbers finite")
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026")
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029")
    }
}

/// The functions of all profiles by label, and where each is from.
struct Labels<'a> {
    places: BTreeMap<&'a str, usize>,
    modules: Vec<String>,
    module: Vec<i64>,
    files: Vec<String>,
    file: Vec<i64>,
}

impl<'a> Labels<'a> {
    fn of(profiles: &[(&str, &'a Profile)]) -> Self {
        let mut frames: BTreeMap<&str, BTreeSet<Frame<'_>>> = BTreeMap::new();
        for (_, profile) in profiles {
            for id in profile.frame_ids() {
                let label = frames.entry(profile.label(id)).or_default();
                label.insert(profile.frame(id));
            }
        }
        let (modules, module) = column(&frames, |frame| frame.module);
        let (files, file) = column(&frames, |frame| frame.file);
        Self {
            places: frames.into_keys().zip(0..).collect(),
            modules,
            module,
            files,
            file,
        }
    }
}

impl Changes {
    fn of(profiles: &[(&str, &Profile)], labels: &Labels<'_>) -> Option<Self> {
        let [(_, before), (_, after)] = profiles else {
            return None;
        };
        let n = labels.places.len();
        // A function without samples has not changed.
        let (mut change, mut p) = (vec![0.0; n], vec![1.0; n]);
        for function in changes(before, after) {
            let at = labels.places[&*function.name];
            change[at] = function.difference.value;
            p[at] = function.p_corrected;
        }
        Some(Self { change, p })
    }
}

/// Returns the distinct texts of a column, and for each label the number of its own, -1
/// if it has none. A label that has several has them all, side by side.
fn column<'a>(
    frames: &BTreeMap<&str, BTreeSet<Frame<'a>>>,
    text_of: impl Fn(&Frame<'a>) -> Option<&'a str>,
) -> (Vec<String>, Vec<i64>) {
    let texts: Vec<String> = frames
        .values()
        .map(|frames| {
            let texts: BTreeSet<&str> = frames.iter().filter_map(&text_of).collect();
            texts.into_iter().collect::<Vec<_>>().join(", ")
        })
        .collect();
    let mut places: BTreeMap<&str, i64> = texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| (text.as_str(), 0))
        .collect();
    for (place, number) in places.values_mut().zip(0..) {
        *place = number;
    }
    let numbers = texts
        .iter()
        .map(|text| places.get(text.as_str()).copied().unwrap_or(-1))
        .collect();
    (places.into_keys().map(str::to_owned).collect(), numbers)
}

impl Stacks {
    /// Numbers all stacks in the order of their functions, callers first. Also returns,
    /// for each profile, the number of each stack in its own table that has samples.
    fn of(profiles: &[(&str, &Profile)], labels: &Labels<'_>) -> (Self, Vec<Vec<usize>>) {
        let mut paths: BTreeMap<Vec<usize>, Vec<(usize, StackId)>> = BTreeMap::new();
        for (at, (_, profile)) in profiles.iter().enumerate() {
            let function_of: Vec<usize> = profile
                .frame_ids()
                .map(|frame| labels.places[profile.label(frame)])
                .collect();
            for sample in profile.samples() {
                let mut path: Vec<usize> = profile
                    .frames_of(sample.stack)
                    .map(|frame| function_of[frame.index()])
                    .collect();
                path.reverse();
                paths.entry(path).or_default().push((at, sample.stack));
            }
        }
        let mut numbers: Vec<Vec<usize>> = profiles
            .iter()
            .map(|(_, profile)| vec![usize::MAX; profile.stack_ids().count()])
            .collect();
        let mut stacks = Self::default();
        // The functions of the stack before, and the numbers of its callers and its own.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (path, users) in paths {
            let n_shared = path
                .iter()
                .zip(&open)
                .take_while(|(function, (opened, _))| *function == opened)
                .count();
            open.truncate(n_shared);
            for &function in &path[n_shared..] {
                let number = stacks.function.len();
                let caller = open.last().map(|&(_, caller)| caller);
                stacks.back.push(caller.map_or(0, |caller| number - caller));
                stacks.function.push(function);
                open.push((function, number));
            }
            // Paths ascend and differ, so the last stack opened is this path's.
            let number = stacks.function.len() - 1;
            for (at, stack) in users {
                numbers[at][stack.index()] = number;
            }
        }
        (stacks, numbers)
    }
}

impl<'a> ThreadEntry<'a> {
    fn new(thread: &Thread<'a>) -> Self {
        Self {
            name: thread.name,
            pid: thread.pid,
            tid: thread.tid,
        }
    }
}

impl<'a> Entry<'a> {
    fn new(
        name: &'a str,
        profile: &Profile,
        stack_of: impl Fn(StackId) -> usize,
        thread_of: impl Fn(ThreadId) -> usize,
    ) -> Self {
        let mut weights: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for sample in profile.samples() {
            *weights
                .entry((stack_of(sample.stack), thread_of(sample.thread)))
                .or_default() += sample.weight.as_units();
        }
        let mut samples = Samples::default();
        for ((stack, thread), weight) in weights {
            samples.stack.push(stack);
            samples.thread.push(thread);
            samples.weight.push(weight);
        }
        Self {
            name,
            quality: summary::sentences(profile),
            unit: profile.unit().to_string(),
            weight: profile.total().as_units(),
            observations: profile.n_observations(),
            samples,
            timeline: Timeline::of(profile, stack_of, thread_of),
        }
    }
}

impl Timeline {
    fn of(
        profile: &Profile,
        stack_of: impl Fn(StackId) -> usize,
        thread_of: impl Fn(ThreadId) -> usize,
    ) -> Option<Self> {
        let mut moments: Vec<_> = profile
            .timeline()
            .map(|moment| {
                (
                    moment.at,
                    thread_of(moment.thread),
                    stack_of(moment.stack),
                    moment.weight,
                )
            })
            .collect();
        moments.sort_unstable();
        let mut timeline = Self::default();
        let mut now = Duration::ZERO;
        for (at, thread, stack, weight) in moments {
            let step = at.saturating_sub(now).as_nanos();
            now = at;
            timeline
                .step
                .push(u64::try_from(step).expect("a profile is shorter than 500 years"));
            timeline.thread.push(thread);
            timeline.stack.push(stack);
            timeline.weight.push(weight.as_units());
        }
        (!timeline.step.is_empty()).then_some(timeline)
    }
}
