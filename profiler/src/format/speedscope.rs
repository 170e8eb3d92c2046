//! Speedscope's file format: one profile a thread, over one table of frames.
//!
//! The format is defined by speedscope's `file-format-schema.json`. Samples are written
//! with their weights, in the order of their times where these are known. The reader
//! takes sampled and evented profiles of any time unit; times become nanoseconds. An
//! empty stack becomes the frame `[empty]`; between the events of an evented profile,
//! no stack is no weight. Modules have no place in the format.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::WriteOptions;
use super::input::{excerpt, units};
use crate::error::{Error, Result};
use crate::profile::{Frame, FrameId, Profile, StackId, Thread, ThreadId, Weight, WeightUnit};

const FORMAT: &str = "speedscope";
const SCHEMA: &str = "https://www.speedscope.app/file-format-schema.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: &'a str,
    exporter: &'static str,
    active_profile_index: usize,
    shared: Shared<FrameFields<&'a str>>,
    profiles: Vec<Sampled<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Shared<F> {
    frames: Vec<F>,
}

#[derive(Serialize, Deserialize)]
struct FrameFields<S> {
    name: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sampled<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    unit: &'static str,
    start_value: u64,
    end_value: u64,
    samples: Vec<Vec<usize>>,
    weights: Vec<u64>,
}

/// Writes `profile`.
///
/// # Errors
/// [`Error::Io`] if `out` cannot be written.
pub fn write(profile: &Profile, options: &WriteOptions, mut out: impl Write) -> Result<()> {
    let frames = profile.frame_ids().map(|id| {
        let frame = profile.frame(id);
        FrameFields {
            name: frame.function,
            file: frame.file,
            line: frame.line,
        }
    });
    let file = File {
        schema: SCHEMA,
        name: &options.title,
        exporter: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
        active_profile_index: 0,
        shared: Shared {
            frames: frames.collect(),
        },
        profiles: by_thread(profile),
    };
    serde_json::to_writer(&mut out, &file)
        .map_err(|error| Error::io("write a speedscope profile")(error.into()))?;
    out.flush().map_err(Error::io("write a speedscope profile"))
}

fn by_thread(profile: &Profile) -> Vec<Sampled<'_>> {
    let mut of_thread: BTreeMap<ThreadId, Vec<(StackId, Weight)>> = BTreeMap::new();
    if profile.timeline().next().is_some() {
        let mut moments: Vec<_> = profile.timeline().collect();
        moments.sort_by_key(|moment| moment.at);
        for moment in moments {
            let samples = of_thread.entry(moment.thread).or_default();
            samples.push((moment.stack, moment.weight));
        }
    } else {
        for sample in profile.samples() {
            let samples = of_thread.entry(sample.thread).or_default();
            samples.push((sample.stack, sample.weight));
        }
    }
    let unit = match profile.unit() {
        WeightUnit::Nanoseconds => "nanoseconds",
        WeightUnit::Bytes => "bytes",
        WeightUnit::Samples | WeightUnit::Unknown => "none",
    };
    of_thread
        .into_iter()
        .map(|(thread, samples)| Sampled {
            kind: "sampled",
            name: profile.thread(thread).name,
            unit,
            start_value: 0,
            end_value: samples
                .iter()
                .map(|(_, weight)| *weight)
                .sum::<Weight>()
                .as_units(),
            weights: samples
                .iter()
                .map(|(_, weight)| weight.as_units())
                .collect(),
            samples: samples
                .iter()
                .map(|(stack, _)| {
                    let mut frames: Vec<usize> =
                        profile.frames_of(*stack).map(FrameId::index).collect();
                    frames.reverse();
                    frames
                })
                .collect(),
        })
        .collect()
}

#[derive(Deserialize)]
struct AnyFile {
    shared: Shared<AnyFrame>,
    profiles: Vec<AnyProfile>,
}

#[derive(Deserialize)]
struct AnyFrame {
    name: String,
    file: Option<String>,
    line: Option<f64>,
}

impl AnyFrame {
    fn as_frame(&self) -> Frame<'_> {
        let line = self.line.and_then(|line| units(line, 1.0));
        Frame {
            function: &self.name,
            module: None,
            file: self.file.as_deref(),
            line: line.and_then(|line| u32::try_from(line).ok()),
        }
    }
}

/// A sampled profile has `samples` and `weights`, an evented one `events`.
#[derive(Deserialize)]
struct AnyProfile {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    unit: String,
    #[serde(default)]
    samples: Vec<Vec<usize>>,
    #[serde(default)]
    weights: Vec<Number>,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    at: Number,
    frame: usize,
}

/// Reads a speedscope file.
///
/// # Errors
/// [`Error::BadFile`] says where the file is not as the schema has it, or that its
/// profiles are of different units.
pub fn read(text: &str) -> Result<Profile> {
    let file: AnyFile = serde_json::from_str(text).map_err(Error::json(FORMAT))?;
    let mut unit = None;
    let mut profile = Profile::new();
    let mut frame_ids = vec![None; file.shared.frames.len()];
    for (at, part) in file.profiles.iter().enumerate() {
        let (part_unit, scale) = unit_of(&part.unit).ok_or_else(|| {
            let problem = format!("the unit `{}` is not known", excerpt(&part.unit));
            bad(format!("profiles[{at}]"), problem)
        })?;
        if *unit.get_or_insert(part_unit) != part_unit {
            return Err(bad(
                format!("profiles[{at}]"),
                "its unit is not that of the profiles before; split the file".to_owned(),
            ));
        }
        if at == 0 {
            profile = Profile::with_unit(part_unit);
        }
        let reader = Reader {
            thread: profile.thread_id(Thread::named(thread_name(&part.name))),
            profile: &mut profile,
            frames: &file.shared.frames,
            frame_ids: &mut frame_ids,
            at,
            scale,
            has_times: part_unit == WeightUnit::Nanoseconds,
        };
        match part.kind.as_str() {
            "sampled" => reader.sampled(&part.samples, &part.weights)?,
            "evented" => reader.evented(&part.events)?,
            kind => {
                let problem = format!("`{}` is not sampled or evented", excerpt(kind));
                return Err(bad(format!("profiles[{at}]"), problem));
            }
        }
    }
    Ok(profile)
}

/// What a unit counts, and how much of that one of it is.
fn unit_of(unit: &str) -> Option<(WeightUnit, f64)> {
    Some(match unit {
        "none" => (WeightUnit::Samples, 1.0),
        "nanoseconds" => (WeightUnit::Nanoseconds, 1.0),
        "microseconds" => (WeightUnit::Nanoseconds, 1e3),
        "milliseconds" => (WeightUnit::Nanoseconds, 1e6),
        "seconds" => (WeightUnit::Nanoseconds, 1e9),
        "bytes" => (WeightUnit::Bytes, 1.0),
        _ => return None,
    })
}

fn thread_name(name: &str) -> &str {
    if name.is_empty() { "main" } else { name }
}

/// Adds one of a file's profiles.
struct Reader<'a> {
    profile: &'a mut Profile,
    thread: ThreadId,
    frames: &'a [AnyFrame],
    /// The number of each frame in the profile, once it has been used.
    frame_ids: &'a mut [Option<FrameId>],
    /// The place of the profile in the file.
    at: usize,
    scale: f64,
    has_times: bool,
}

impl Reader<'_> {
    fn sampled(mut self, samples: &[Vec<usize>], weights: &[Number]) -> Result<()> {
        if samples.len() != weights.len() {
            return Err(self.bad(
                "samples",
                samples.len().min(weights.len()),
                format!("there are {} for {} weights", samples.len(), weights.len()),
            ));
        }
        let mut now = 0_u64;
        for (at, (stack, weight)) in samples.iter().zip(weights).enumerate() {
            let weight = self.value("weights", at, weight)?;
            let mut leaf = None;
            for frame in stack {
                leaf = Some(self.call(leaf, *frame, "samples", at)?);
            }
            let leaf =
                leaf.unwrap_or_else(|| self.profile.stack_id(None, Frame::function("[empty]")));
            self.observe(now, leaf, weight);
            now = now.saturating_add(weight);
        }
        Ok(())
    }

    fn evented(mut self, events: &[Event]) -> Result<()> {
        let mut open: Vec<(usize, StackId)> = Vec::new();
        let mut now = 0;
        for (at, event) in events.iter().enumerate() {
            let time = self.value("events", at, &event.at)?;
            if time < now {
                return Err(self.bad("events", at, "time goes backwards".to_owned()));
            }
            if let Some(&(_, leaf)) = open.last() {
                self.observe(now, leaf, time - now);
            }
            now = time;
            match event.kind.as_str() {
                "O" => {
                    let caller = open.last().map(|(_, stack)| *stack);
                    let stack = self.call(caller, event.frame, "events", at)?;
                    open.push((event.frame, stack));
                }
                "C" if open.last().is_some_and(|(frame, _)| *frame == event.frame) => {
                    open.pop();
                }
                "C" => {
                    let problem =
                        format!("frame {} is closed, but not the last opened", event.frame);
                    return Err(self.bad("events", at, problem));
                }
                kind => {
                    let problem = format!("the type `{}` is not O or C", excerpt(kind));
                    return Err(self.bad("events", at, problem));
                }
            }
        }
        Ok(())
    }

    fn observe(&mut self, at: u64, stack: StackId, weight: u64) {
        let weight = Weight::from_units(weight);
        if self.has_times {
            let at = Duration::from_nanos(at);
            self.profile.observe_at(at, self.thread, stack, weight);
        } else {
            self.profile.observe(self.thread, stack, weight);
        }
    }

    fn call(
        &mut self,
        caller: Option<StackId>,
        frame: usize,
        list: &str,
        at: usize,
    ) -> Result<StackId> {
        let Some(fields) = self.frames.get(frame) else {
            let problem = format!("there is no frame {frame} among {}", self.frames.len());
            return Err(self.bad(list, at, problem));
        };
        let profile = &mut *self.profile;
        let frame =
            *self.frame_ids[frame].get_or_insert_with(|| profile.frame_id(fields.as_frame()));
        Ok(profile.stack_with(caller, frame))
    }

    fn value(&self, list: &str, at: usize, number: &Number) -> Result<u64> {
        let exact = (self.scale.to_bits() == 1.0_f64.to_bits())
            .then(|| number.as_u64())
            .flatten();
        exact
            .or_else(|| units(number.as_f64()?, self.scale))
            .ok_or_else(|| self.bad(list, at, format!("{number} is negative")))
    }

    fn bad(&self, list: &str, at: usize, problem: String) -> Error {
        bad(format!("profiles[{}].{list}[{at}]", self.at), problem)
    }
}

fn bad(place: String, problem: String) -> Error {
    Error::BadFile {
        format: FORMAT,
        place,
        problem,
    }
}
