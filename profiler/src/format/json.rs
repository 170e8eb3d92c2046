//! This profiler's own JSON: everything that is known of a profile, to report on later.
//!
//! Reading what was written gives the same profile: stacks, threads, weights, times and
//! quality. The file is one object:
//!
//! | key | value |
//! |---|---|
//! | `schema` | `backdraft-profile-1`; the number grows when old readers would be wrong |
//! | `unit` | what weights count: `samples`, `nanoseconds`, `bytes` or `unknown` |
//! | `quality` | the fields of [`Quality`]; durations are nanoseconds |
//! | `weight_squares` | the sum of the squares of all single weights |
//! | `threads` | objects of `name`, `pid`, `tid` |
//! | `frames` | objects of `function`, `module`, `file`, `line`; what is unknown is left out |
//! | `stacks` | pairs of the caller's place in this list (or null) and the frame's in `frames` |
//! | `samples` | triples of stack, thread and weight |
//! | `timeline` | quadruples of nanoseconds since the start, stack, thread and weight |
//!
//! A stack's caller comes before it. Keys that a reader does not know it may skip.

use std::io::Write;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::nanos::nanos;
use crate::profile::{
    Frame, Moment, Profile, Quality, Source, StackId, Thread, Weight, WeightUnit,
};

const FORMAT: &str = "JSON profile";
const SCHEMA: &str = "backdraft-profile-1";

/// Writes all of `profile`.
///
/// # Errors
/// [`Error::Io`] if `out` cannot be written.
pub fn write(profile: &Profile, mut out: impl Write) -> Result<()> {
    serde_json::to_writer(&mut out, &File::of(profile))
        .map_err(|error| Error::io("write a JSON profile")(error.into()))?;
    out.write_all(b"\n")
        .and_then(|()| out.flush())
        .map_err(Error::io("write a JSON profile"))
}

/// Reads a profile back.
///
/// # Errors
/// [`Error::BadFile`] says where the file is not as this module describes it.
pub fn read(text: &str) -> Result<Profile> {
    let file: File<String> = serde_json::from_str(text).map_err(Error::json(FORMAT))?;
    if file.schema != SCHEMA {
        return Err(bad(
            "schema".to_owned(),
            format!(
                "`{}` is not `{SCHEMA}`; a newer profiler may read it",
                super::input::excerpt(&file.schema)
            ),
        ));
    }
    file.into_profile()
}

#[derive(Serialize, Deserialize)]
struct File<S> {
    schema: S,
    unit: Unit,
    quality: QualityFields,
    weight_squares: f64,
    threads: Vec<ThreadFields<S>>,
    frames: Vec<FrameFields<S>>,
    stacks: Vec<(Option<usize>, usize)>,
    samples: Vec<(usize, usize, u64)>,
    #[serde(default = "Vec::new")]
    timeline: Vec<(u64, usize, usize, u64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Samples,
    Nanoseconds,
    Bytes,
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct ThreadFields<S> {
    name: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tid: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct FrameFields<S> {
    function: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<S>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct QualityFields {
    lost: u64,
    late: u64,
    truncated: u64,
    unreadable: u64,
    cpu_time: u64,
    wall_time: u64,
    overhead: u64,
    recorder_time: u64,
    rate_asked: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_lowered_to_hz: Option<f64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_wall: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceName>,
}

#[derive(Serialize, Deserialize)]
enum SourceName {
    #[serde(rename = "perf-event")]
    PerfEvent,
    #[serde(rename = "timer")]
    Timer,
    #[serde(rename = "processors")]
    Processors,
    #[serde(rename = "ptrace")]
    Ptrace,
    Tracing,
}

impl<'a> File<&'a str> {
    fn of(profile: &'a Profile) -> Self {
        let threads = profile.thread_ids().map(|id| {
            let Thread { name, pid, tid } = profile.thread(id);
            ThreadFields { name, pid, tid }
        });
        let frames = profile.frame_ids().map(|id| {
            let Frame {
                function,
                module,
                file,
                line,
            } = profile.frame(id);
            FrameFields {
                function,
                module,
                file,
                line,
            }
        });
        let stacks = profile.stack_ids().map(|id| {
            let caller = profile.caller(id).map(StackId::index);
            (caller, profile.leaf(id).index())
        });
        let samples = profile.samples().map(|sample| {
            let (stack, thread) = (sample.stack.index(), sample.thread.index());
            (stack, thread, sample.weight.as_units())
        });
        let timeline = profile.timeline().map(|moment| {
            let (stack, thread) = (moment.stack.index(), moment.thread.index());
            (nanos(moment.at), stack, thread, moment.weight.as_units())
        });
        Self {
            schema: SCHEMA,
            unit: profile.unit().into(),
            quality: profile.quality().into(),
            weight_squares: profile.weight_squares(),
            threads: threads.collect(),
            frames: frames.collect(),
            stacks: stacks.collect(),
            samples: samples.collect(),
            timeline: timeline.collect(),
        }
    }
}

impl File<String> {
    fn into_profile(self) -> Result<Profile> {
        let mut profile = Profile::with_unit(self.unit.into());
        let threads: Vec<_> = self
            .threads
            .iter()
            .map(|thread| {
                profile.thread_id(Thread {
                    name: &thread.name,
                    pid: thread.pid,
                    tid: thread.tid,
                })
            })
            .collect();
        let mut stacks = Vec::with_capacity(self.stacks.len());
        for (at, &(caller, frame)) in self.stacks.iter().enumerate() {
            let place = || format!("stacks[{at}]");
            let caller = caller
                .map(|caller| entry(&stacks, caller, "an earlier stack", place))
                .transpose()?;
            let frame = self
                .frames
                .get(frame)
                .ok_or_else(|| bad(place(), format!("{frame} is not the number of a frame")))?;
            let frame = Frame {
                function: &frame.function,
                module: frame.module.as_deref(),
                file: frame.file.as_deref(),
                line: frame.line,
            };
            stacks.push(profile.stack_id(caller, frame));
        }
        for (at, &(stack, thread, weight)) in self.samples.iter().enumerate() {
            let place = || format!("samples[{at}]");
            profile.observe(
                entry(&threads, thread, "a thread", place)?,
                entry(&stacks, stack, "a stack", place)?,
                Weight::from_units(weight),
            );
        }
        for (at, &(nanos, stack, thread, weight)) in self.timeline.iter().enumerate() {
            let place = || format!("timeline[{at}]");
            profile.push_moment(Moment {
                at: Duration::from_nanos(nanos),
                stack: entry(&stacks, stack, "a stack", place)?,
                thread: entry(&threads, thread, "a thread", place)?,
                weight: Weight::from_units(weight),
            });
        }
        profile.set_weight_squares(self.weight_squares);
        profile.set_quality(self.quality.into());
        Ok(profile)
    }
}

fn entry<T: Copy>(table: &[T], at: usize, what: &str, place: impl Fn() -> String) -> Result<T> {
    table
        .get(at)
        .copied()
        .ok_or_else(|| bad(place(), format!("{at} is not the number of {what}")))
}

fn bad(place: String, problem: String) -> Error {
    Error::BadFile {
        format: FORMAT,
        place,
        problem,
    }
}

impl From<&Quality> for QualityFields {
    fn from(quality: &Quality) -> Self {
        // Every field is named, so that a new one cannot be forgotten here. What was
        // taken is the sum of the samples.
        let Quality {
            taken: _,
            lost,
            late,
            truncated,
            unreadable,
            cpu_time,
            wall_time,
            overhead,
            recorder_time,
            rate_asked,
            rate_lowered_to_hz,
            is_wall,
            source,
        } = quality;
        Self {
            lost: lost.as_samples(),
            late: late.as_samples(),
            truncated: truncated.as_samples(),
            unreadable: unreadable.as_samples(),
            cpu_time: nanos(*cpu_time),
            wall_time: nanos(*wall_time),
            overhead: nanos(*overhead),
            recorder_time: nanos(*recorder_time),
            rate_asked: *rate_asked,
            rate_lowered_to_hz: *rate_lowered_to_hz,
            is_wall: *is_wall,
            source: source.map(|source| match source {
                Source::PerfEvent => SourceName::PerfEvent,
                Source::Timer => SourceName::Timer,
                Source::Processors => SourceName::Processors,
                Source::Ptrace => SourceName::Ptrace,
                Source::Tracing => SourceName::Tracing,
            }),
        }
    }
}

impl From<QualityFields> for Quality {
    fn from(fields: QualityFields) -> Self {
        Self {
            taken: Weight::default(),
            lost: Weight::from_samples(fields.lost),
            late: Weight::from_samples(fields.late),
            truncated: Weight::from_samples(fields.truncated),
            unreadable: Weight::from_samples(fields.unreadable),
            cpu_time: Duration::from_nanos(fields.cpu_time),
            wall_time: Duration::from_nanos(fields.wall_time),
            overhead: Duration::from_nanos(fields.overhead),
            recorder_time: Duration::from_nanos(fields.recorder_time),
            rate_asked: fields.rate_asked,
            rate_lowered_to_hz: fields.rate_lowered_to_hz,
            is_wall: fields.is_wall,
            source: fields.source.map(|source| match source {
                SourceName::PerfEvent => Source::PerfEvent,
                SourceName::Timer => Source::Timer,
                SourceName::Processors => Source::Processors,
                SourceName::Ptrace => Source::Ptrace,
                SourceName::Tracing => Source::Tracing,
            }),
        }
    }
}

impl From<WeightUnit> for Unit {
    fn from(unit: WeightUnit) -> Self {
        match unit {
            WeightUnit::Samples => Self::Samples,
            WeightUnit::Nanoseconds => Self::Nanoseconds,
            WeightUnit::Bytes => Self::Bytes,
            WeightUnit::Unknown => Self::Unknown,
        }
    }
}

impl From<Unit> for WeightUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Samples => Self::Samples,
            Unit::Nanoseconds => Self::Nanoseconds,
            Unit::Bytes => Self::Bytes,
            Unit::Unknown => Self::Unknown,
        }
    }
}
