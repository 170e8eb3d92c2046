//! Tells by its content what a file is, and reads it.
//!
//! Names of files are of little help: `profile.json` is what three tools write, and
//! each of them may be packed. Only where the content could be two things, the name
//! decides.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Format, folded, json};
use crate::error::{Error, Result};
use crate::profile::Profile;

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
    let named = name_hint.and_then(Format::from_path);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::UnknownFormat {
            problem: "the file is empty".to_owned(),
        });
    }
    if named != Some(Format::Folded) && looks_like_json(&bytes) {
        return read_json(&String::from_utf8_lossy(&bytes));
    }
    folded::read(&bytes[..])
}

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
fn looks_like_json(bytes: &[u8]) -> bool {
    let mut tokens = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    tokens.next() == Some(&b'{') && matches!(tokens.next(), None | Some(b'"' | b'}'))
}

/// The keys that tell the JSON formats apart.
#[derive(Deserialize)]
struct Keys {
    schema: Option<IgnoredAny>,
}

fn read_json(text: &str) -> Result<Profile> {
    let keys: Keys = serde_json::from_str(text).map_err(Error::json("JSON"))?;
    if keys.schema.is_some() {
        json::read(text)
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
