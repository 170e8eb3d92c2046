//! Reads pprof of any producer.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Display;
use std::time::Duration;

use prost::Message;

use super::proto;
use crate::error::{Error, Result};
use crate::profile::{Frame, FrameId, Profile, Quality, Thread, Weight, WeightUnit};

/// Reads an unpacked `profile.proto`.
///
/// # Errors
/// [`Error::BadFile`] names the entry that is damaged.
pub fn read(bytes: &[u8]) -> Result<Profile> {
    let file = proto::Profile::decode(bytes)
        .map_err(|error| bad(&"protobuf", &format!("{error}; is the file complete?")))?;
    let tables = Tables::of(&file)?;
    let (column, unit, scale) = tables.column()?;
    let mut profile = Profile::with_unit(unit);
    let mut frames_of: HashMap<u64, Vec<FrameId>> = HashMap::new();
    for (at, sample) in file.sample.iter().enumerate() {
        let place = format_args!("sample {at}");
        let value = sample.value.get(column).ok_or_else(|| {
            bad(
                &place,
                &format!("it has no value for the sample type {column}"),
            )
        })?;
        let weight = u64::try_from(*value).map_err(|_| {
            bad(
                &place,
                &"its value is negative, as in a difference of profiles",
            )
        })?;
        let mut leaf = None;
        for &id in sample.location_id.iter().rev() {
            let frames = match frames_of.entry(id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(tables.frames(&mut profile, id, &place)?),
            };
            for &frame in &*frames {
                leaf = Some(profile.stack_with(leaf, frame));
            }
        }
        let leaf = leaf.unwrap_or_else(|| profile.stack_id(None, Frame::function("[empty]")));
        let labels = tables.labels(sample, &place)?;
        let thread = profile.thread_id(Thread {
            name: labels.thread.as_deref().unwrap_or("main"),
            pid: labels.pid,
            tid: labels.tid,
        });
        profile.observe(
            thread,
            leaf,
            Weight::from_units(weight.saturating_mul(scale)),
        );
    }
    profile.set_quality(tables.quality()?);
    Ok(profile)
}

/// What the labels of a sample say of its thread.
#[derive(Default)]
struct Labels<'a> {
    thread: Option<Cow<'a, str>>,
    pid: Option<u32>,
    tid: Option<u32>,
}

/// The file with its numbers looked up. Maps are never walked.
struct Tables<'a> {
    file: &'a proto::Profile,
    locations: HashMap<u64, &'a proto::Location>,
    functions: HashMap<u64, &'a proto::Function>,
    mappings: HashMap<u64, &'a proto::Mapping>,
}

impl<'a> Tables<'a> {
    fn of(file: &'a proto::Profile) -> Result<Self> {
        if file.sample_type.is_empty() {
            return Err(bad(&"sample types", &"there are none"));
        }
        Ok(Self {
            file,
            locations: file
                .location
                .iter()
                .map(|entry| (entry.id, entry))
                .collect(),
            functions: file
                .function
                .iter()
                .map(|entry| (entry.id, entry))
                .collect(),
            mappings: file.mapping.iter().map(|entry| (entry.id, entry)).collect(),
        })
    }

    fn string(&self, number: i64, place: &dyn Display) -> Result<Cow<'a, str>> {
        usize::try_from(number)
            .ok()
            .and_then(|number| self.file.string_table.get(number))
            .map(|bytes| String::from_utf8_lossy(bytes))
            .ok_or_else(|| bad(place, &format!("there is no string {number}")))
    }

    /// Chooses what to read: samples, or the producer's default, or what comes last, as
    /// `go tool pprof` does. Returns its column, unit, and how many units one value is.
    fn column(&self) -> Result<(usize, WeightUnit, u64)> {
        let mut kinds = Vec::with_capacity(self.file.sample_type.len());
        for kind in &self.file.sample_type {
            let place = "sample types";
            kinds.push((
                self.string(kind.kind, &place)?,
                self.string(kind.unit, &place)?,
            ));
        }
        let is_samples =
            |(kind, unit): &(Cow<'_, str>, Cow<'_, str>)| kind == "samples" && unit == "count";
        if let Some(at) = kinds.iter().position(is_samples) {
            return Ok((at, WeightUnit::Samples, 1));
        }
        let default = self.string(self.file.default_sample_type, &"default sample type")?;
        let at = kinds
            .iter()
            .position(|(kind, _)| *kind == default)
            .unwrap_or(kinds.len() - 1);
        let (unit, scale) = match &*kinds[at].1 {
            "nanoseconds" | "ns" => (WeightUnit::Nanoseconds, 1),
            "microseconds" | "us" => (WeightUnit::Nanoseconds, 1_000),
            "milliseconds" | "ms" => (WeightUnit::Nanoseconds, 1_000_000),
            "seconds" | "s" => (WeightUnit::Nanoseconds, 1_000_000_000),
            "bytes" => (WeightUnit::Bytes, 1),
            _ => (WeightUnit::Unknown, 1),
        };
        Ok((at, unit, scale))
    }

    /// Returns the functions at a location, the outermost first; at least one.
    fn frames(&self, profile: &mut Profile, id: u64, place: &dyn Display) -> Result<Vec<FrameId>> {
        let location = self
            .locations
            .get(&id)
            .ok_or_else(|| bad(place, &format!("there is no location {id}")))?;
        let place = format_args!("location {id}");
        let path = match self.mappings.get(&location.mapping_id) {
            Some(mapping) => self.string(mapping.filename, &place)?,
            None => "".into(),
        };
        let module = path.rsplit('/').next().filter(|name| !name.is_empty());
        let mut frames = Vec::with_capacity(location.line.len().max(1));
        for line in location.line.iter().rev() {
            let function = self.functions.get(&line.function_id).ok_or_else(|| {
                bad(
                    &place,
                    &format!("there is no function {}", line.function_id),
                )
            })?;
            let name = self.string(function.name, &place)?;
            let file = self.string(function.filename, &place)?;
            frames.push(profile.frame_id(Frame {
                function: if name.is_empty() { "[unknown]" } else { &name },
                module,
                file: Some(&*file).filter(|file| !file.is_empty()),
                line: u32::try_from(line.line).ok().filter(|line| *line > 0),
            }));
        }
        if frames.is_empty() {
            let name = format!("{:#x}", location.address);
            frames.push(profile.frame_id(Frame {
                module,
                ..Frame::function(&name)
            }));
        }
        Ok(frames)
    }

    /// Looks for the labels that name a thread, as several producers spell them.
    fn labels(&self, sample: &proto::Sample, place: &dyn Display) -> Result<Labels<'a>> {
        let mut labels = Labels::default();
        let number = |label: &proto::Label| u32::try_from(label.number).ok();
        for label in &sample.label {
            match &*self.string(label.key, place)? {
                "thread" | "thread name" | "thread_name" => {
                    labels.thread = Some(self.string(label.text, place)?);
                }
                "pid" | "process_id" => labels.pid = number(label),
                "tid" | "thread id" | "thread_id" => labels.tid = number(label),
                _ => {}
            }
        }
        Ok(labels)
    }

    /// What the file says of how it was taken.
    fn quality(&self) -> Result<Quality> {
        let mut quality = Quality {
            wall_time: Duration::from_nanos(self.file.duration_nanos.try_into().unwrap_or(0)),
            ..Quality::default()
        };
        if let Some(kind) = self.file.period_type {
            let unit = self.string(kind.unit, &"period type")?;
            if unit == "nanoseconds" && self.file.period > 0 {
                quality.rate_asked = 1e9 / self.file.period as f64;
            }
        }
        Ok(quality)
    }
}

fn bad(place: &dyn Display, problem: &dyn Display) -> Error {
    Error::BadFile {
        format: "pprof",
        place: place.to_string(),
        problem: problem.to_string(),
    }
}
