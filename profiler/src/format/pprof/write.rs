//! Writes pprof.

use std::collections::HashMap;
use std::io::Write;
use std::time::UNIX_EPOCH;

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message;

use super::proto;
use crate::error::{Error, Result};
use crate::format::WriteOptions;
use crate::profile::{FrameId, Profile, Thread, WeightUnit};

/// Writes `profile`, packed.
///
/// # Errors
/// [`Error::Io`] if `out` cannot be written.
pub fn write(profile: &Profile, options: &WriteOptions, out: impl Write) -> Result<()> {
    let bytes = Builder::default().profile(profile, options).encode_to_vec();
    // The packer's header has no time and no name, so the bytes depend on the profile.
    let mut packer = GzEncoder::new(out, Compression::default());
    packer
        .write_all(&bytes)
        .and_then(|()| packer.finish())
        .and_then(|mut out| out.flush())
        .map_err(Error::io("write a pprof profile"))
}

/// The tables while they grow. Maps are only looked up, never walked.
#[derive(Default)]
struct Builder<'a> {
    strings: Vec<Vec<u8>>,
    string_index: HashMap<&'a str, i64>,
    mappings: Vec<proto::Mapping>,
    mapping_index: HashMap<&'a str, u64>,
    functions: Vec<proto::Function>,
    function_index: HashMap<(&'a str, Option<&'a str>), u64>,
}

impl<'a> Builder<'a> {
    fn profile(mut self, profile: &'a Profile, options: &'a WriteOptions) -> proto::Profile {
        // Number 0 is the empty string by definition.
        self.string("");
        let period = period(profile);
        let sample_type = match profile.unit() {
            WeightUnit::Samples => {
                let time = period.map(|_| self.value_type("cpu", "nanoseconds"));
                let mut types = vec![self.value_type("samples", "count")];
                types.extend(time);
                types
            }
            WeightUnit::Nanoseconds => vec![self.value_type("cpu", "nanoseconds")],
            WeightUnit::Bytes => vec![self.value_type("space", "bytes")],
            WeightUnit::Unknown => vec![self.value_type("weight", "units")],
        };
        let location = profile
            .frame_ids()
            .map(|id| self.location(profile, id))
            .collect();
        let labels: Vec<Vec<proto::Label>> = profile
            .thread_ids()
            .map(|id| self.labels(profile.thread(id)))
            .collect();
        let sample = profile.samples().map(|sample| {
            let weight = sample.weight.as_units();
            let mut value = vec![i64::try_from(weight).unwrap_or(i64::MAX)];
            if let (WeightUnit::Samples, Some(period)) = (profile.unit(), period) {
                value.push(rounded(weight as f64 * period));
            }
            proto::Sample {
                location_id: profile.frames_of(sample.stack).map(location_id).collect(),
                value,
                label: labels[sample.thread.index()].clone(),
            }
        });
        let sample = sample.collect();
        let started_at = options
            .started_at
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let nanos = |time: std::time::Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        let period_type = period.map(|_| self.value_type("cpu", "nanoseconds"));
        proto::Profile {
            sample_type,
            sample,
            location,
            time_nanos: started_at.map_or(0, nanos),
            duration_nanos: nanos(profile.quality().wall_time),
            period_type,
            period: period.map_or(0, rounded),
            comment: vec![self.string(&options.title)],
            default_sample_type: 0,
            mapping: self.mappings,
            function: self.functions,
            string_table: self.strings,
        }
    }

    fn string(&mut self, text: &'a str) -> i64 {
        let next = i64::try_from(self.strings.len()).expect("tables fit in memory");
        *self.string_index.entry(text).or_insert_with(|| {
            self.strings.push(text.as_bytes().to_vec());
            next
        })
    }

    fn value_type(&mut self, kind: &'a str, unit: &'a str) -> proto::ValueType {
        proto::ValueType {
            kind: self.string(kind),
            unit: self.string(unit),
        }
    }

    fn location(&mut self, profile: &'a Profile, id: FrameId) -> proto::Location {
        let frame = profile.frame(id);
        let line = proto::Line {
            function_id: self.function(frame.function, frame.file),
            line: frame.line.unwrap_or(0).into(),
        };
        proto::Location {
            id: location_id(id),
            mapping_id: frame.module.map_or(0, |module| self.mapping(module)),
            address: 0,
            line: vec![line],
        }
    }

    fn function(&mut self, name: &'a str, file: Option<&'a str>) -> u64 {
        let next = self.functions.len() as u64 + 1;
        if let Some(id) = self.function_index.get(&(name, file)) {
            return *id;
        }
        let name_number = self.string(name);
        let filename = self.string(file.unwrap_or_default());
        self.function_index.insert((name, file), next);
        self.functions.push(proto::Function {
            id: next,
            name: name_number,
            system_name: name_number,
            filename,
        });
        next
    }

    /// A module; it says that names are known already, so that no reader looks for them.
    fn mapping(&mut self, module: &'a str) -> u64 {
        let next = self.mappings.len() as u64 + 1;
        if let Some(id) = self.mapping_index.get(module) {
            return *id;
        }
        self.mapping_index.insert(module, next);
        let filename = self.string(module);
        self.mappings.push(proto::Mapping {
            id: next,
            filename,
            has_functions: true,
            has_filenames: true,
            has_line_numbers: true,
            has_inline_frames: true,
        });
        next
    }

    fn labels(&mut self, thread: Thread<'a>) -> Vec<proto::Label> {
        let mut labels = vec![proto::Label {
            key: self.string("thread"),
            text: self.string(thread.name),
            number: 0,
        }];
        for (key, number) in [("pid", thread.pid), ("tid", thread.tid)] {
            if let Some(number) = number {
                labels.push(proto::Label {
                    key: self.string(key),
                    text: 0,
                    number: number.into(),
                });
            }
        }
        labels
    }
}

/// Locations are counted from one, as 0 stands for none.
fn location_id(frame: FrameId) -> u64 {
    frame.index() as u64 + 1
}

/// The CPU time that one sample stands for, in nanoseconds.
fn period(profile: &Profile) -> Option<f64> {
    let quality = profile.quality();
    [quality.rate_obtained(), quality.rate_asked]
        .into_iter()
        .find(|rate| rate.is_finite() && *rate > 0.0)
        .map(|rate| 1e9 / rate)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, and the value is rounded"
)]
fn rounded(value: f64) -> i64 {
    value.round() as i64
}
