//! Tells by its content what a file is, and reads it.
//!
//! Names of files are of little help: `profile.json` is what three tools write, and
//! each of them may be packed. Only where the content could be two things, the name
//! decides.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Format, firefox, folded, json, perf_script, pprof, py_spy, speedscope};
use crate::error::{Error, Result};
use crate::profile::{Profile, Weight};

/// The largest file that is read, unpacked: a few bytes of gzip can claim to be
/// terabytes. Profiles of this size are hours of a thousand threads.
const MAX_BYTES: u64 = 2 << 30;

/// Reads a profile of any format that is known here, packed by gzip or not.
///
/// `name_hint` is the name of the file; it decides only where the content could be
/// two formats.
///
/// # Errors
/// [`Error::UnknownFormat`] if it is none of them, [`Error::BadFile`] if it looks like
/// one but is damaged, [`Error::Io`] if `input` cannot be read.
pub fn read(input: impl Read, name_hint: Option<&Path>) -> Result<Profile> {
    let mut bytes = read_all(input, "read a profile")?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        bytes = read_all(MultiGzDecoder::new(&bytes[..]), "unpack a profile")?;
    }
    let profile = parse(&bytes, name_hint.and_then(Format::from_path))?;
    let total: Weight = profile.samples().map(|sample| sample.weight).sum();
    // Sums stop there, so one of them may be of anything.
    if total.as_units() == u64::MAX {
        return Err(Error::UnknownFormat {
            problem: "its counts are too large to be added up".to_owned(),
        });
    }
    Ok(profile)
}

/// Decides by the content, and by the name's ending where that is not enough.
fn parse(bytes: &[u8], named: Option<Format>) -> Result<Profile> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::UnknownFormat {
            problem: "the file is empty".to_owned(),
        });
    }
    // Every line of folded stacks ends in a count; JSON never does.
    let ends_in_count = bytes
        .trim_ascii_end()
        .last()
        .is_some_and(u8::is_ascii_digit);
    let is_folded = named == Some(Format::Folded) && ends_in_count;
    if !ends_in_count && looks_like_markup(bytes) {
        return Err(Error::UnknownFormat {
            problem: "it is a drawing or a page (SVG, HTML), which holds no profile to be read \
                      again: keep a profile as JSON or folded stacks as well"
                .to_owned(),
        });
    }
    if !is_folded && looks_like_json(bytes) {
        return read_json(&String::from_utf8_lossy(bytes));
    }
    if named == Some(Format::Pprof) || looks_like_pprof(bytes) {
        return pprof::read(bytes);
    }
    let lines = || {
        bytes
            .split(|byte| *byte == b'\n')
            .map(String::from_utf8_lossy)
    };
    let is_text = |line: &Cow<'_, str>| !line.trim().is_empty() && !line.starts_with('#');
    if lines()
        .find(is_text)
        .is_some_and(|line| perf_script::is_header(line.trim()))
    {
        return perf_script::read(bytes);
    }
    if lines()
        .take(LINES_TO_LOOK_AT)
        .any(|line| py_spy::is_line(&line))
    {
        return py_spy::read(bytes);
    }
    folded::read(bytes)
}

/// How many lines of folded stacks are searched for signs of py-spy.
const LINES_TO_LOOK_AT: usize = 100;

fn read_all(input: impl Read, action: &'static str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(Error::io(action))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::UnknownFormat {
            problem: "the file is larger than 2 GiB".to_owned(),
        });
    }
    Ok(bytes)
}

/// Tells JSON from folded stacks of a function whose name begins with a brace.
/// Recognizes what people look at; a frame of Python may begin with `<` as well.
fn looks_like_markup(bytes: &[u8]) -> bool {
    let begins = |tag: &str| {
        let begin = bytes.trim_ascii_start().get(..tag.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(tag.as_bytes()))
    };
    ["<?xml", "<svg", "<!doctype", "<html"]
        .into_iter()
        .any(begins)
}

fn looks_like_json(bytes: &[u8]) -> bool {
    let mut tokens = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    tokens.next() == Some(&b'{') && matches!(tokens.next(), None | Some(b'"' | b'}'))
}

/// Tells pprof's protobuf from text: among the first fields is a sample type, and none is
/// what a profile cannot have.
fn looks_like_pprof(bytes: &[u8]) -> bool {
    /// Producers write sample types within the first few fields.
    const FIELDS_TO_LOOK_AT: usize = 8;
    let mut rest = bytes;
    for _ in 0..FIELDS_TO_LOOK_AT {
        let Some(key) = varint(&mut rest) else {
            return false;
        };
        match (key >> 3, key & 7) {
            // A sample type is two small numbers, the first of which has the key 8.
            (1, 2) => return varint(&mut rest).is_some_and(|n| n < 24) && rest.first() == Some(&8),
            (2..=6 | 11 | 13, 2) => {
                let length = varint(&mut rest).and_then(|length| usize::try_from(length).ok());
                let Some(after) = length.and_then(|length| rest.get(length..)) else {
                    return false;
                };
                rest = after;
            }
            (7..=10 | 12..=15, 0) if varint(&mut rest).is_some() => {}
            _ => return false,
        }
    }
    false
}

/// Takes a number off the front, as protobuf writes it: seven bits a byte.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// The keys that tell the JSON formats apart.
#[derive(Deserialize)]
struct Keys {
    schema: Option<IgnoredAny>,
    #[serde(rename = "$schema")]
    speedscope_schema: Option<IgnoredAny>,
    shared: Option<IgnoredAny>,
    profiles: Option<IgnoredAny>,
    meta: Option<IgnoredAny>,
    threads: Option<IgnoredAny>,
}

fn read_json(text: &str) -> Result<Profile> {
    let keys: Keys = serde_json::from_str(text).map_err(Error::json("JSON"))?;
    if keys.schema.is_some() {
        json::read(text)
    } else if keys.meta.is_some() && keys.threads.is_some() {
        firefox::read(text)
    } else if keys.speedscope_schema.is_some() || (keys.shared.and(keys.profiles)).is_some() {
        speedscope::read(text)
    } else {
        Err(Error::UnknownFormat {
            problem: "the JSON has none of the keys by which profiles are known".to_owned(),
        })
    }
}

/// Cuts what goes into an error message to a length that fits on a line.
pub(super) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 60;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Converts a number of a file into whole units, each of which it has `scale` of;
/// `None` if it is negative or not finite.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and the value is rounded and not negative"
)]
pub(super) fn units(value: f64, scale: f64) -> Option<u64> {
    let value = value * scale;
    (value.is_finite() && value >= 0.0).then(|| value.round() as u64)
}
